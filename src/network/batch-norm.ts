/**
 * Batch normalisation (Ioffe and Szegedy, arXiv:1502.03167) by TensorFlow's fused ops, forward and backward, over all
 * axes but the last. Shape letters: B batch, H height, W width, C channels.
 */

import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

export interface NormWeights {
  readonly gamma_C: tf.Tensor;
  readonly beta_C: tf.Tensor;
  readonly mean_C: tf.Tensor;
  readonly variance_C: tf.Tensor;
}

/** Output of the layer and what its moving averages become. */
export interface TrainedNorm {
  readonly y: tf.Tensor;
  readonly mean_C: tf.Tensor;
  readonly variance_C: tf.Tensor;
}

interface NormSettings {
  readonly epsilon: number;
  readonly momentum: number;
}

/**
 * Normalises by the batch's own mean and variance. The moving averages take in both as Keras 3 does, the variance
 * without Bessel's correction.
 * @param x [B, H, W, C] or [B, C]
 */
export function trainBatchNorm(
  x: tf.Tensor,
  weights: NormWeights,
  { epsilon, momentum }: NormSettings,
): TrainedNorm {
  const count = x.size / x.shape.at(-1)!;
  const [y, batchMean_C, batchVariance_C] = fused(x, weights, epsilon, true);
  // The op gives the variance with Bessel's correction; of a single value it is 0, which no factor corrects.
  const variance_C =
    count === 1 ? tf.zerosLike(batchVariance_C) : tf.mul(batchVariance_C, (count - 1) / count);
  return { y, mean_C: move(weights.mean_C, batchMean_C), variance_C: move(weights.variance_C, variance_C) };

  function move(average_C: tf.Tensor, batch_C: tf.Tensor): tf.Tensor {
    return tf.add(tf.mul(average_C, momentum), tf.mul(batch_C, 1 - momentum));
  }
}

/**
 * Normalises by the moving averages, which stay as they are: for evaluation and for frozen layers.
 * @param x [B, H, W, C] or [B, C]
 */
export function applyBatchNorm(x: tf.Tensor, weights: NormWeights, epsilon: number): tf.Tensor {
  return fused(x, weights, epsilon, false)[0];
}

/** @returns y, the mean and the variance that the op reports; gradients reach x, gamma and beta through y */
function fused(
  x: tf.Tensor,
  { gamma_C, beta_C, mean_C, variance_C }: NormWeights,
  epsilon: number,
  training: boolean,
): [tf.Tensor, tf.Tensor, tf.Tensor] {
  const x_BHWC = x.rank === 2 ? tf.reshape(x, [x.shape[0]!, 1, 1, x.shape[1]!]) : x;
  const attributes = [
    attribute.type('T', 'float32'),
    attribute.type('U', 'float32'),
    attribute.string('data_format', 'NHWC'),
    attribute.float('epsilon', epsilon),
    attribute.bool('is_training', training),
  ];
  // In training the op wants no averages to come in: factor 1 makes it report the batch's own.
  const averages = training ? [tf.tensor1d([]), tf.tensor1d([])] : [mean_C, variance_C];
  const factor = attribute.float('exponential_avg_factor', 1);
  // Outside `customGrad`, since mean and variance are wanted as well as y.
  const forward = rawOp(
    'FusedBatchNormV3',
    [...attributes, factor],
    [x_BHWC, gamma_C, beta_C, ...averages],
    6,
  );
  const [y_BHWC, reportedMean_C, reportedVariance_C, ...reserves] = forward as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
    ...tf.Tensor[],
  ];
  // Outside training the gradient op wants the averages in place of what the first two reserves hold.
  const forGradient = training ? reserves : [mean_C, variance_C, reserves[2]!];
  const withGradient = tf.customGrad((...args) => {
    const [input_BHWC, gamma, , save] = args as unknown as [tf.Tensor, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([input_BHWC, gamma, ...forGradient]);
    return {
      value: y_BHWC,
      gradFunc: (dy, saved) => rawOp('FusedBatchNormGradV3', attributes, [dy, ...saved], 5).slice(0, 3),
    };
  });
  const y = withGradient(x_BHWC, gamma_C, beta_C);
  return [tf.reshape(y, x.shape), reportedMean_C, reportedVariance_C];
}
