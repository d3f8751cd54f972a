/** Gaussian blur, drawn as torchvision's GaussianBlur. A step is fed a kernel for each image. */
import type { FilterAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';
import { checkRange, mapRange, type Range, rangeOf } from '../range.ts';

export interface GaussianBlurPlan {
  /** Standard deviation, pixels of the network's image. */
  readonly sigma: Range;
  readonly probability: number;
}

export const gaussianBlur: FilterAugmentation<
  WrittenAugmentation['gaussianBlur'],
  GaussianBlurPlan | null,
  'kernels'
> = {
  family: 'filter',
  word: 'blur',
  planOf: (blur) => blur && { ...blur, sigma: rangeOf(blur.sigma) },
  strengthOf: (blur) => (blur === null ? 0 : blur.probability * blur.sigma[1]),
  scale: (blur, strength) => blur && { ...blur, sigma: mapRange(blur.sigma, (sigma) => strength * sigma) },
  check: (blur, checked) => blur && checkRange(blur.sigma, 'sigma', checked),
  feeds: {
    /** Weights of neighbours, as `blurImages` takes them. */
    kernels: { type: 'float32', shape: (blur) => [kernelLength(blur)] },
  },
  draw({ sigma, probability }, numbers, { shapes }) {
    const isBlurred = numbers.uniform() < probability;
    return { kernels: blurKernel(isBlurred ? between(numbers, ...sigma) : 0, shapes.kernels[0]!) };
  },
};

/** Deviations of the widest blur that a kernel reaches to each side. */
const REACH = 3;

/** Length of the kernels of a stage: odd, and the same for all of its images. @returns pixels */
export function kernelLength({ sigma }: GaussianBlurPlan): number {
  return 2 * Math.ceil(REACH * sigma[1]) + 1;
}

/**
 * @param sigma standard deviation in pixels; 0 for no blur
 * @returns the normal density at whole distances from the middle, of sum 1
 */
export function blurKernel(sigma: number, length: number): number[] {
  const middle = (length - 1) / 2;
  const density = Array.from({ length }, (_, i) =>
    sigma === 0 ? Number(i === middle) : Math.exp(-0.5 * ((i - middle) / sigma) ** 2),
  );
  const sum = density.reduce((a, b) => a + b, 0);
  return density.map((value) => value / sum);
}
