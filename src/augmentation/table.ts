/** All augmentations by their names in the language. Types, checks, draws and words of the room follow from this table. */
import type { Augmentation, Family, WrittenAugmentation } from './augmentation.ts';
import { brightness } from './kinds/colour/brightness.ts';
import { contrast } from './kinds/colour/contrast.ts';
import { grayscale } from './kinds/colour/grayscale.ts';
import { hue } from './kinds/colour/hue.ts';
import { saturation } from './kinds/colour/saturation.ts';
import { coarseDropout } from './kinds/cover/coarse-dropout.ts';
import { randomErasing } from './kinds/cover/random-erasing.ts';
import { gaussianBlur } from './kinds/filter/gaussian-blur.ts';
import { gaussianNoise } from './kinds/filter/gaussian-noise.ts';
import { horizontalFlip } from './kinds/geometry/horizontal-flip.ts';
import { randomResizedCrop } from './kinds/geometry/random-resized-crop.ts';
import { rotate } from './kinds/geometry/rotate.ts';
import { shear } from './kinds/geometry/shear.ts';
import { shift } from './kinds/geometry/shift.ts';
import { verticalFlip } from './kinds/geometry/vertical-flip.ts';
import { zoom } from './kinds/geometry/zoom.ts';
import { cutMix } from './kinds/mix/cut-mix.ts';
import { mixUp } from './kinds/mix/mix-up.ts';
import { randAugment } from './kinds/policy/rand-augment.ts';
import { trivialAugment } from './kinds/policy/trivial-augment.ts';

/** Keys that say how others are done, and change nothing by themselves. */
export type Manner = 'strength' | 'fillMode' | 'fillValue';

/** In the order in which they are applied; those of a family stand together. */
export const augmentations = {
  randomResizedCrop,
  shift,
  shear,
  rotate,
  zoom,
  horizontalFlip,
  verticalFlip,
  trivialAugment,
  randAugment,
  brightness,
  contrast,
  saturation,
  hue,
  grayscale,
  gaussianBlur,
  gaussianNoise,
  randomErasing,
  coarseDropout,
  mixUp,
  cutMix,
} satisfies {
  readonly [Name in Exclude<keyof WrittenAugmentation, Manner>]: Augmentation<
    WrittenAugmentation[Name],
    unknown
  >;
};

export type AugmentationName = keyof typeof augmentations;

export const augmentationNames = Object.keys(augmentations) as readonly AugmentationName[];

/** What a plan holds of each augmentation. */
export type Plans = {
  readonly [Name in AugmentationName]: ReturnType<(typeof augmentations)[Name]['planOf']>;
};

/** Names of the augmentations of a family. */
export type NameOf<F extends Family> = {
  [Name in AugmentationName]: (typeof augmentations)[Name]['family'] extends F ? Name : never;
}[AugmentationName];

/** In the order of the table. */
export function namesOf<F extends Family>(...families: readonly F[]): readonly NameOf<F>[] {
  const all: readonly Family[] = families;
  return augmentationNames.filter((name): name is NameOf<F> => all.includes(augmentations[name].family));
}
