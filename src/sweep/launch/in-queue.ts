/** How many trials of a sweep a queue may have at a time. In: what is asked for, and the plan. Out: a number. */
import { ExperimentError } from '../../errors.ts';
import type { FrozenSweep } from '../ledger/freeze.ts';
import { readSweep } from '../ledger/ledger.ts';
import { strategyOf } from '../search/strategies.ts';

/**
 * @param launcher its name
 * @param parallel what was asked for
 * @throws ExperimentError where the sweep decides about trials while others run, and nothing was asked for
 */
export function trialsInQueue(sweepFolder: string, launcher: string, parallel: number | undefined): number {
  const sweep = readSweep(sweepFolder);
  const limit = limitOf(sweep);
  if (limit !== undefined && parallel === undefined) {
    const path = `--launcher ${launcher}`;
    const message = `would submit all trials at once, ${limit}`;
    const hint = 'Say with --parallel how many trials the queue may have at a time.';
    throw new ExperimentError([{ code: 'badArgument', path, message, hint }]);
  }
  return Math.min(parallel ?? sweep.trials, sweep.trials);
}

/** Whether nothing of the sweep is decided while its trials run. */
export function mayHaveAll(sweep: FrozenSweep): boolean {
  return limitOf(sweep) === undefined;
}

/** @returns why the queue may not have all trials at once; undefined where it may */
function limitOf({ budget, strategy }: FrozenSweep): string | undefined {
  if (strategyOf(strategy).choosing !== null)
    return `and the strategy ${strategy.name} chooses trials from the results of others`;
  const isLimited = budget.epochs !== null || budget.hours !== null;
  return isLimited ? 'whatever budget says' : undefined;
}
