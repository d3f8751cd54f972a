/**
 * What changes of colour share, as torchvision defines it for images of floating point: each ends with its values cut off
 * at 0 and 255. Elementwise over a batch, one number an image. Shape letters: B batch, H height, W width, C channels.
 */
import { tf } from '../../../tensorflow/tf.ts';

/** Shares of red, green and blue in torchvision's grey (ITU-R BT.601, rounded). */
const GREY = [0.2989, 0.587, 0.114];

/** @returns [B, H, W, 1] */
export function greyOf(images_BHWC: tf.Tensor4D): tf.Tensor4D {
  return tf.sum(tf.mul(images_BHWC, tf.tensor1d(GREY)), 3, true);
}

export function cutOff<T extends tf.Tensor>(images: T): T {
  return tf.clipByValue(images, 0, 255);
}

/** @returns [B, 1, 1, 1] */
export function perImage(numbers_B1: tf.Tensor): tf.Tensor4D {
  return tf.reshape(numbers_B1, [numbers_B1.shape[0]!, 1, 1, 1]);
}

/** factor × image + (1 - factor) × other. */
export function blend(images_BHWC: tf.Tensor4D, other: tf.Tensor, factors_B111: tf.Tensor4D): tf.Tensor4D {
  return tf.add(tf.mul(factors_B111, images_BHWC), tf.mul(tf.sub(1, factors_B111), other));
}
