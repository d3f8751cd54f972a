/**
 * Runs that go on under other numerics, or with another default, than they were begun with: what they are known by, and
 * what is said of them.
 */
import { ExperimentError } from '../errors.ts';
import type { Compiled } from '../plan/compile.ts';
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

/** What a file that says nothing meant before the default was another, as an argument. */
const EARLIER_DEFAULT = 'lastBatch=short';

/**
 * The plan of a file as it is read today; where nothing of that plan was begun, as the file was read when `short` was
 * the default of `lastBatch`, so that what was begun then goes on as it began.
 * @param compile with these arguments before all others
 * @param find looks for what was begun; undefined, or an ExperimentError, where there is nothing
 * @throws ExperimentError what `find` has thrown for the plan as it is read today
 */
export function compileAsBegun<T>(
  compile: (before: readonly string[]) => Compiled,
  find: (plan: Plan) => T | undefined,
): { readonly compiled: Compiled; readonly found: T | undefined; readonly note: string | undefined } {
  const compiled = compile([]);
  const today = attempt(() => find(compiled.plan));
  const asToday = { compiled, note: undefined };
  if (today.found !== undefined) return { ...asToday, found: today.found };
  const isWritten = Object.hasOwn(Object(compiled.document.value), 'lastBatch');
  const earlier = isWritten ? compiled : compile([EARLIER_DEFAULT]);
  if (earlier.plan.hash !== compiled.plan.hash) {
    const { found } = attempt(() => find(earlier.plan));
    const note =
      'warning: this was begun when a short last batch was the default, and goes on so; lastBatch: short in the file says it';
    if (found !== undefined) return { compiled: earlier, found, note };
  }
  if (today.error !== undefined) throw today.error;
  return { ...asToday, found: undefined };
}

function attempt<T>(find: () => T | undefined): { found?: T | undefined; error?: ExperimentError } {
  try {
    return { found: find() };
  } catch (error) {
    if (error instanceof ExperimentError) return { error };
    throw error;
  }
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
