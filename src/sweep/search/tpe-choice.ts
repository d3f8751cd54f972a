/**
 * The tree-structured Parzen estimator (TPE; Bergstra et al., "Algorithms for Hyper-Parameter Optimization", NeurIPS 2011,
 * section 4): results of a sweep to the combination that is tried next.
 *
 *   results ─ split ─▶ good | rest ─ of each axis ─▶ densities l | g ─ draws from l ─▶ the one of the largest l/g
 *
 * Axes are chosen one by one, in the order of the file, so that an axis with a condition is chosen where it takes part and
 * from the trials in which it did. A combination that has no result yet counts among the rest, wherever it would end
 * ("constant liar", Ginsbourger et al. 2010, as Optuna's TPESampler has it): trials that run at a time keep apart.
 * One that failed, or whose figure is not a number, is left out.
 *
 * Pure: the same results give the same choice, in whatever order they came. All random numbers belong to the number of
 * the combination.
 */
import { type Key, keyFor, stream } from '../../random.ts';
import { tidy } from '../space/axes.ts';
import { isActive, isExcluded, type Point, type PointAxis, pointAt } from '../space/points.ts';
import { isBetter, type Metric } from './metric.ts';
import { createEstimator, type Dimension, type Estimator } from './parzen.ts';
import type { Choice, ChoiceOptions, SettingsOf, Tried } from './strategy.ts';

export type Tpe = SettingsOf<'tpe'>;

/** No more results than this count as good: Optuna's default. */
const MOST_GOOD = 25;
/**
 * So often the estimator is asked for a combination that is not taken; then one is drawn. Each time it looks at half as many
 * candidates, down to one, which is a draw from the density of the good ones: of many, the same choice of a list wins
 * each time.
 */
const MOST_ESTIMATES = 100;
/** Draws that are excluded or taken, after which no other combination is expected. */
const MOST_DRAWS = 10_000;

/** As every strategy that chooses: see `Choosing`. */
export function nextChoice(
  tried: readonly Tried[],
  { axes, exclusions, strategy, metric, isTaken = () => false }: ChoiceOptions<Tpe>,
): Choice | undefined {
  const seen = new Set(tried.map(({ point }) => point.join()));
  const isFree = (point: Point): boolean => {
    const key = point.join();
    if (seen.has(key) || isExcluded(exclusions, point)) return false;
    seen.add(key);
    return !isTaken(point);
  };
  const key = keyFor(strategy.seed, 'tpe');
  const results = tried.filter(({ figure }) => figure !== null && !Number.isNaN(figure));
  if (results.length >= strategy.startupTrials) {
    const split = splitTried(tried, strategy.gamma, metric);
    const densities = axes.map((axis, i) => densitiesOf(axis, i, split));
    for (let attempt = 0; attempt < MOST_ESTIMATES; attempt++) {
      const position = [tried.length, attempt] as const;
      const candidates = Math.max(1, Math.floor(strategy.candidates / 2 ** attempt));
      const point = estimate(axes, densities, { key, position, candidates });
      if (isFree(point)) return { point, isEstimated: true };
    }
  }
  const numbers = stream(keyFor(strategy.seed, 'tpe draw'), tried.length);
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const point = pointAt(
      axes,
      axes.map(() => numbers.uniform()),
    );
    if (isFree(point)) return { point, isEstimated: false };
  }
  return undefined;
}

export interface Split {
  readonly good: readonly Point[];
  /** Of these those without a result too. */
  readonly rest: readonly Point[];
}

/**
 * The best of the results, and all others; both in the order in which they were begun, which also decides between equal
 * figures.
 * @param gamma share of the good ones
 */
export function splitTried(tried: readonly Tried[], gamma: number, metric: Metric): Split {
  const counted = tried.filter(({ figure }) => !Number.isNaN(figure));
  const results = counted.flatMap(({ point, figure }) => (figure === null ? [] : [{ point, figure }]));
  const count = Math.min(Math.ceil(gamma * results.length), MOST_GOOD);
  results.sort(
    (a, b) => Number(isBetter(metric, b.figure, a.figure)) - Number(isBetter(metric, a.figure, b.figure)),
  );
  const good = new Set(results.slice(0, count).map(({ point }) => point));
  const points = counted.map(({ point }) => point);
  return {
    good: points.filter((point) => good.has(point)),
    rest: points.filter((point) => !good.has(point)),
  };
}

export interface Densities {
  /** l of the paper. */
  readonly good: Estimator;
  /** g of the paper. */
  readonly rest: Estimator;
}

/** @returns null for an axis with one value */
export function densitiesOf(axis: PointAxis, index: number, { good, rest }: Split): Densities | null {
  const dimension = dimensionOf(axis);
  if (dimension === null) return null;
  const valuesOf = (points: readonly Point[]): number[] =>
    points.map((point) => point[index]!).filter((value) => !Number.isNaN(value));
  return {
    good: createEstimator(dimension, valuesOf(good)),
    rest: createEstimator(dimension, valuesOf(rest)),
  };
}

/**
 * A list and named choices have no order. The values of a range have one, and lie equally far apart on its scale: what is
 * estimated is their place in it.
 */
function dimensionOf({ choices, distribution, isRange }: PointAxis): Dimension | null {
  if (distribution !== null) {
    const { from: low, to: high, scale, integer: isInteger } = distribution;
    return { kind: 'numbers', low, high, isLog: scale === 'log', isInteger };
  }
  const count = choices.length;
  if (count === 1) return null;
  if (!isRange) return { kind: 'choices', count };
  return { kind: 'numbers', low: 0, high: count - 1, isLog: false, isInteger: true };
}

/** Logarithm of l/g, which grows with the expected improvement (equation 8 of the paper). */
export function logRatio({ good, rest }: Densities, value: number): number {
  return good.logDensity(value) - rest.logDensity(value);
}

/** @param position of the random numbers: the combination, and which attempt at it */
function estimate(
  axes: readonly PointAxis[],
  densities: readonly (Densities | null)[],
  { key, position, candidates }: { key: Key; position: readonly [number, number]; candidates: number },
): Point {
  const point = new Array<number>(axes.length).fill(Number.NaN);
  axes.forEach((axis, i) => {
    if (!isActive(axis, point)) return;
    const own = densities[i]!;
    if (own === null) {
      point[i] = 0;
      return;
    }
    const numbers = stream(key, ...position, i);
    let [best, most] = [Number.NaN, Number.NEGATIVE_INFINITY];
    for (let candidate = 0; candidate < candidates; candidate++) {
      const value = onAxis(axis, own.good.draw(numbers));
      const ratio = logRatio(own, value);
      if (ratio > most) [best, most] = [value, ratio];
    }
    point[i] = best;
  });
  return point;
}

/** A drawn number with twelve digits, as every strategy draws it. */
function onAxis({ distribution }: PointAxis, value: number): number {
  if (distribution === null || distribution.integer) return value;
  return Math.min(distribution.to, Math.max(distribution.from, tidy(value)));
}
