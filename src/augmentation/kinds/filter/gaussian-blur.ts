/** Draws of Gaussian blur, as torchvision's GaussianBlur, and of Gaussian noise, as its GaussianNoise. */

import type { Stream } from '../../../random.ts';
import { between } from '../../draw/streams.ts';
import type { GaussianBlurPlan, GaussianNoisePlan } from '../../plan.ts';

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

/** The kernel of one image. @param length of the kernels of its stage */
export function drawBlur(plan: GaussianBlurPlan, numbers: Stream, length: number): number[] {
  const isBlurred = numbers.uniform() < plan.probability;
  return blurKernel(isBlurred ? between(numbers, ...plan.sigma) : 0, length);
}

export interface Noise {
  /** Standard deviation, 0 to 255; 0 for none. */
  readonly deviation: number;
  /** Of the op that draws the pixels: 48 bits. */
  readonly seed: readonly [number, number];
}

/** The noise of one image: how much, and where its numbers come from. */
export function drawNoise({ stddev, probability }: GaussianNoisePlan, numbers: Stream): Noise {
  const isNoisy = numbers.uniform() < probability;
  const deviation = between(numbers, ...stddev);
  const word = (): number => numbers.integer(2 ** 24);
  return { deviation: isNoisy ? deviation : 0, seed: [word(), word()] };
}
