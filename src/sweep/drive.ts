/**
 * Runs a planned sweep to its end through a launcher. The ledger alone says what is done, so that any number of drivers
 * may work on one sweep, and one that starts later goes on where another was killed.
 *
 *   look at the ledger ─▶ choose trials that can start ─▶ submit ─▶ one ends ─▶ look at its trial ─▶ choose again …
 */

import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nextPromotion, rungsOf, type Standing } from './asha.ts';
import type { FrozenSweep, FrozenTrial } from './freeze.ts';
import { createHolding } from './holding.ts';
import { knownResults } from './known.ts';
import type { Job, Launcher } from './launcher.ts';
import {
  begunTrials,
  exitCodes,
  publishResult,
  readSweep,
  readTrialState,
  readTrials,
  type TrialResult,
  type TrialState,
  trialFolder,
} from './ledger.ts';
import { metricOf } from './metric.ts';
import { removeAllPrefixes } from './prefixes.ts';
import { readStanding, writePromotion } from './rungs.ts';
import { createSuggester } from './suggester.ts';

export interface DriveOptions {
  readonly sweepFolder: string;
  /** The folder of the runs. */
  readonly runs: string;
  readonly launcher: Launcher;
  /** Begin failed trials again, with all of their tries. */
  readonly failed: boolean;
  /** Whether results of other sweeps and runs count. */
  readonly adopt: boolean;
  readonly signal: AbortSignal;
  /** Told after each change. */
  readonly onChange: (progress: SweepProgress) => void;
  /** Told of combinations that are no experiment, where trials are chosen from results. */
  readonly notify: (message: string) => void;
  /** First wait before a failed trial is tried again, doubled each time. @default 1000 */
  readonly backoffMs?: number;
}

/** Trial by hash, in the order of the plan; then those that were chosen since. */
export interface SweepProgress {
  readonly sweep: FrozenSweep;
  readonly trials: readonly TrialProgress[];
  /** The trial that changed. */
  readonly changed: TrialProgress | undefined;
}

export interface TrialProgress {
  readonly trial: FrozenTrial;
  /** `paused`: at a rung, with a checkpoint; it goes on when it is promoted. */
  status: 'waiting' | 'submitted' | 'elsewhere' | 'paused' | 'done' | 'failed';
  result: TrialResult | undefined;
  /** Why the newest attempt ended, where it did not end well. */
  reason: string | null;
  failures: number;
  /** Whether there is an attempt. */
  isBegun: boolean;
  /** Epochs that its checkpoint holds. */
  reached: number;
  /** What it took up to now, without epochs that other trials trained. */
  spent: { readonly epochs: number; readonly seconds: number };
  /** At the rungs of the sweep; nothing for strategies that stop no trial. */
  standing: Standing;
  /** Epochs of the rung where it stops next; null where it goes to its end. */
  until: number | null;
  /** Not before this time, by `performance.now`. */
  notBefore: number;
}

export interface SweepOutcome {
  readonly status: 'finished' | 'failed' | 'interrupted' | 'budgetSpent';
  readonly trials: readonly TrialProgress[];
}

/** How often trials that another driver works on are looked at. */
const POLL_MS = 1000;

