/**
 * The Parzen estimator of one axis: a density from the values that were observed, as a mixture of one kernel for each of
 * them and one for the prior. In: values, oldest first. Out: draws and log densities.
 *
 *   number   kernels are normal distributions, cut off at the ends of the axis; those of whole numbers are summed over
 *            half a step to either side. A kernel is as wide as the longer way to its neighbours, within limits ("magic
 *            clipping"); the prior's stands in the middle and is as wide as the axis
 *   choice   a kernel gives its own choice more and all others the same; the prior's is uniform
 *
 * Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011, section 4; details and defaults as in
 * Watanabe, "Tree-Structured Parzen Estimator", 2023, arXiv:2304.11127, section 3.3, and as in Optuna 4's univariate
 * TPESampler: prior weight 1, magic clipping, ends of the axis no neighbours where there are two values or more.
 */
import jstat from 'jstat';
import type { Stream } from '../../random.ts';

/** What values an axis has. */
export type Dimension =
  | { readonly kind: 'choices'; readonly count: number }
  | {
      readonly kind: 'numbers';
      readonly low: number;
      readonly high: number;
      /** Whether kernels are normal in the logarithm. */
      readonly isLog: boolean;
      /** Whole numbers alone, both ends among them. */
      readonly isInteger: boolean;
    };

export interface Estimator {
  /** @returns a value of the axis; for choices the number of one */
  draw(numbers: Stream): number;
  /** Natural logarithm of the density, for `isLog` of the value's logarithm; for whole numbers and choices of the probability. */
  logDensity(value: number): number;
}

const PRIOR_WEIGHT = 1;
/** So many of the newest observations weigh 1; older ones less, down to 1/n for the oldest of n. */
const NEWEST = 25;
/** Kernels are no narrower than the axis divided by this, or by their number and one where those are fewer. */
const MOST_KERNELS_ABREAST = 100;

/** @param values observed, oldest first; choices by their numbers */
export function createEstimator(dimension: Dimension, values: readonly number[]): Estimator {
  return dimension.kind === 'choices'
    ? choiceEstimator(dimension.count, values)
    : numberEstimator(dimension, values);
}

/** Of each observation, oldest first, and of the prior, which is the last; their sum is 1. */
export function kernelWeights(count: number): number[] {
  const older = Math.max(0, count - NEWEST);
  const weights = Array.from({ length: count }, (_, i) => {
    if (i >= older) return 1;
    return older === 1 ? 1 / count : 1 / count + (i / (older - 1)) * (1 - 1 / count);
  });
  weights.push(PRIOR_WEIGHT);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function choiceEstimator(count: number, values: readonly number[]): Estimator {
  const weights = kernelWeights(values.length);
  const share = PRIOR_WEIGHT / (values.length + 1);
  const whole = 1 + count * share;
  const probabilities = new Float64Array(count).fill(weights.at(-1)! / count);
  values.forEach((value, i) => {
    for (let choice = 0; choice < count; choice++)
      probabilities[choice]! += (weights[i]! * (share + (choice === value ? 1 : 0))) / whole;
  });
  return {
    draw: (numbers) => pick(probabilities, numbers.uniform()),
    logDensity: (value) => Math.log(probabilities[value]!),
  };
}

function numberEstimator(
  { low, high, isLog, isInteger }: Extract<Dimension, { kind: 'numbers' }>,
  values: readonly number[],
): Estimator {
  const onScale = isLog ? Math.log : (value: number): number => value;
  const half = isInteger ? 0.5 : 0;
  const [from, to] = [onScale(low - half), onScale(high + half)];
  const weights = kernelWeights(values.length);
  const means = values.map(onScale);
  const widths = kernelWidths(means, from, to);
  means.push((from + to) / 2);
  widths.push(to - from);
  const masses = means.map((mean, i) => normalMass((from - mean) / widths[i]!, (to - mean) / widths[i]!));

  /** Density of the kernel at a value on the scale, or its mass between two. */
  const kernel = (i: number, at: number, left: number, right: number): number => {
    const [mean, width] = [means[i]!, widths[i]!];
    if (isInteger) return normalMass((left - mean) / width, (right - mean) / width) / masses[i]!;
    return Math.exp(-0.5 * ((at - mean) / width) ** 2) / (Math.sqrt(2 * Math.PI) * width * masses[i]!);
  };

  return {
    draw(numbers) {
      const i = pick(weights, numbers.uniform());
      // The mean lies between the ends and the width is at most their distance: one draw in three is between them.
      for (;;) {
        const at = means[i]! + widths[i]! * numbers.normal();
        if (at < from || at > to) continue;
        const value = isLog ? Math.exp(at) : at;
        return Math.min(high, Math.max(low, isInteger ? Math.round(value) : value));
      }
    },
    logDensity(value) {
      const [at, left, right] = [onScale(value), onScale(value - half), onScale(value + half)];
      return Math.log(weights.reduce((sum, weight, i) => sum + weight * kernel(i, at, left, right), 0));
    },
  };
}

/**
 * Standard deviations of the kernels.
 * @param means of the observations, on the scale of the axis
 */
function kernelWidths(means: readonly number[], from: number, to: number): number[] {
  const order = [...means.keys()].sort((a, b) => means[a]! - means[b]!);
  const narrowest = (to - from) / Math.min(MOST_KERNELS_ABREAST, means.length + 2);
  const widths = new Array<number>(means.length);
  order.forEach((own, rank) => {
    const mean = means[own]!;
    const [before, after] = [order[rank - 1], order[rank + 1]];
    // An end of the axis counts only for a single observation, which has no neighbour else.
    const left = before !== undefined ? mean - means[before]! : after === undefined ? mean - from : 0;
    const right = after !== undefined ? means[after]! - mean : before === undefined ? to - mean : 0;
    widths[own] = Math.min(to - from, Math.max(narrowest, left, right));
  });
  return widths;
}

/** Mass of the standard normal distribution between two points. */
function normalMass(left: number, right: number): number {
  return (jstat.erf(right / Math.SQRT2) - jstat.erf(left / Math.SQRT2)) / 2;
}

/** @param shares that sum to 1 @param at in [0, 1) */
function pick(shares: ArrayLike<number>, at: number): number {
  let sum = 0;
  for (let i = 0; i < shares.length - 1; i++) {
    sum += shares[i]!;
    if (at < sum) return i;
  }
  return shares.length - 1;
}
