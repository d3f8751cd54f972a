/**
 * MixUp (Zhang et al., arXiv:1710.09412) and CutMix (Yun et al., arXiv:1905.04899) with a share for each image.
 * Shape letters: B batch, H height, W width, C channels.
 */
import { tf } from '../../tensorflow/tf.ts';
import { rectangleMask } from './cover/rectangle-mask.ts';

/**
 * share × image + (1 - share) × its partner.
 * @param partners_B index in the batch of each image's partner
 * @param blends_B5 [share outside the rectangle, top, left, height, width], in pixels; inside the rectangle all is the
 *   partner's
 */
export function mixImages(
  images_BHWC: tf.Tensor4D,
  partners_B: tf.Tensor1D,
  blends_B5: tf.Tensor2D,
): tf.Tensor4D {
  const [batch, height, width] = images_BHWC.shape;
  const [share_B1, rectangles_B4] = tf.split(blends_B5, [1, 4], 1) as [tf.Tensor2D, tf.Tensor2D];
  const outside_BHW1 = tf.sub(1, rectangleMask(rectangles_B4, height, width));
  const own = tf.mul(tf.reshape(share_B1, [batch, 1, 1, 1]), outside_BHW1);
  const others_BHWC = tf.gather(images_BHWC, partners_B);
  return tf.add(tf.mul(own, images_BHWC), tf.mul(tf.sub(1, own), others_BHWC));
}