export async function driveSweep(options: DriveOptions): Promise<SweepOutcome> {
  const { sweepFolder, launcher, signal, onChange } = options;
  const sweep = readSweep(sweepFolder);
  const frozen = readTrials(sweepFolder);
  const rungs = rungsOf(
    sweep.strategy,
    frozen.map(({ epochs }) => epochs),
  );
  const trials = frozen.map((trial) => waiting(trial, stopAt(trial, 0)));
  const byHash = new Map(trials.map((one) => [one.trial.hash, one]));
  const suggester = createSuggester(sweepFolder, options);
  const holding = createHolding(sweepFolder, trials);
  /** What was before, which does not count when failed trials are begun again. */
  const forgiven = new Map<TrialProgress, Pick<TrialState, 'failures' | 'attempts'>>();
  const running = new Map<TrialProgress, Promise<void>>();

  takeIn(trials);
  onChange({ sweep, trials, changed: undefined });

  let isSpent = false;
  try {
    while (!signal.aborted) {
      lookElsewhere();
      isSpent = isBudgetSpent(sweep, trials);
      const chosen = isSpent ? [] : choose();
      if (chosen.length > 0) submit(chosen);
      const isWaiting =
        !isSpent && trials.some(({ status }) => status === 'waiting' || status === 'elsewhere');
      if (running.size === 0 && !isWaiting) break;
      await oneEnds();
    }
  } finally {
    // Also where the launcher failed: what runs is asked to stop, and what an earlier driver began.
    if (running.size > 0 || signal.aborted) await launcher.stop();
    await Promise.allSettled(running.values());
    await launcher.close();
  }
  const status = outcome();
  if (status === 'finished' || status === 'failed') removeAllPrefixes(sweepFolder);
  return { status, trials };

  /** Trials that are new to this driver: what was done of them before. */
  function takeIn(added: readonly TrialProgress[]): void {
    if (options.adopt) adoptResults(options, sweep, added);
    const begun = begunTrials(sweepFolder);
    for (const one of added) {
      if (!begun.has(basename(trialFolder(sweepFolder, one.trial.hash)))) continue;
      const state = readTrialState(sweepFolder, one.trial.hash);
      if (options.failed) forgiven.set(one, state);
      settle(one, state);
    }
  }

  function outcome(): SweepOutcome['status'] {
    if (isSpent && trials.length < sweep.trials) return 'budgetSpent';
    if (signal.aborted && trials.length < sweep.trials) return 'interrupted';
    if (trials.every(({ status }) => status === 'done')) return 'finished';
    if (signal.aborted) return 'interrupted';
    if (isSpent) return 'budgetSpent';
    return trials.every(({ status }) => status === 'done' || status === 'paused') ? 'finished' : 'failed';
  }

  /** What the ledger says now. */
  function settle(one: TrialProgress, state: TrialState): void {
    const before = forgiven.get(one);
    const isOld = before?.attempts.length === state.attempts.length;
    one.result = state.result;
    one.reason = state.result === undefined ? (state.exit?.reason ?? null) : null;
    one.failures = state.failures - (before?.failures ?? 0);
    one.isBegun = state.attempts.length > 0;
    one.reached = state.attempts.reduce((most, { exit }) => Math.max(most, exit?.epochs ?? 0), 0);
    one.spent = spentBy(state);
    const isCertain = state.exit?.code === exitCodes.doNotRetry && !isOld;
    if (state.status === 'done') one.status = 'done';
    else if (state.status === 'running') one.status = 'elsewhere';
    else if (state.status === 'failed' && (isCertain || one.failures > sweep.limits.retries))
      one.status = 'failed';
    else one.status = 'waiting';
    if (state.status === 'failed' && one.status === 'waiting' && !isOld) {
      const wait = (options.backoffMs ?? 1000) * 2 ** (one.failures - 1);
      one.notBefore = performance.now() + wait;
    }
    if (rungs.length > 0) stand(one);
    if (one.status === 'done' || one.status === 'failed') holding.release(one);
  }

  /** Where it is between the rungs. */
  function stand(one: TrialProgress): void {
    const { metric } = sweep;
    const { runs } = options;
    const folder = trialFolder(sweepFolder, one.trial.hash);
    one.standing = readStanding(folder, { runs, rungs, metric, result: one.result });
    const { figures, promotions } = one.standing;
    one.until = stopAt(one.trial, promotions);
    if (one.status === 'waiting' && figures.length > promotions) one.status = 'paused';
  }

  function stopAt({ epochs }: FrozenTrial, rung: number): number | null {
    const at = rungs[rung];
    return at === undefined || at >= epochs ? null : at;
  }

  function look(one: TrialProgress): void {
    const before = one.status;
    settle(one, readTrialState(sweepFolder, one.trial.hash));
    if (one.status !== before) onChange({ sweep, trials, changed: one });
  }

  /** Trials that others have begun since the last look, or were at work on. */
  function lookElsewhere(): void {
    list(suggester?.refresh() ?? []);
    const names = begunTrials(sweepFolder);
    for (const one of trials) {
      // One that stands at a rung may have been promoted by another.
      if (one.status === 'elsewhere' || one.status === 'paused') look(one);
      else if (one.status === 'waiting' && one.notBefore === 0) {
        if (names.has(basename(trialFolder(sweepFolder, one.trial.hash)))) look(one);
      }
    }
  }

  function choose(): TrialProgress[] {
    const now = performance.now();
    const room = launcher.capacity - running.size;
    const ready = trials.filter((one) => {
      return one.status === 'waiting' && one.notBefore <= now && !running.has(one);
    });
    if (suggester !== undefined) {
      while (ready.length < room) {
        const chosen = suggester.next(figureOf);
        if (chosen === undefined) break;
        ready.push(...list(chosen).filter(({ status }) => status === 'waiting'));
      }
    }
    const held = holding.look();
    if (rungs.length === 0) return held.firstFree(ready, room);
    // What was decided before goes on first, as it would have without an interruption.
    const isDecided = ({ isBegun, standing }: TrialProgress): boolean => isBegun || standing.promotions > 0;
    const chosen = held.firstFree(ready.filter(isDecided), room);
    while (chosen.length < room) {
      const promoted = promote();
      if (promoted === undefined) break;
      promoted.status = 'waiting';
      chosen.push(...held.firstFree([promoted], 1));
    }
    const fresh = ready.filter((one) => !isDecided(one));
    return [...chosen, ...held.firstFree(fresh, room - chosen.length)];
  }

  /** Trials that were chosen after the sweep was planned. */
  function list(chosen: readonly FrozenTrial[]): TrialProgress[] {
    const added = chosen.map((trial) => waiting(trial, null));
    for (const one of added) byHash.set(one.trial.hash, one);
    trials.push(...added);
    takeIn(added);
    for (const one of added) onChange({ sweep, trials, changed: one });
    return added;
  }

  /** Null where the figure is still to come, NaN where none will come. */
  function figureOf(hash: string): number | null {
    const { status, result } = byHash.get(hash)!;
    // JSON has null for what is not a number.
    if (status === 'done') return Number.isFinite(result!.metric) ? result!.metric : Number.NaN;
    return status === 'failed' ? Number.NaN : null;
  }

  /** Sends one trial on from its rung, and writes that down. */
  function promote(): TrialProgress | undefined {
    if (sweep.strategy.name !== 'asha') return undefined;
    const next = nextPromotion(
      trials.map(({ standing }) => standing),
      { rungs: rungs.length, reduction: sweep.strategy.reduction, metric: sweep.metric },
    );
    if (next === undefined) return undefined;
    const one = trials[next.trial]!;
    const to = stopAt(one.trial, next.rung + 1);
    writePromotion(trialFolder(sweepFolder, one.trial.hash), { from: rungs[next.rung]!, to });
    one.standing = { ...one.standing, promotions: next.rung + 1 };
    one.until = to;
    return one;
  }

  function submit(chosen: readonly TrialProgress[]): void {
    const jobs = chosen.map(({ trial, until: epochs }): Job => ({ trial: trial.hash, epochs }));
    const ends = launcher.submit(jobs);
    chosen.forEach((one, i) => {
      one.status = 'submitted';
      const end = ends[i]!.then(() => {
        running.delete(one);
        look(one);
      });
      running.set(one, end);
      onChange({ sweep, trials, changed: one });
    });
  }

  /** Until a job ends, a wait is over, or another driver may have done something. */
  async function oneEnds(): Promise<void> {
    const timer = new AbortController();
    const aborted = AbortSignal.any([signal, timer.signal]);
    const pause = sleep(POLL_MS, undefined, { signal: aborted }).catch(() => undefined);
    await Promise.race([pause, ...running.values()]);
    timer.abort();
  }
}

