/** Gaussian noise, drawn as torchvision's GaussianNoise. A step is fed how much, and where its numbers come from. */
import type { FilterAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';
import { checkRange, mapRange, type Range, rangeOf } from '../range.ts';

export interface GaussianNoisePlan {
  /** Of a pixel, 0 to 255. */
  readonly stddev: Range;
  readonly probability: number;
}

export const gaussianNoise: FilterAugmentation<
  WrittenAugmentation['gaussianNoise'],
  GaussianNoisePlan | null,
  'deviations' | 'noiseSeeds'
> = {
  family: 'filter',
  word: 'noise',
  planOf: (noise) => noise && { ...noise, stddev: rangeOf(noise.stddev) },
  strengthOf: (noise) => (noise === null ? 0 : noise.probability * noise.stddev[1]),
  scale: (noise, strength) =>
    noise && { ...noise, stddev: mapRange(noise.stddev, (deviation) => strength * deviation) },
  check: (noise, checked) => noise && checkRange(noise.stddev, 'stddev', checked),
  feeds: {
    /** Standard deviation, 0 to 255; 0 for no noise. */
    deviations: { type: 'float32', shape: () => [] },
    /** Of the op that draws the pixels: 48 bits. */
    noiseSeeds: { type: 'int32', shape: () => [2] },
  },
  draw({ stddev, probability }, numbers) {
    const isNoisy = numbers.uniform() < probability;
    const deviation = between(numbers, ...stddev);
    const word = (): number => numbers.integer(2 ** 24);
    return { deviations: [isNoisy ? deviation : 0], noiseSeeds: [word(), word()] };
  },
};
