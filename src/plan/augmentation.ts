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

export interface AugmentationPlan {
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
  readonly randomErasing: RandomErasingPlan | null;
}

type Written = ResolvedExperiment['augmentation'];

export function augmentationOf(written: Written): AugmentationPlan {
  const { zoom, rotate, randomResizedCrop: crop } = written;
  return {
    ...written,
    zoom: typeof zoom === 'number' ? { amount: zoom, probability: 1 } : zoom,
    rotate: typeof rotate === 'number' ? { degrees: rotate, probability: 1 } : rotate,
    randomResizedCrop: crop && { ...crop, scale: rangeOf(crop.scale), ratio: rangeOf(crop.ratio) },
  };
}

/** The schema has made sure of two elements. */
function rangeOf([low, high]: readonly number[]): Range {
  return [low!, high!];
}
