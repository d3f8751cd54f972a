/**
 * How augmentations change pixels, by their names. Those of the geometry are one resampling (resample.ts), policies and mixes
 * are done by one file each (policy.ts, mix.ts). The order is that of the table of augmentations.
 */
import type { ColourName } from '../draw/colours.ts';
import type { FedName, FeedNameOf } from '../draw/feeds.ts';
import type { ColourChange, FedChange } from './changes.ts';
import { brightness } from './colour/brightness.ts';
import { contrast } from './colour/contrast.ts';
import { grayscale } from './colour/grayscale.ts';
import { hue } from './colour/hue.ts';
import { saturation } from './colour/saturation.ts';
import { coarseDropout } from './cover/coarse-dropout.ts';
import { randomErasing } from './cover/random-erasing.ts';
import { gaussianBlur } from './filter/gaussian-blur.ts';
import { gaussianNoise } from './filter/gaussian-noise.ts';

export const applications: { readonly [Name in ColourName]: ColourChange } & {
  readonly [Name in FedName]: FedChange<FeedNameOf<Name>>;
} = {
  brightness,
  contrast,
  saturation,
  hue,
  grayscale,
  gaussianBlur,
  gaussianNoise,
  randomErasing,
  coarseDropout,
};
