/** The resampling of augmentation: cached images in, float32 images of the network's size out. */

import { attribute, rawOp } from '../../tensorflow/raw-op.ts';
import { tf } from '../../tensorflow/tf.ts';

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
}

/**
 * Resizes, crops, moves, turns, scales and mirrors by one bilinear resampling. Shape letters: B batch, H height,
 * W width, C channels.
 * @param images_BHWC pixel values from 0 to 255, of any numeric type
 * @param transforms_B8 [a0, a1, a2, b0, b1, b2, c0, c1] an image: the pixel at column x and row y comes from column
 *   (a0·x + a1·y + a2) / k and row (b0·x + b1·y + b2) / k, k = c0·x + c1·y + 1, all counted from the centre of the
 *   first pixel
 */
export function transformImages(
  images_BHWC: tf.Tensor4D,
  transforms_B8: tf.Tensor2D,
  { size, fillMode, fillValue }: TransformOptions,
): tf.Tensor4D {
  // The op cuts fractions off where pixels are integers.
  const pixels_BHWC = tf.cast(images_BHWC, 'float32');
  const attributes = [
    attribute.type('dtype', 'float32'),
    attribute.string('interpolation', 'BILINEAR'),
    attribute.string('fill_mode', fillMode.toUpperCase()),
  ];
  const inputs = [pixels_BHWC, transforms_B8, tf.tensor1d([size, size], 'int32'), tf.scalar(fillValue)];
  return rawOp('ImageProjectiveTransformV3', attributes, inputs, 1)[0] as tf.Tensor4D;
}
