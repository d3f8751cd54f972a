/** Augmentation of a stage as the plan holds it: shorthand written out. In: the file's values. Out: AugmentationPlan. */
import type { ResolvedExperiment } from '../schema/experiment.ts';

/** Smallest and largest value of a draw. */
export type Range = readonly [low: number, high: number];

/** A change of at most so much, in its own unit. */
export interface AmountPlan {
  readonly amount: number;
  readonly probability: number;
}

export interface RandomResizedCropPlan {
  readonly scale: Range;
  readonly ratio: Range;
  readonly probability: number;
}

export interface RandomErasingPlan {
  readonly probability: number;
  readonly areaMin: number;
  readonly areaMax: number;
  readonly aspectMin: number;
  readonly aspectMax: number;
  readonly valueMin: number;
  readonly valueMax: number;
}

export interface CoarseDropoutPlan {
  /** Number of them. */
  readonly holes: Range;
  /** Side as a share of the image's. */
  readonly size: Range;
  /** In units of the normalised image. */
  readonly value: number;
  readonly probability: number;
}

export interface GaussianBlurPlan {
  /** Standard deviation, pixels of the network's image. */
  readonly sigma: Range;
  readonly probability: number;
}

export interface GaussianNoisePlan {
  /** Of a pixel, 0 to 255. */
  readonly stddev: Range;
  readonly probability: number;
}

export interface TrivialAugmentPlan {
  readonly probability: number;
  /** Share of a level, and of how often what has no level is done: 1 where it is not said. */
  readonly strength?: number;
}

export interface RandAugmentPlan {
  /** How many an image gets, one after the other. */
  readonly operations: number;
  /** Level, 0 to 30. */
  readonly magnitude: number;
  readonly probability: number;
  /** As TrivialAugment's. */
  readonly strength?: number;
}

export interface MixPlan {
  /** Of Beta(alpha, alpha). */
  readonly alpha: number;
  readonly probability: number;
}

/** Of all augmentation, 0 to 1. */
export interface StrengthPlan {
  /** In the first epoch of a stage. */
  readonly from: number;
  /** In its last one. */
  readonly to: number;
}

export interface AugmentationPlan {
  readonly strength: StrengthPlan;
  readonly horizontalFlip: number;
  readonly verticalFlip: number;
  /** Shares of the side. */
  readonly shift: { readonly x: number; readonly y: number; readonly probability: number };
  readonly zoom: AmountPlan;
  readonly rotate: { readonly degrees: number; readonly probability: number };
  /** Degrees. */
  readonly shear: { readonly x: number; readonly y: number; readonly probability: number };
  readonly randomResizedCrop: RandomResizedCropPlan | null;
  readonly fillMode: 'nearest' | 'constant' | 'reflect' | 'wrap';
  /** Of a pixel, 0 to 255. */
  readonly fillValue: number;
  readonly trivialAugment: TrivialAugmentPlan | null;
  readonly randAugment: RandAugmentPlan | null;
  /** Largest distance from the factor 1. */
  readonly brightness: AmountPlan;
  readonly contrast: AmountPlan;
  readonly saturation: AmountPlan;
  /** Largest turn, in parts of the circle. */
  readonly hue: AmountPlan;
  readonly grayscale: number;
  readonly gaussianBlur: GaussianBlurPlan | null;
  readonly gaussianNoise: GaussianNoisePlan | null;
  readonly randomErasing: RandomErasingPlan | null;
  readonly coarseDropout: CoarseDropoutPlan | null;
  readonly mixUp: MixPlan | null;
  readonly cutMix: MixPlan | null;
}

type Written = ResolvedExperiment['augmentation'];

export function augmentationOf(written: Written): AugmentationPlan {
  const { strength, rotate, randomResizedCrop: crop, gaussianBlur, gaussianNoise, coarseDropout } = written;
  return {
    ...written,
    strength: typeof strength === 'number' ? { from: strength, to: strength } : strength,
    zoom: amountOf(written.zoom),
    rotate: typeof rotate === 'number' ? { degrees: rotate, probability: 1 } : rotate,
    randomResizedCrop: crop && { ...crop, scale: rangeOf(crop.scale), ratio: rangeOf(crop.ratio) },
    brightness: amountOf(written.brightness),
    contrast: amountOf(written.contrast),
    saturation: amountOf(written.saturation),
    hue: amountOf(written.hue),
    gaussianBlur: gaussianBlur && { ...gaussianBlur, sigma: rangeOf(gaussianBlur.sigma) },
    gaussianNoise: gaussianNoise && { ...gaussianNoise, stddev: rangeOf(gaussianNoise.stddev) },
    coarseDropout: coarseDropout && {
      ...coarseDropout,
      holes: rangeOf(coarseDropout.holes),
      size: rangeOf(coarseDropout.size),
    },
  };
}

function amountOf(written: number | AmountPlan): AmountPlan {
  return typeof written === 'number' ? { amount: written, probability: 1 } : written;
}

/** The schema has made sure of two elements. */
function rangeOf([low, high]: readonly number[]): Range {
  return [low!, high!];
}
