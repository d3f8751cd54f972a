/** Grey as torchvision's `rgb_to_grayscale`. Shape letters: B batch, H height, W width, C channels. */
import { tf } from '../../../tensorflow/tf.ts';
import type { ColourChange } from '../changes.ts';
import { blend, greyOf, perImage } from './blend.ts';

/** 1 for grey, 0 for colours as they are. */
export const grayscale: ColourChange = (images_BHWC, isGrey_B1) =>
  blend(images_BHWC, greyOf(images_BHWC), tf.sub(1, perImage(isGrey_B1)));
