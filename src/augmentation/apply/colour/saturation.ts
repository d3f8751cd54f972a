/** Saturation as torchvision's `adjust_saturation`. Shape letters: B batch, H height, W width, C channels. */
import type { ColourChange } from '../changes.ts';
import { blend, cutOff, greyOf, perImage } from './blend.ts';

/** Factor: 0 is grey. */
export const saturation: ColourChange = (images_BHWC, factors_B1) =>
  cutOff(blend(images_BHWC, greyOf(images_BHWC), perImage(factors_B1)));
