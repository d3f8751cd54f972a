/** Contrast as torchvision's `adjust_contrast`. Shape letters: B batch, H height, W width, C channels. */
import { tf } from '../../../tensorflow/tf.ts';
import type { ColourChange } from '../changes.ts';
import { blend, cutOff, greyOf, perImage } from './blend.ts';

/** Factor: 0 is the image's mean grey all over. */
export const contrast: ColourChange = (images_BHWC, factors_B1) => {
  const mean_B111 = tf.mean(greyOf(images_BHWC), [1, 2, 3], true);
  return cutOff(blend(images_BHWC, mean_B111, perImage(factors_B1)));
};
