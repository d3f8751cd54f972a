/** One rectangle painted over each image. Shape letters: B batch, H height, W width, C channels. */
import { tf } from '../../../tensorflow/tf.ts';
import type { FedChange } from '../changes.ts';
import { covered } from './rectangle-mask.ts';

export const randomErasing: FedChange<'rectangles'> = (images_BHWC, { rectangles }) =>
  eraseRectangles(images_BHWC, rectangles as tf.Tensor2D);

/**
 * Paints one rectangle over each image, the same value in every channel.
 * @param rectangles_B5 [top, left, height, width, value] an image, in pixels, the value in units of the images; height
 *   0 for none
 */
export function eraseRectangles(images_BHWC: tf.Tensor4D, rectangles_B5: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width] = images_BHWC.shape;
  const [top_B1, left_B1, tall_B1, wide_B1, value_B1] = tf.split(rectangles_B5, 5, 1);
  const covered_BHW1 = covered(top_B1!, left_B1!, tall_B1!, wide_B1!, height, width);
  const paint_BHW1 = tf.mul(covered_BHW1, tf.reshape(value_B1!, [batch, 1, 1, 1]));
  return tf.add(tf.mul(images_BHWC, tf.sub(1, covered_BHW1)), paint_BHW1);
}
