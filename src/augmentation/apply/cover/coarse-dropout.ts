/** Several rectangles painted over each image. Shape letters: B batch, N holes of an image, H height, W width, C channels. */
import { tf } from '../../../tensorflow/tf.ts';
import type { FedChange } from '../changes.ts';
import { inside } from './rectangle-mask.ts';

export const coarseDropout: FedChange<'holes'> = (images_BHWC, { holes }) =>
  punchHoles(images_BHWC, holes as tf.Tensor3D);

/**
 * Paints rectangles over each image, in the value of its first one, the same in every channel.
 * @param holes_BN5 as the rectangles of `eraseRectangles`, N an image
 */
export function punchHoles(images_BHWC: tf.Tensor4D, holes_BN5: tf.Tensor3D): tf.Tensor4D {
  const [batch, height, width] = images_BHWC.shape;
  const holes = holes_BN5.shape[1];
  const [top_1, left_1, tall_1, wide_1] = tf.split(tf.reshape(holes_BN5, [batch * holes, 5]), 5, 1);
  const rows_BNH = tf.reshape(inside(height, top_1!, tall_1!), [batch, holes, height]);
  const columns_BNW = tf.reshape(inside(width, left_1!, wide_1!), [batch, holes, width]);
  // How many holes cover a pixel; one is enough.
  const covered_BHW1 = tf.reshape(tf.minimum(tf.matMul(rows_BNH, columns_BNW, true, false), 1), [
    batch,
    height,
    width,
    1,
  ]);
  const value_B111 = tf.reshape(tf.slice(holes_BN5, [0, 0, 4], [batch, 1, 1]), [batch, 1, 1, 1]);
  return tf.add(tf.mul(images_BHWC, tf.sub(1, covered_BHW1)), tf.mul(covered_BHW1, value_B111));
}
