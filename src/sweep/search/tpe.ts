/** `tpe`: some drawn combinations, then each from the results of those before it. How one is chosen is in tpe-choice.ts. */
import { randomPoints } from '../space/points.ts';
import type { Space } from '../space/space.ts';
import { drawnPoints, mostCombinations, possiblePoints } from './combinations.ts';
import type { Strategy } from './strategy.ts';
import { nextChoice, type Tpe } from './tpe-choice.ts';

export const tpe: Strategy<Tpe> = {
  points(space, settings) {
    checkTpe(space, settings);
    return drawnPoints(space, (axes) => randomPoints(axes, settings.seed), settings.startupTrials);
  },
  choosing: {
    mostCombinations,
    possiblePoints: (space, { seed }) => possiblePoints(space, seed),
    next: nextChoice,
  },
  stopping: null,
};

/** Reports what does not go with the strategy. */
function checkTpe(space: Space, { startupTrials }: Tpe): void {
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
  const combinations = mostCombinations(space);
  if (startupTrials < combinations || combinations === 0) return;
  report(
    'outOfRange',
    ['strategy', 'startupTrials'],
    `expected less than the ${combinations} combinations that the sweep comes to, got ${startupTrials}: none would be chosen from results`,
    'Lower it, raise budget.trials, or take { name: random }.',
  );
}
