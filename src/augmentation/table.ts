/** Every augmentation by its name: how much of it a plan asks for. In: AugmentationPlan. Out: numbers to compare. */
import type { AmountPlan, AugmentationPlan } from './plan.ts';

/** Keys that say how others are done, and change nothing by themselves. */
type Manner = 'strength' | 'fillMode' | 'fillValue';

export type AugmentationName = Exclude<keyof AugmentationPlan, Manner>;

/**
 * In the order in which they are applied. A strength is comparable with others of the same name alone; 0 where the
 * augmentation changes no image.
 */
const strengths: { readonly [Name in AugmentationName]: (plan: AugmentationPlan[Name]) => number } = {
  // A crop of the whole area still changes the ratio of the sides.
  randomResizedCrop: (crop) => (crop === null ? 0 : crop.probability * (2 - crop.scale[0])),
  shift: ({ x, y, probability }) => probability * (x + y),
  shear: ({ x, y, probability }) => probability * (x + y),
  rotate: ({ degrees, probability }) => probability * degrees,
  zoom: ofAmount,
  horizontalFlip: (probability) => probability,
  verticalFlip: (probability) => probability,
  trivialAugment: (trivial) => (trivial === null ? 0 : trivial.probability * (trivial.strength ?? 1)),
  // Some operations have no magnitude, and are done at 0 too.
  randAugment: (rand) =>
    rand === null ? 0 : rand.probability * rand.operations * (1 + rand.magnitude) * (rand.strength ?? 1),
  brightness: ofAmount,
  contrast: ofAmount,
  saturation: ofAmount,
  hue: ofAmount,
  grayscale: (probability) => probability,
  gaussianBlur: (blur) => (blur === null ? 0 : blur.probability * blur.sigma[1]),
  gaussianNoise: (noise) => (noise === null ? 0 : noise.probability * noise.stddev[1]),
  randomErasing: (erasing) => (erasing === null ? 0 : erasing.probability * erasing.areaMax),
  coarseDropout: (holes) =>
    holes === null ? 0 : holes.probability * holes.holes[1] * holes.size[1] * holes.size[1],
  mixUp: (mix) => (mix === null ? 0 : mix.probability * mix.alpha),
  cutMix: (mix) => (mix === null ? 0 : mix.probability * mix.alpha),
};

function ofAmount({ amount, probability }: AmountPlan): number {
  return probability * amount;
}

export const augmentationNames = Object.keys(strengths) as readonly AugmentationName[];

export function strengthOf<Name extends AugmentationName>(plan: AugmentationPlan, name: Name): number {
  return strengths[name](plan[name]);
}
