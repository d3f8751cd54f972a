/**
 * Batch normalisation and the ReLU behind it by our own kernels (src/native/kernels/norm.cc), over an input that may come
 * in pieces along its channels. Against TensorFlow's ops a concatenation is never copied, mean and variance of a piece
 * are computed once however many layers normalise it, and the ReLU costs no pass. The kernels are for the CPU.
 * Shape letters: C channels, N pieces.
 */

import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';
import type { NormWeights, TrainedNorm } from './batch-norm.ts';
import type { Pieces } from './pieces.ts';

export interface FusedNormSettings {
  readonly epsilon: number;
  readonly momentum: number;
  /** Whether negative outputs become 0. */
  readonly relu: boolean;
}

/**
 * Normalises by the batch's own mean and variance, as `trainBatchNorm` does.
 * @param x pieces of one shape but for their channels, [B, H, W, ·] or [B, ·]
 */
export function trainFusedNorm(x: Pieces, weights: NormWeights, settings: FusedNormSettings): TrainedNorm {
  const { batch, mean_C, variance_C } = joinMoments(x, weights, settings.momentum);
  return { y: normOp('ManyheadsNorm', x, batch, [], settings, true), mean_C, variance_C };
}

/**
 * Mean and variance of the batch in place of the moving averages, and what those become.
 * @param momentum share of the moving averages that stays
 */
export function joinMoments(
  x: Pieces,
  weights: NormWeights,
  momentum: number,
): { batch: NormWeights; mean_C: tf.Tensor; variance_C: tf.Tensor } {
  const momentsOf = x.map((piece) => {
    piece.moments_2C ??= rawOp('ManyheadsMoments', [], [piece.tensor], 1)[0]!;
    return piece.moments_2C;
  });
  const [batchMean_C, batchVariance_C, mean_C, variance_C] = rawOp(
    'ManyheadsJoinMoments',
    [attribute.int('N', x.length), attribute.float('momentum', momentum)],
    [...momentsOf, weights.mean_C, weights.variance_C],
    4,
  ) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const batch = { ...weights, mean_C: batchMean_C, variance_C: batchVariance_C };
  return { batch, mean_C, variance_C };
}

/** Normalises by the moving averages, which stay as they are. @param x as for `trainFusedNorm` */
export function applyFusedNorm(x: Pieces, weights: NormWeights, settings: FusedNormSettings): tf.Tensor {
  return normOp('ManyheadsNorm', x, weights, [], settings, false);
}

/**
 * One of the ops that begin with a batch norm, and its gradient, which is the op `<op>Grad`.
 * @param behind what the op takes besides, each with a gradient
 * @param training whether mean and variance are those of x, so that they pass gradients on to it
 */
export function normOp(
  op: 'ManyheadsNorm' | 'ManyheadsNormConv',
  x: Pieces,
  { gamma_C, beta_C, mean_C, variance_C }: NormWeights,
  behind: readonly tf.Tensor[],
  { epsilon, relu }: FusedNormSettings,
  training: boolean,
): tf.Tensor {
  const attributes = [
    attribute.int('N', x.length),
    attribute.float('epsilon', epsilon),
    attribute.bool('relu', relu),
  ];
  const withGradient = tf.customGrad((...args) => {
    const inputs = args.slice(0, -1) as tf.Tensor[];
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const all = [...inputs.slice(0, x.length), mean_C, variance_C, ...inputs.slice(x.length)];
    save(all);
    return {
      value: rawOp(op, attributes, all, 1)[0]!,
      gradFunc: (dy, saved) =>
        rawOp(
          `${op}Grad`,
          [...attributes, attribute.bool('training', training)],
          [dy, ...saved],
          inputs.length,
        ),
    };
  });
  return withGradient(...x.map(({ tensor }) => tensor), gamma_C, beta_C, ...behind);
}
