/** From what a driver tells to what is shown: the best so far, epochs of running trials, time left. */

import { relative } from 'node:path';
import type { ShownTrial, SweepScreen, SweepView } from '../../report/progress/sweep-progress.ts';
import { countEpochs } from '../../train/history.ts';
import { type Best, bestOfResults } from '../ledger/best.ts';
import type { FrozenTrial } from '../ledger/freeze.ts';
import { readAttempts, readSweep, type TrialResult, trialFolder } from '../ledger/ledger.ts';
import { isBetter, type Metric, metricName } from '../search/metric.ts';
import { strategyOf } from '../search/strategies.ts';
import type { SweepOutcome, SweepProgress } from './drive.ts';
import type { TrialProgress } from './progress.ts';
import { secondsLeft } from './time-left.ts';

const REDRAW_MS = 1000;

export interface Watch {
  onChange(progress: SweepProgress): void;
  close(): void;
}

/** @param capacity trials at a time */
export function createWatch(sweepFolder: string, view: SweepView, capacity: number): Watch {
  const started = performance.now();
  let last: SweepProgress | undefined;
  let doneBefore: ReadonlySet<string> = new Set();
  const screen = (): SweepScreen => screenOf(sweepFolder, last!, { started, doneBefore, capacity });
  const timer = setInterval(() => {
    if (last) view.draw(screen());
  }, REDRAW_MS);
  timer.unref();
  return {
    onChange(progress) {
      if (last === undefined) doneBefore = doneIn(progress.trials);
      last = progress;
      const { changed } = progress;
      if (changed) view.changed(shown(sweepFolder, changed), screen());
      else view.draw(screen());
    },
    close() {
      clearInterval(timer);
      view.close();
    },
  };
}

function screenOf(
  sweepFolder: string,
  { sweep, trials }: SweepProgress,
  { started, doneBefore, capacity }: { started: number; doneBefore: ReadonlySet<string>; capacity: number },
): SweepScreen {
  const toCome = sweep.trials - trials.length;
  const elapsed = (performance.now() - started) / 1000;
  const best = bestOf(sweep.metric, trials);
  return {
    metric: metricName(sweep.metric),
    trials: trials.map((one) => shown(sweepFolder, one)),
    total: sweep.trials,
    best: best && shown(sweepFolder, best),
    // Of trials that stop early, how many go on is not known before.
    secondsLeft:
      strategyOf(sweep.strategy).stopping !== null
        ? null
        : secondsLeft(trials, { toCome, capacity, elapsed, doneBefore }),
  };
}

function doneIn(trials: readonly TrialProgress[]): Set<string> {
  return new Set(trials.filter(({ status }) => status === 'done').map(({ trial }) => trial.hash));
}

function bestOf(metric: Metric, trials: readonly TrialProgress[]): TrialProgress | undefined {
  return trials.reduce<TrialProgress | undefined>((best, one) => {
    if (one.result === undefined) return best;
    return best === undefined || isBetter(metric, one.result.metric, best.result!.metric) ? one : best;
  }, undefined);
}

function shown(sweepFolder: string, one: TrialProgress): ShownTrial {
  const { trial, status, result, reason, until, standing } = one;
  const mayRun = status === 'submitted' || status === 'elsewhere';
  return {
    hash: trial.hash,
    label: trial.label,
    status,
    metric: result?.metric ?? (status === 'paused' ? standing.figures.at(-1)! : null),
    seconds: result?.seconds ?? (status === 'paused' ? one.spent.seconds : null),
    reason,
    rung: until,
    epochs: mayRun ? epochsOf(sweepFolder, trial) : null,
  };
}

/** Done, by the attempt's history, and at most; null where no attempt has begun or the last one has ended. */
function epochsOf(sweepFolder: string, { hash, epochs }: FrozenTrial): [number, number] | null {
  const newest = readAttempts(trialFolder(sweepFolder, hash)).at(-1);
  if (newest === undefined || newest.exit !== undefined) return null;
  return [countEpochs(newest.folder), epochs];
}

/** What `run sweep FILE --json` prints. */
export interface SweepReport {
  readonly sweep: string;
  readonly directory: string;
  readonly status: SweepOutcome['status'];
  readonly metric: string;
  /** The best trial of the combination with the best mean. */
  readonly best: (TrialResult & Pick<Best, 'combination'>) | null;
  readonly trials: readonly {
    readonly hash: string;
    readonly label: string;
    readonly status: TrialProgress['status'];
    readonly metric: number | null;
    readonly weightsHash: string | null;
    readonly reason: string | null;
    /** Folder of its run, relative to that of the runs. */
    readonly directory: string | null;
  }[];
}

export function outcomeOf(sweepFolder: string, runs: string, { status, trials }: SweepOutcome): SweepReport {
  const sweep = readSweep(sweepFolder);
  const results = trials.flatMap(({ result }) => result ?? []);
  const best = bestOfResults(sweep.metric, results);
  return {
    sweep: sweep.id,
    directory: relative(runs, sweepFolder),
    status,
    metric: metricName(sweep.metric),
    best: best === undefined ? null : { ...best.result, combination: best.combination },
    trials: trials.map(({ trial, status: own, result, reason }) => ({
      hash: trial.hash,
      label: trial.label,
      status: own,
      metric: result?.metric ?? null,
      weightsHash: result?.weightsHash ?? null,
      reason,
      directory: result?.directory ?? null,
    })),
  };
}
