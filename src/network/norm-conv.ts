/**
 * Batch norm, the ReLU behind it and a convolution of 1×1 behind that by one kernel of our own
 * (src/native/kernels/norm-conv.cc): what goes from the norm into the convolution is neither written to memory nor kept
 * for the gradients. Shape letters: B batch, H height, W width, C channels of all pieces, O channels out, N pieces.
 */
import type { tf } from '../tensorflow/tf.ts';
import type { NormWeights, TrainedNorm } from './batch-norm.ts';
import { type FusedNormSettings, joinMoments, normOp } from './fused-norm.ts';
import type { Pieces } from './pieces.ts';

/** Whole vectors of the widest processors, two of them in a row of a product. */
const CHANNELS = 32;
/** Beyond this the kernel, 4 bytes a pair of channels, is more than the cache holds beside the images. */
const MOST_PAIRS = 512 * 256;

export interface NormConvShape {
  /** Channels of each piece. */
  readonly widths: readonly number[];
  /** [height, width, C, O] */
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly groups: number;
}

/** Is this a convolution that the kernel is faster at? */
export function suitsNormConv({ widths, kernel, strides, groups }: NormConvShape): boolean {
  const [tall, wide, channelsIn, channelsOut] = kernel;
  return (
    tall === 1 &&
    wide === 1 &&
    groups === 1 &&
    strides.every((stride) => stride === 1) &&
    widths.every((width) => width % CHANNELS === 0) &&
    channelsOut! % CHANNELS === 0 &&
    channelsIn! * channelsOut! <= MOST_PAIRS
  );
}

/**
 * Normalises by the batch's own mean and variance, and convolves.
 * @param x pieces of one shape but for their channels, [B, H, W, ·]
 * @param kernel_11CO the convolution's
 * @returns y [B, H, W, O], and what the moving averages become
 */
export function trainNormConv(
  x: Pieces,
  weights: NormWeights,
  kernel_11CO: tf.Tensor,
  settings: FusedNormSettings,
): TrainedNorm {
  const { batch, mean_C, variance_C } = joinMoments(x, weights, settings.momentum);
  return { y: normOp('ManyheadsNormConv', x, batch, [kernel_11CO], settings, true), mean_C, variance_C };
}

/** Normalises by the moving averages, which stay as they are, and convolves. Arguments as for `trainNormConv` */
export function applyNormConv(
  x: Pieces,
  weights: NormWeights,
  kernel_11CO: tf.Tensor,
  settings: FusedNormSettings,
): tf.Tensor {
  return normOp('ManyheadsNormConv', x, weights, [kernel_11CO], settings, false);
}
