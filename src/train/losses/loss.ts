/**
 * What a loss is: a pure function from a head's outputs and labels to one number a row, the same for every engine.
 * Shape letters: B rows of the batch, K outputs of the head.
 */
import type { HeadLossPlan } from '../../plan/plan.ts';
import type { tf } from '../../runtime/tf.ts';

export interface LossDef<P extends HeadLossPlan> {
  /**
   * Loss of each row, at least 0, before any weight.
   * @param labels_B class of each row, int32; the loss of a row whose label is -1 is 0, and so is its gradient
   */
  rows(settings: P, logits_BK: tf.Tensor2D, labels_B: tf.Tensor1D): tf.Tensor1D;
  /** The class that each row is said to be, int32. */
  predict(logits_BK: tf.Tensor2D): tf.Tensor1D;
}
