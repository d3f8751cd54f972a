/**
 * What a loss is: a pure function from a head's outputs and labels to one number a row, the same for every engine.
 * Shape letters: B rows of the batch, K outputs of the head, which for most losses is one a class.
 */
import type { HeadLossPlan } from '../../plan/plan.ts';
import type { tf } from '../../tensorflow/tf.ts';

export interface LossDef<P extends HeadLossPlan> {
  /**
   * Loss of each row, at least 0, before any weight.
   * @param labels_B class of each row, int32; -1 where not known: the loss is then 0, and its gradient finite, which a
   *   weight of 0 takes away
   */
  rows(settings: P, logits_BK: tf.Tensor2D, labels_B: tf.Tensor1D): tf.Tensor1D;
  /**
   * How much each row counts in the mean, before any weight: the number of terms that its loss is a sum of. One where
   * this is absent.
   */
  terms?(labels_B: tf.Tensor1D, classes: number): tf.Tensor1D;
  /** The class that each row is said to be, int32. */
  predict(logits_BK: tf.Tensor2D): tf.Tensor1D;
  /** Probability of each class, by row. */
  probabilities(logits_BK: tf.Tensor2D): tf.Tensor2D;
}
