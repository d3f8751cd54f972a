/** The combinations of a sweep, as several strategies take them: every one, drawn ones, how many there are. In: its space. */
import type { Axis } from '../space/axis.ts';
import {
  gridPoints,
  gridSize,
  isExcluded,
  type Point,
  randomPoints,
  repetitionsOf,
} from '../space/points.ts';
import type { Space } from '../space/space.ts';

/** More trials than this are taken for a mistake. */
const MOST_TRIALS = 1_000_000;
/** Draws in a row that are excluded or were drawn before, after which no other point is expected. */
const MOST_MISSES = 10_000;
/** Draws that show what combinations there can be. */
const SHOWN = 1000;

/** Every combination; reports where that is none, too many, or more than the budget. Axes are lists and ranges. */
export function everyPoint({ sweep, axes, exclusions, report }: Space): Point[] {
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
 * Drawn combinations, each once and with all seeds, as many as `budget.trials` allows; reports where it says none.
 * @param draw points without end, of the axes without the one of seeds
 * @param most no more of them than this, each with all seeds
 */
export function drawnPoints(
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

/** Combinations that the sweep comes to at most, each with all seeds. */
export function mostCombinations({ axes, sweep, exclusions }: Space): number {
  const affordable = Math.floor((sweep.budget.trials ?? 0) / (sweep.seeds?.length ?? 1));
  const own = sweep.seeds === undefined ? axes : axes.slice(0, -1);
  if (own.some(({ distribution }) => distribution !== null) || gridSize(own) > MOST_TRIALS) return affordable;
  let count = 0;
  for (const _ of gridPoints(own, exclusions)) if (++count >= affordable) break;
  return count;
}

/** Some of the combinations that there can be. */
export function possiblePoints({ axes, exclusions }: Space, seed: number): Point[] {
  const points = new Map<string, Point>();
  let draws = 0;
  for (const point of randomPoints(axes, seed)) {
    if (++draws > SHOWN) break;
    if (!isExcluded(exclusions, point)) points.set(point.join(), point);
  }
  return [...points.values()];
}
