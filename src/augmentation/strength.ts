/**
 * Augmentation of less than its full strength: a plan and an epoch in, the plan of that epoch out. Easy images first and
 * hard ones later is a curriculum (Bengio et al., ICML 2009); how far changes go is what grows in EfficientNetV2's
 * progressive learning (Tan and Le, arXiv:2104.00298, section 4.2).
 */

import type {
  AmountPlan,
  AugmentationPlan,
  RandAugmentPlan,
  Range,
  StrengthPlan,
  TrivialAugmentPlan,
} from './plan.ts';
import { type AugmentationName, augmentationNames } from './table.ts';

/**
 * In a straight line from the first epoch to the last, the same throughout an epoch: it depends on where a run stands and
 * not on the steps that an epoch has.
 * @param epoch from 0; past the stage's last one the strength stays what it is there
 * @param epochs of the stage; where there is one, it is the last
 */
export function strengthAt({ from, to }: StrengthPlan, epoch: number, epochs: number): number {
  if (epoch >= epochs - 1) return to;
  return from + (to - from) * (epoch / (epochs - 1));
}

/** The largest strength that a stage comes to. */
export function largestStrength({ from, to }: StrengthPlan): number {
  return Math.max(from, to);
}

type Scaled<Name extends AugmentationName> = (
  plan: AugmentationPlan[Name],
  strength: number,
) => AugmentationPlan[Name];

/** What a plan becomes: at strength 1 itself, at 0 one that changes no image. What has no size, an image has or has not. */
const scaled: { readonly [Name in AugmentationName]: Scaled<Name> } = {
  randomResizedCrop: (crop, strength) =>
    crop && {
      ...crop,
      scale: map(crop.scale, (share) => 1 - strength * (1 - share)),
      ratio: map(crop.ratio, (ratio) => ratio ** strength),
    },
  shift: ({ x, y, probability }, strength) => ({ x: strength * x, y: strength * y, probability }),
  shear: ({ x, y, probability }, strength) => ({ x: strength * x, y: strength * y, probability }),
  rotate: ({ degrees, probability }, strength) => ({ degrees: strength * degrees, probability }),
  zoom: scaleAmount,
  horizontalFlip: scaleNumber,
  verticalFlip: scaleNumber,
  trivialAugment: scalePolicy,
  randAugment: scalePolicy,
  brightness: scaleAmount,
  contrast: scaleAmount,
  saturation: scaleAmount,
  hue: scaleAmount,
  grayscale: scaleNumber,
  gaussianBlur: (blur, strength) => blur && { ...blur, sigma: map(blur.sigma, (sigma) => strength * sigma) },
  gaussianNoise: (noise, strength) =>
    noise && { ...noise, stddev: map(noise.stddev, (deviation) => strength * deviation) },
  randomErasing: (erasing, strength) =>
    erasing && { ...erasing, areaMin: strength * erasing.areaMin, areaMax: strength * erasing.areaMax },
  // Holes have one pixel at least.
  coarseDropout: (holes, strength) =>
    holes && {
      ...holes,
      size: map(holes.size, (side) => strength * side),
      probability: strength === 0 ? 0 : holes.probability,
    },
  mixUp: (mix, strength) => mix && { ...mix, probability: strength * mix.probability },
  cutMix: (mix, strength) => mix && { ...mix, probability: strength * mix.probability },
};

/** @param strength 0 to 1 */
export function scaleAugmentation(plan: AugmentationPlan, strength: number): AugmentationPlan {
  if (strength === 1) return plan;
  const of = <Name extends AugmentationName>(name: Name): AugmentationPlan[Name] =>
    scaled[name](plan[name], strength);
  return { ...plan, ...Object.fromEntries(augmentationNames.map((name) => [name, of(name)])) };
}

function map([low, high]: Range, change: (value: number) => number): Range {
  return [change(low), change(high)];
}

function scaleNumber(value: number, strength: number): number {
  return strength * value;
}

/** At level 0 some operations change a pixel. */
function scalePolicy<Policy extends TrivialAugmentPlan | RandAugmentPlan>(
  policy: Policy | null,
  strength: number,
): Policy | null {
  if (policy === null) return null;
  return {
    ...policy,
    strength: strength * (policy.strength ?? 1),
    probability: strength === 0 ? 0 : policy.probability,
  };
}

function scaleAmount({ amount, probability }: AmountPlan, strength: number): AmountPlan {
  return { amount: strength * amount, probability };
}
