/**
 * The loss of a batch and what is counted of it: logits and targets in, tensors out. The same for every engine.
 * Shape letters: B batch, H heads, K classes of a head.
 */
import type { LossPlan } from '../plan/plan.ts';
import { tf } from '../runtime/tf.ts';
import { headLoss } from './loss.ts';

/** What a batch says of one head. */
export interface HeadTargets {
  readonly name: string;
  readonly classes: number;
  /** Class of each row, int32; -1 where it is not known or the row only fills the batch up. */
  readonly labels_B: tf.Tensor1D;
  /** Weight of each class in the loss. */
  readonly classWeights: Float32Array;
}

export interface Objective {
  /** Sum over the heads of head weight × weighted mean cross entropy. */
  readonly total: tf.Scalar;
  /** Of each head: sum of weight × cross entropy, and sum of the weights. */
  readonly sums_H2: tf.Tensor2D;
  /** Of each head: rows by label (down) and prediction (across). */
  readonly confusions: tf.Tensor2D[];
}

export function measureBatch(
  logits: Readonly<Record<string, tf.Tensor2D>>,
  heads: readonly HeadTargets[],
  { headWeights }: LossPlan,
): Objective {
  const measured = heads.map(({ name, classes, labels_B, classWeights }) => {
    const logits_BK = logits[name]!;
    // A label of -1 is no class: a row of zeros, so that its loss, weight and counts are 0.
    const targets_BK = tf.oneHot(labels_B, classes).toFloat() as tf.Tensor2D;
    const weights_B = tf.squeeze(
      tf.matMul(targets_BK, tf.tensor2d(classWeights, [classes, 1])),
      [1],
    ) as tf.Tensor1D;
    const { sum, weight, mean } = headLoss(logits_BK, targets_BK, weights_B);
    const predicted_BK = tf.oneHot(tf.argMax(logits_BK, 1), classes).toFloat() as tf.Tensor2D;
    return {
      weighted: tf.mul(mean, headWeights[name]!),
      sums_2: tf.stack([sum, weight]),
      confusion_KK: tf.matMul(targets_BK, predicted_BK, true, false) as tf.Tensor2D,
    };
  });
  return {
    total: tf.addN(measured.map(({ weighted }) => weighted)) as tf.Scalar,
    sums_H2: tf.stack(measured.map(({ sums_2 }) => sums_2)) as tf.Tensor2D,
    confusions: measured.map(({ confusion_KK }) => confusion_KK),
  };
}
