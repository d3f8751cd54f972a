/**
 * The points that each strategy tries. In: the space of a sweep. Out: points, in the order in which they are tried; of a
 * strategy that chooses from results those that it begins with.
 */
import { keyFor, permutation, stream } from '../../random.ts';
import type { Axis } from '../space/axis.ts';
import {
  gridPoints,
  gridSize,
  isExcluded,
  type Point,
  pointAt,
  randomPoints,
  repetitionsOf,
} from '../space/points.ts';
import type { Space } from '../space/space.ts';
import { MOST_DIMENSIONS, sobol } from './sobol-sequence.ts';
import { checkTpe } from './tpe.ts';

/** More trials than this are taken for a mistake. */
const MOST_TRIALS = 1_000_000;
/** Draws in a row that are excluded or were drawn before, after which no other point is expected. */
const MOST_MISSES = 10_000;

/** Reports what of the file does not go with its strategy; then the points mean nothing. */
export function pointsOf(space: Space): Point[] {
  const { strategy } = space.sweep;
  switch (strategy.name) {
    case 'grid':
      return grid(space);
    case 'random':
      return drawn(space, (axes) => randomPoints(axes, strategy.seed));
    case 'sobol':
      if (Object.keys(space.sweep.axes).length > MOST_DIMENSIONS) {
        const message = `the strategy sobol takes at most ${MOST_DIMENSIONS} axes`;
        space.report('outOfRange', ['axes'], message, 'Take { name: random }.');
        return [];
      }
      return drawn(space, (axes) => sobolPoints(axes, strategy.seed));
    case 'asha':
      // Where trials come in the order of the file, a rung compares neighbours.
      if (space.sweep.budget.trials === null && space.axes.every(({ distribution }) => distribution === null))
        return shuffled(grid(space), strategy.seed);
      return drawn(space, (axes) => randomPoints(axes, strategy.seed));
    case 'tpe':
      checkTpe(space, strategy);
      return drawn(space, (axes) => randomPoints(axes, strategy.seed), strategy.startupTrials);
  }
}

function shuffled(points: readonly Point[], seed: number): Point[] {
  return Array.from(permutation(points.length, stream(keyFor(seed, 'sweep'))), (i) => points[i]!);
}

/** @param axes without the one of seeds */
function* sobolPoints(axes: readonly Axis[], seed: number): Generator<Point> {
  for (const shares of sobol(axes.length, seed)) yield pointAt(axes, shares);
}

function grid({ sweep, axes, exclusions, report }: Space): Point[] {
  let hasDistribution = false;
  for (const { name, distribution } of axes) {
    if (distribution === null) continue;
    hasDistribution = true;
    report(
      'conflict',
      ['axes', name, 'distribution'],
      'the strategy grid takes lists and ranges, this axis is a distribution',
      'Give `count` or `step` in its place, or take another strategy: { name: random }.',
    );
  }
  if (hasDistribution) return [];
  const { trials } = sweep.budget;
  const most = trials ?? MOST_TRIALS;
  if (
    gridSize(axes) > MOST_TRIALS &&
    axes.every(({ when }) => when.length === 0) &&
    exclusions.length === 0
  ) {
    report('outOfRange', ['axes'], `expected at most ${MOST_TRIALS} trials, got ${gridSize(axes)}`);
    return [];
  }
  const points: Point[] = [];
  for (const point of gridPoints(axes, exclusions)) {
    points.push(point);
    if (points.length > MOST_TRIALS) break;
  }
  if (points.length > most) {
    report(
      'outOfRange',
      trials === null ? ['axes'] : ['budget', 'trials'],
      `expected at most ${most} trials, got ${points.length > MOST_TRIALS ? `more than ${MOST_TRIALS}` : points.length} combinations`,
      'Raise budget.trials, or let another strategy choose among them: { name: random }.',
    );
  }
  if (points.length === 0)
    report('conflict', ['exclude'], 'every combination is excluded, so there is no trial');
  return points;
}

/**
 * @param draw points without end, of the axes without the one of seeds
 * @param most no more of them than this, each with all seeds
 */
function drawn(
  { sweep, axes, exclusions, report }: Space,
  draw: (axes: readonly Axis[]) => Iterable<Point>,
  most = Number.POSITIVE_INFINITY,
): Point[] {
  const { trials } = sweep.budget;
  const repetitions = sweep.seeds?.length ?? 1;
  if (trials === null || trials < repetitions) {
    report(
      'missingKey',
      trials === null ? ['strategy'] : ['budget', 'trials'],
      `the strategy ${sweep.strategy.name} needs budget.trials: how many trials it may make, at least one for each of the seeds`,
      'Write budget: { trials: 50 }.',
    );
    return [];
  }
  const own = sweep.seeds === undefined ? axes : axes.slice(0, -1);
  const wanted = Math.min(most, Math.floor(trials / repetitions));
  const seen = new Set<string>();
  const points: Point[] = [];
  let misses = 0;
  for (const point of draw(own)) {
    const key = point.join();
    if (seen.has(key) || isExcluded(exclusions, point)) {
      if (++misses >= MOST_MISSES) break;
      continue;
    }
    misses = 0;
    seen.add(key);
    points.push(...repetitionsOf(point, axes, exclusions));
    if (seen.size >= wanted) break;
  }
  if (points.length === 0)
    report('conflict', ['exclude'], 'every combination is excluded, so there is no trial');
  return points;
}
