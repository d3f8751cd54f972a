/**
 * What can be said about means of few numbers: spread, and the difference of two with its confidence interval. Student's
 * distribution comes from jStat.
 */
import jstat from 'jstat';

export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Standard deviation of a sample (n - 1); null where there is one number alone. */
  readonly spread: number | null;
}

export interface Difference {
  readonly test: 'paired' | 'welch';
  /** Mean of the first less that of the second. */
  readonly difference: number;
  /** Of the 95 % confidence interval. */
  readonly low: number;
  readonly high: number;
  /** Two-sided. */
  readonly p: number;
  readonly degreesOfFreedom: number;
}

const CONFIDENCE = 0.95;

/** @param values at least one */
export function summarise(values: readonly number[]): Summary {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { n, mean, spread: n > 1 ? Math.sqrt(squares / (n - 1)) : null };
}

/**
 * Student's test of pairs: of two that share their seeds.
 * @param overlap see `overlapOf`; 0 for independent numbers
 * @returns undefined where there are fewer than two pairs, or all differ by the same
 */
export function pairedDifference(
  first: readonly number[],
  second: readonly number[],
  overlap = 0,
): Difference | undefined {
  const { n, mean, spread } = summarise(first.map((value, i) => value - second[i]!));
  if (spread === null || spread === 0) return undefined;
  return { test: 'paired', ...interval(mean, spread * Math.sqrt(1 / n + overlap), n - 1) };
}

/**
 * Welch's test, for unequal variances (Welch 1947, Biometrika 34).
 * @param overlap as above
 * @returns undefined where one has fewer than two numbers, or neither spreads
 */
export function welchDifference(
  first: readonly number[],
  second: readonly number[],
  overlap = 0,
): Difference | undefined {
  const [a, b] = [summarise(first), summarise(second)];
  if (a.spread === null || b.spread === null) return undefined;
  const [va, vb] = [a.spread ** 2 * (1 / a.n + overlap), b.spread ** 2 * (1 / b.n + overlap)];
  if (va + vb === 0) return undefined;
  const freedom = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  return { test: 'welch', ...interval(a.mean - b.mean, Math.sqrt(va + vb), freedom) };
}

function interval(difference: number, error: number, freedom: number): Omit<Difference, 'test'> {
  const reach = jstat.studentt.inv((1 + CONFIDENCE) / 2, freedom) * error;
  return {
    difference,
    low: difference - reach,
    high: difference + reach,
    p: 2 * jstat.studentt.cdf(-Math.abs(difference / error), freedom),
    degreesOfFreedom: freedom,
  };
}
