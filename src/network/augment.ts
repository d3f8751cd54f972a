/**
 * The part of augmentation that touches pixels: drawn numbers and cached images in, normalised float32 images out.
 * Elementwise ops over the whole batch. Shape letters: B batch, H height, W width, C channels.
 */
import type { Normalization } from '../data/statistics.ts';
import { tf } from '../runtime/tf.ts';
import { normalizeImages } from './normalize.ts';
import { attribute, rawOp } from './raw-op.ts';

export interface TransformOptions {
  /** Side of the square images that come out, pixels. */
  readonly size: number;
  /**
   * What stands where a transform reaches beyond the image. `wrap` goes one image far: beyond that, TensorFlow's op
   * takes the pixel at the edge.
   */
  readonly fillMode: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /** Value of all channels for `constant`, 0 to 255. */
  readonly fillValue: number;
  /** Of pixel values from 0 to 255. */
  readonly normalization: Normalization;
}

/**
 * Resizes, crops, moves, turns, scales and mirrors by one bilinear resampling, then normalises.
 * @param images_BHWC pixel values from 0 to 255, of any numeric type
 * @param transforms_B8 [a0, a1, a2, b0, b1, b2, c0, c1] an image: the pixel at column x and row y comes from column
 *   (a0·x + a1·y + a2) / k and row (b0·x + b1·y + b2) / k, k = c0·x + c1·y + 1, all counted from the centre of the
 *   first pixel
 */
export function transformImages(
  images_BHWC: tf.Tensor4D,
  transforms_B8: tf.Tensor2D,
  { size, fillMode, fillValue, normalization }: TransformOptions,
): tf.Tensor4D {
  // The op cuts fractions off where pixels are integers.
  const pixels_BHWC = tf.cast(images_BHWC, 'float32');
  const attributes = [
    attribute.type('dtype', 'float32'),
    attribute.string('interpolation', 'BILINEAR'),
    attribute.string('fill_mode', fillMode.toUpperCase()),
  ];
  const inputs = [pixels_BHWC, transforms_B8, tf.tensor1d([size, size], 'int32'), tf.scalar(fillValue)];
  const moved_BHWC = rawOp('ImageProjectiveTransformV3', attributes, inputs, 1)[0]!;
  return normalizeImages(moved_BHWC as tf.Tensor4D, normalization);
}

/**
 * Paints one rectangle over each image, the same value in every channel.
 * @param rectangles_B5 [top, left, height, width, value] an image, in pixels, the value in units of the images; height
 *   0 for none
 */
export function eraseRectangles(images_BHWC: tf.Tensor4D, rectangles_B5: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width] = images_BHWC.shape;
  const [top_B1, left_B1, tall_B1, wide_B1, value_B1] = tf.split(rectangles_B5, 5, 1);
  const rows_BH11 = tf.reshape(inside(height, top_B1!, tall_B1!), [batch, height, 1, 1]);
  const columns_B1W1 = tf.reshape(inside(width, left_B1!, wide_B1!), [batch, 1, width, 1]);
  const covered_BHW1 = tf.mul(rows_BH11, columns_B1W1);
  const paint_BHW1 = tf.mul(covered_BHW1, tf.reshape(value_B1!, [batch, 1, 1, 1]));
  return tf.add(tf.mul(images_BHWC, tf.sub(1, covered_BHW1)), paint_BHW1);
}

/** 1 where a position from 0 to side - 1 lies in [start, start + length), else 0. @returns [B, side] */
function inside(side: number, start_B1: tf.Tensor, length_B1: tf.Tensor): tf.Tensor {
  const position_1S = tf.tensor2d(
    Float32Array.from({ length: side }, (_, i) => i),
    [1, side],
  );
  const offset_BS = tf.sub(position_1S, start_B1);
  const within_BS = tf.logicalAnd(tf.greaterEqual(offset_BS, 0), tf.less(offset_BS, length_B1));
  return tf.cast(within_BS, 'float32');
}
