/** What a sweep by tpe asks of its file, and how much of it is known before the first result. */
import { gridPoints, gridSize, isExcluded, type Point, randomPoints } from '../space/points.ts';
import type { Space } from '../space/space.ts';
import type { Tpe } from './tpe-choice.ts';

/** Combinations of lists are counted up to so many; no sweep comes to more trials. */
const MOST_COUNTED = 1_000_000;
/** Draws that show what combinations there can be. */
const SHOWN = 1000;

/** Reports what does not go with the strategy. */
export function checkTpe(space: Space, { startupTrials }: Tpe): void {
  const { axes, sweep, report } = space;
  for (const { name, distribution } of axes) {
    if (distribution === null || !distribution.integer) continue;
    for (const end of ['from', 'to'] as const) {
      if (Number.isInteger(distribution[end])) continue;
      const message = `expected a whole number, as the values are whole numbers, got ${distribution[end]}`;
      report('outOfRange', ['axes', name, end], message);
    }
  }
  if (sweep.budget.trials === null) return;
  const combinations = combinationsOf(space);
  if (startupTrials < combinations || combinations === 0) return;
  report(
    'outOfRange',
    ['strategy', 'startupTrials'],
    `expected less than the ${combinations} combinations that the sweep comes to, got ${startupTrials}: none would be chosen from results`,
    'Lower it, raise budget.trials, or take { name: random }.',
  );
}

/** Combinations that the sweep comes to at most, each with all seeds. */
function combinationsOf({ axes, sweep, exclusions }: Space): number {
  const affordable = Math.floor((sweep.budget.trials ?? 0) / (sweep.seeds?.length ?? 1));
  const own = sweep.seeds === undefined ? axes : axes.slice(0, -1);
  if (own.some(({ distribution }) => distribution !== null) || gridSize(own) > MOST_COUNTED)
    return affordable;
  let count = 0;
  for (const _ of gridPoints(own, exclusions)) if (++count >= affordable) break;
  return count;
}

/** @param planned trials that are known @returns how many more are chosen from results, at most */
export function trialsToCome(space: Space, planned: number): number {
  const { sweep } = space;
  if (sweep.strategy.name !== 'tpe') return 0;
  return Math.max(0, combinationsOf(space) * (sweep.seeds?.length ?? 1) - planned);
}

/** Some of the points that may be chosen, to check the rules by; none for strategies that plan all of them. */
export function possiblePoints({ axes, sweep, exclusions }: Space): Point[] {
  if (sweep.strategy.name !== 'tpe') return [];
  const points = new Map<string, Point>();
  let draws = 0;
  for (const point of randomPoints(axes, sweep.strategy.seed)) {
    if (++draws > SHOWN) break;
    if (!isExcluded(exclusions, point)) points.set(point.join(), point);
  }
  return [...points.values()];
}
