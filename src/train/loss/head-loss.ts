/**
 * Loss of one head over a batch: the mean over the rows that have a label, weighted by the classes of their labels.
 * Shape letters: B rows of the batch, K classes of the head.
 */
import type { HeadLossPlan } from '../../plan/plan.ts';
import type { tf as Tf } from '../../tensorflow/tf.ts';
import { tf } from '../../tensorflow/tf.ts';
import { lossFor } from './losses.ts';

const SMALLEST_WEIGHT = 1e-20;

/** What a batch says of one head. */
export interface HeadTargets {
  readonly name: string;
  readonly classes: number;
  /** Class of each row, int32; -1 where it is not known or the row only fills the batch up. */
  readonly labels_B: Tf.Tensor1D;
  /**
   * For images that are mixed of two: the second's labels, -1 where not known, and the share of the first in [0, 1]. A
   * row then counts as two, each by its share: share × weight × loss of either label, where that label is known.
   */
  readonly mixed?: { readonly labels_B: Tf.Tensor1D; readonly share_B: Tf.Tensor1D } | undefined;
  /** Weight of each class in the loss. */
  readonly classWeights: Float32Array;
}

/** The second side of a batch that is mixed. @param feeds what the step is fed; without partners nothing is mixed */
export function mixedTargets(
  labels_B: Tf.Tensor1D,
  { partners, shares }: { readonly partners?: Tf.Tensor; readonly shares?: Tf.Tensor },
): HeadTargets['mixed'] {
  if (partners === undefined || shares === undefined) return undefined;
  return { labels_B: tf.gather(labels_B, partners as Tf.Tensor1D), share_B: shares as Tf.Tensor1D };
}

export interface HeadLoss {
  /** Sum over the rows of weight × loss. */
  readonly sum: Tf.Scalar;
  /** Sum of the weights, each as often as its loss has terms. */
  readonly weight: Tf.Scalar;
  /** sum / weight; 0, with a gradient of 0, where no row has a label. */
  readonly mean: Tf.Scalar;
}

export function headLoss(settings: HeadLossPlan, logits_BK: Tf.Tensor2D, targets: HeadTargets): HeadLoss {
  const { labels_B, mixed } = targets;
  const sides = [{ labels_B, share_B: mixed?.share_B }];
  if (mixed) sides.push({ labels_B: mixed.labels_B, share_B: tf.sub(1, mixed.share_B) });
  return weightedMean(
    sides.map((side) => {
      const loss = lossFor(settings);
      const weights_B = labelWeights(side.labels_B, targets);
      return {
        losses_B: loss.rows(settings, logits_BK, side.labels_B),
        weights_B: side.share_B === undefined ? weights_B : tf.mul(side.share_B, weights_B),
        terms_B: loss.terms?.(side.labels_B, targets.classes),
      };
    }),
  );
}

interface WeightedRows {
  readonly losses_B: Tf.Tensor1D;
  /** At least 0; 0 where there is no label. */
  readonly weights_B: Tf.Tensor1D;
  /** Number of terms that each loss is a sum of; one where this is absent. */
  readonly terms_B?: Tf.Tensor1D | undefined;
}

/** Mean over the rows of all lists. */
export function weightedMean(lists: readonly WeightedRows[]): HeadLoss {
  const sum = tf.addN(
    lists.map(({ losses_B, weights_B }) => tf.sum(tf.mul(losses_B, weights_B))),
  ) as Tf.Scalar;
  const weight = tf.addN(
    lists.map(({ weights_B, terms_B }) =>
      tf.sum(terms_B === undefined ? weights_B : tf.mul(weights_B, terms_B)),
    ),
  ) as Tf.Scalar;
  // Without a labelled row both are 0, and 0 / tiny is 0, in the gradient too.
  return { sum, weight, mean: tf.div(sum, tf.maximum(weight, SMALLEST_WEIGHT)) };
}

/** Weight of each row by its label; 0 where it is not known. */
function labelWeights(labels_B: Tf.Tensor1D, { classes, classWeights }: HeadTargets): Tf.Tensor1D {
  const weights_K1 = tf.tensor2d(classWeights, [classes, 1]);
  return tf.squeeze(tf.matMul(tf.oneHot(labels_B, classes).toFloat(), weights_K1), [1]);
}

/** Label that each row counts with: of a mixed row that of the larger share, of equal shares the first. */
export function countedLabels({ labels_B, mixed }: HeadTargets): Tf.Tensor1D {
  if (mixed === undefined) return labels_B;
  return tf.where(tf.greaterEqual(mixed.share_B, 0.5), labels_B, mixed.labels_B);
}
