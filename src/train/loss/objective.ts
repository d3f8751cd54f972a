/**
 * The loss of a batch and what is counted of it: logits and targets in, tensors out. The same for every engine.
 * Shape letters: B batch, H heads, K classes of a head.
 */
import type { LossPlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { countedLabels, type HeadTargets, headLoss } from './head-loss.ts';
import { headShare } from './head-share.ts';
import { lossFor } from './losses.ts';

export interface Objective {
  /** Sum over the heads of head weight × weighted mean loss, or what stands for that where the weights are learned. */
  readonly total: tf.Scalar;
  /** Of each head: sum of weight × loss, and sum of the weights. */
  readonly sums_H2: tf.Tensor2D;
  /** Of each head: rows by label (down) and prediction (across). */
  readonly confusions: tf.Tensor2D[];
}

/** @param variables all weights by name */
export function measureBatch(
  logits: Readonly<Record<string, tf.Tensor2D>>,
  heads: readonly HeadTargets[],
  loss: LossPlan,
  variables: ReadonlyMap<string, tf.Tensor>,
): Objective {
  const measured = heads.map((targets) => {
    const { name, classes } = targets;
    const settings = loss.heads[name]!;
    const logits_BK = logits[name]!;
    const measured = headLoss(settings, logits_BK, targets);
    // A label of -1 is no class: a row of zeros, which counts nothing.
    const labels_BK = tf.oneHot(countedLabels(targets), classes).toFloat() as tf.Tensor2D;
    const predicted_BK = tf.oneHot(lossFor(settings).predict(logits_BK), classes).toFloat() as tf.Tensor2D;
    return {
      share: headShare(loss, name, measured, variables),
      sums_2: tf.stack([measured.sum, measured.weight]),
      confusion_KK: tf.matMul(labels_BK, predicted_BK, true, false) as tf.Tensor2D,
    };
  });
  return {
    total: tf.addN(measured.map(({ share }) => share)) as tf.Scalar,
    sums_H2: tf.stack(measured.map(({ sums_2 }) => sums_2)) as tf.Tensor2D,
    confusions: measured.map(({ confusion_KK }) => confusion_KK),
  };
}
