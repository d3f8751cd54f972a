/** Pixel values from 0 to 255 to what a network takes. Shape letters: B batch, H height, W width, C channels. */
import { tf } from '../../tensorflow/tf.ts';
import type { Normalization } from '../normalization.ts';

/**
 * @param images_BHWC float32
 * @param normalization `perImage`: by the image's mean and deviation over all its pixels and channels, the deviation at
 *   least 1/√(number of values), which lets an image of one colour become zeros: tf.image.per_image_standardization
 */
export function normalizeImages(images_BHWC: tf.Tensor4D, normalization: Normalization): tf.Tensor4D {
  if (normalization !== 'perImage') {
    const centred_BHWC = tf.sub(images_BHWC, tf.tensor1d([...normalization.mean]));
    return tf.div(centred_BHWC, tf.tensor1d([...normalization.std])) as tf.Tensor4D;
  }
  const [, height, width, channels] = images_BHWC.shape;
  const axes = [1, 2, 3];
  const centred_BHWC = tf.sub(images_BHWC, tf.mean(images_BHWC, axes, true));
  const deviation_B111 = tf.sqrt(tf.mean(tf.square(centred_BHWC), axes, true));
  const smallest = 1 / Math.sqrt(height * width * channels);
  return tf.div(centred_BHWC, tf.maximum(deviation_B111, smallest)) as tf.Tensor4D;
}
