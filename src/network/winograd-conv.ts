/**
 * Convolutions of 3×3 with stride 1 by our own kernels (src/native/kernels/winograd.cc), which multiply less than half as
 * often: F(2×2, 3×3) of Lavin and Gray, arXiv:1509.09308. Rounding is about twice that of a plain convolution. Shape letters: B batch, H height, W width, I channels in, O channels out.
 */

import { rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

/** Whole vectors of the widest processors, two of them in a row of a product. */
const CHANNELS = 32;
/** Beyond this the transformed kernel, 64 bytes a pair of channels, is more than the cache holds beside the images. */
const MOST_PAIRS = 128 * 128;
/** Of smaller images, too much of the tiles lies outside. */
const LEAST_SIDE = 5;

export interface ConvolutionShape {
  /** [B, H, W, I] */
  readonly images: readonly number[];
  /** [3, 3, I, O] */
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'same' | 'valid';
}

/** Is this a convolution that the kernels are faster at? */
export function suitsWinograd({ images, kernel, strides, padding }: ConvolutionShape): boolean {
  const [, height, width] = images;
  const [tall, wide, channelsIn, channelsOut] = kernel;
  return (
    tall === 3 &&
    wide === 3 &&
    strides.every((stride) => stride === 1) &&
    padding === 'same' &&
    channelsIn! % CHANNELS === 0 &&
    channelsOut! % CHANNELS === 0 &&
    channelsIn! * channelsOut! <= MOST_PAIRS &&
    Math.min(height!, width!) >= LEAST_SIDE
  );
}

/** @returns [B, H, W, O] */
export function winogradConv(images_BHWI: tf.Tensor4D, kernel_33IO: tf.Tensor4D): tf.Tensor4D {
  const withGradient = tf.customGrad((...args) => {
    const [images, kernel, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([images, kernel]);
    return {
      value: rawOp('ManyheadsConv3x3', [], [images, kernel], 1)[0]!,
      gradFunc: (dy, [x, w]) => [
        rawOp('ManyheadsConv3x3InputGrad', [], [dy, w!], 1)[0]!,
        rawOp('ManyheadsConv3x3KernelGrad', [], [x!, dy], 1)[0]!,
      ],
    };
  });
  return withGradient(images_BHWI, kernel_33IO) as tf.Tensor4D;
}
