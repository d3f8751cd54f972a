/** An augmentation in a few words, for a column of a table. */

import type { AugmentationPlan } from './plan.ts';
import { type AugmentationName, strengthOf } from './table.ts';

/** The word of each; several that are alike share one. */
const words: Readonly<Record<string, readonly AugmentationName[]>> = {
  flip: ['horizontalFlip', 'verticalFlip'],
  crop: ['randomResizedCrop'],
  shift: ['shift'],
  shear: ['shear'],
  rotate: ['rotate'],
  zoom: ['zoom'],
  trivialAugment: ['trivialAugment'],
  randAugment: ['randAugment'],
  colour: ['brightness', 'contrast', 'saturation', 'hue', 'grayscale'],
  blur: ['gaussianBlur'],
  noise: ['gaussianNoise'],
  erase: ['randomErasing'],
  holes: ['coarseDropout'],
  mixUp: ['mixUp'],
  cutMix: ['cutMix'],
};

/**
 * `flip, shift, zoom, erase`: what does anything; `none` where nothing does. How much of it stands among the values, but
 * for the strength of all together: `flip, zoom × 0 to 1`.
 */
export function augmentationInShort(plan: AugmentationPlan): string {
  const happens = (name: AugmentationName): boolean => strengthOf(plan, name) > 0;
  const inShort = Object.keys(words).filter((word) => words[word]!.some(happens));
  if (inShort.length === 0) return 'none';
  const { from, to } = plan.strength;
  const strength = from === to ? (from === 1 ? '' : ` × ${from}`) : ` × ${from} to ${to}`;
  return `${inShort.join(', ')}${strength}`;
}
