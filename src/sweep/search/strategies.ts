/** The strategies by their names. A name that the schema has and this table has not is an error of types, and the other way round. */
import type { Space } from '../space/space.ts';
import { asha } from './asha.ts';
import { grid } from './grid.ts';
import { random } from './random.ts';
import { sobol } from './sobol.ts';
import type { SettingsOf, Strategy, StrategyName, StrategySettings } from './strategy.ts';
import { tpe } from './tpe.ts';

export const strategies: { readonly [N in StrategyName]: Strategy<SettingsOf<N>> } = {
  grid,
  random,
  sobol,
  asha,
  tpe,
};

/** The strategy that these settings name, and so are of. */
export function strategyOf({ name }: Pick<StrategySettings, 'name'>): Strategy {
  return strategies[name];
}

/** @param planned trials of the plan @returns how many more are chosen from results, at most */
export function trialsToCome(space: Space, planned: number): number {
  const { strategy, seeds } = space.sweep;
  const { choosing } = strategyOf(strategy);
  if (choosing === null) return 0;
  return Math.max(0, choosing.mostCombinations(space) * (seeds?.length ?? 1) - planned);
}

/** Epochs at which trials stop; none where they do not. @param epochs of all stages of each trial */
export function rungsOf(strategy: StrategySettings, epochs: Iterable<number>): number[] {
  return strategyOf(strategy).stopping?.rungs(strategy, epochs) ?? [];
}
