/** What is said of a sweep whose numbers are not all computed by the current numerics. */
import { changesSince, currentNumerics } from '../../plan/hash/numerics.ts';
import { formatNumberOf } from '../../report/text/format.ts';
import type { FrozenSweep } from '../ledger/freeze.ts';

/** @param done trials that have a result @returns undefined where there is nothing to say */
export function frozenNote({ numerics = 1 }: FrozenSweep, done: number): string | undefined {
  const current = currentNumerics();
  if (numerics >= current) return undefined;
  return `warning: this sweep was planned under numerics ${numerics}: ${formatNumberOf(done, 'finished trial')} of it ${done === 1 ? 'counts' : 'count'}, all others are computed under numerics ${current}. What has changed: ${changesSince(numerics)} With --force a new sweep is planned`;
}

/** @param trials that were done elsewhere under earlier numerics */
export function adoptedNote(trials: number): string {
  return `warning: ${formatNumberOf(trials, 'trial')} ${trials === 1 ? 'counts' : 'count'} as done whose numbers were computed under earlier numerics than ${currentNumerics()}. With --force all trials are trained`;
}