function waiting(trial: FrozenTrial, until: number | null): TrialProgress {
  return {
    trial,
    status: 'waiting',
    result: undefined,
    reason: null,
    failures: 0,
    isBegun: false,
    reached: 0,
    spent: { epochs: 0, seconds: 0 },
    standing: { figures: [], promotions: 0 },
    until,
    notBefore: 0,
  };
}

/** Results of the same plans from elsewhere become results here, without a run. */
function adoptResults(
  { sweepFolder, runs }: DriveOptions,
  sweep: FrozenSweep,
  trials: readonly TrialProgress[],
): void {
  const known = knownResults(runs, new Set(trials.map(({ trial }) => trial.hash)));
  for (const { trial } of trials) {
    const found = known.get(trial.hash);
    if (found === undefined) continue;
    const { result, directory } = found;
    publishResult(sweepFolder, {
      ...result,
      trial: trial.hash,
      label: trial.label,
      values: trial.values,
      metric: metricOf(sweep.metric, result.metrics),
      epochs: result.stages.reduce((sum, { epochs }) => sum + epochs, 0),
      seconds: result.stages.reduce((sum, { seconds }) => sum + seconds, 0),
      directory,
    });
  }
}

function spentBy({ result, attempts }: TrialState): TrialProgress['spent'] {
  if (result !== undefined) {
    const carried = result.stages.filter(({ carriedFrom }) => carriedFrom !== undefined);
    const epochs = carried.reduce((left, stage) => left - stage.epochs, result.epochs);
    return { epochs, seconds: result.seconds };
  }
  return attempts.reduce(
    ({ epochs, seconds }, { exit }) => ({
      epochs: Math.max(epochs, (exit?.epochs ?? 0) - (exit?.carriedEpochs ?? 0)),
      seconds: seconds + (exit?.seconds ?? 0),
    }),
    { epochs: 0, seconds: 0 },
  );
}

function isBudgetSpent({ budget }: FrozenSweep, trials: readonly TrialProgress[]): boolean {
  const sum = (of: (spent: TrialProgress['spent']) => number): number =>
    trials.reduce((total, { spent }) => total + of(spent), 0);
  if (budget.epochs !== null && sum(({ epochs }) => epochs) >= budget.epochs) return true;
  return budget.hours !== null && sum(({ seconds }) => seconds) >= budget.hours * 3600;
}
