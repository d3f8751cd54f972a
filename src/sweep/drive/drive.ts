/**
 * Runs a planned sweep to its end through a launcher. The ledger alone says what is done, so that any number of drivers
 * may work on one sweep, and one that starts later goes on where another was killed.
 *
 *   look at the ledger ─▶ choose trials that can start ─▶ submit ─▶ one ends ─▶ look at its trial ─▶ choose again …
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Launcher } from '../launch/launcher.ts';
import type { FrozenSweep } from '../ledger/freeze.ts';
import { readSweep, trialFolder } from '../ledger/ledger.ts';
import { removeAllPrefixes } from '../ledger/prefixes.ts';
import { writePromotion } from '../ledger/rungs.ts';
import { strategyOf } from '../search/strategies.ts';
import { createHolding } from './holding.ts';
import { frozenNote } from './numerics-notes.ts';
import { createProgress, type TrialProgress } from './progress.ts';
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
  /** Told of what a person should know: combinations that are no experiment, numbers of earlier numerics. */
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

export interface SweepOutcome {
  readonly status: 'finished' | 'failed' | 'interrupted' | 'budgetSpent';
  readonly trials: readonly TrialProgress[];
}

/** How often trials that another driver works on are looked at. */
const POLL_MS = 1000;
const FIRST_BACKOFF_MS = 1000;

export async function driveSweep(options: DriveOptions): Promise<SweepOutcome> {
  const { sweepFolder, launcher, signal, onChange } = options;
  const sweep = readSweep(sweepFolder);
  const change = (changed: TrialProgress | undefined): void => onChange({ sweep, trials, changed });
  const progress = createProgress({
    ...options,
    sweep,
    backoffMs: options.backoffMs ?? FIRST_BACKOFF_MS,
    onChange: change,
    onEnd: (one) => holding.release(one),
  });
  const { trials, rungs } = progress;
  const suggester = createSuggester(sweepFolder, options);
  const holding = createHolding(sweepFolder, trials);
  const running = new Map<TrialProgress, Promise<void>>();

  progress.begin();
  const note = frozenNote(sweep, trials.filter(({ status }) => status === 'done').length);
  if (note !== undefined) options.notify(note);
  change(undefined);

  let isSpent = false;
  try {
    while (!signal.aborted) {
      progress.add(suggester?.refresh() ?? []);
      progress.lookElsewhere();
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

  function outcome(): SweepOutcome['status'] {
    if (isSpent && trials.length < sweep.trials) return 'budgetSpent';
    if (signal.aborted && trials.length < sweep.trials) return 'interrupted';
    if (trials.every(({ status }) => status === 'done')) return 'finished';
    if (signal.aborted) return 'interrupted';
    if (isSpent) return 'budgetSpent';
    return trials.every(({ status }) => status === 'done' || status === 'paused') ? 'finished' : 'failed';
  }

  function choose(): TrialProgress[] {
    const now = performance.now();
    const room = launcher.capacity - running.size;
    const ready = trials.filter((one) => {
      return one.status === 'waiting' && one.notBefore <= now && !running.has(one);
    });
    if (suggester !== undefined) {
      while (ready.length < room) {
        const chosen = suggester.next(progress.figureOf);
        if (chosen === undefined) break;
        ready.push(...progress.add(chosen).filter(({ status }) => status === 'waiting'));
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

  /** Sends one trial on from its rung, and writes that down. */
  function promote(): TrialProgress | undefined {
    const { strategy, metric } = sweep;
    const standings = trials.map(({ standing }) => standing);
    const next = strategyOf(strategy).stopping?.next(standings, { rungs: rungs.length, strategy, metric });
    if (next === undefined) return undefined;
    const one = trials[next.trial]!;
    const to = progress.stopAt(one.trial, next.rung + 1);
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
        progress.look(one);
      });
      running.set(one, end);
      change(one);
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

function isBudgetSpent({ budget }: FrozenSweep, trials: readonly TrialProgress[]): boolean {
  const sum = (of: (spent: TrialProgress['spent']) => number): number =>
    trials.reduce((total, { spent }) => total + of(spent), 0);
  if (budget.epochs !== null && sum(({ epochs }) => epochs) >= budget.epochs) return true;
  return budget.hours !== null && sum(({ seconds }) => seconds) >= budget.hours * 3600;
}
