/** Brightness as torchvision's `adjust_brightness`. Shape letters: B batch, H height, W width, C channels. */
import { tf } from '../../../tensorflow/tf.ts';
import type { ColourChange } from '../changes.ts';
import { cutOff, perImage } from './blend.ts';

/** Factor: 0 is black, 1 changes nothing. */
export const brightness: ColourChange = (images_BHWC, factors_B1) =>
  cutOff(tf.mul(images_BHWC, perImage(factors_B1)));
