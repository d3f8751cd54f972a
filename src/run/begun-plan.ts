/** Runs that go on under other numerics than they were begun with: what they are known by, and what is said of them. */
import { knownHashes } from '../plan/hash/hash.ts';
import { changesSince, currentNumerics } from '../plan/hash/numerics.ts';
import type { Plan } from '../plan/plan.ts';
import { hasCheckpoint } from '../train/checkpoint.ts';
import type { EpochReport } from '../train/events.ts';
import { readWholeEpochs } from '../train/history.ts';

export interface BegunPlan {
  /** The plan by the hash that its run was begun with, which the run keeps. */
  readonly plan: Plan;
  /** The numerics of that hash. */
  readonly numerics: number;
  /** What a person should know; undefined where all numbers are computed in one way. */
  readonly note: string | undefined;
}

/**
 * @param hash that the run, or the sweep of its trial, was begun with
 * @returns undefined where it is another plan's
 */
export function planBegunAs(plan: Plan, hash: string): BegunPlan | undefined {
  const numerics = knownHashes(plan.settings).get(hash);
  if (numerics === undefined) return undefined;
  const current = currentNumerics();
  const note =
    numerics === current
      ? undefined
      : `warning: this was begun under numerics ${numerics}; from here on its numbers are computed under numerics ${current}. What has changed: ${changesSince(numerics)}`;
  return { plan: { ...plan, hash }, numerics, note };
}

/**
 * The numerics of all numbers that a run will have, those that it has already among them; ascending.
 * @param begun numerics that it was begun with
 */
export function numericsOfRun(folder: string, begun: number): readonly number[] {
  const ofEpochs = readWholeEpochs(folder).map(({ numerics = 1 }) => numerics);
  // An epoch that was interrupted is not in the history yet.
  const interrupted = hasCheckpoint(folder) ? [begun] : [];
  return [...new Set([...interrupted, ...ofEpochs, currentNumerics()])].sort((a, b) => a - b);
}

/** An epoch with the numerics that it was computed under. */
export function withNumerics(report: EpochReport): EpochReport {
  const numerics = currentNumerics();
  return numerics === 1 ? report : { ...report, numerics };
}
