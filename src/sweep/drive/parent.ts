/** The sweep's own run in MLflow: the plan and the best result, with the trials under it. */

import { join } from 'node:path';
import { RunError } from '../../errors.ts';
import { tryLock } from '../../machine/lock.mjs';
import type { Target } from '../../track/mlflow.ts';
import { createTracker, type Tracker } from '../../track/tracker.ts';
import { bestOfResults } from '../ledger/best.ts';
import type { FrozenSweep } from '../ledger/freeze.ts';
import { metricName } from '../search/metric.ts';
import type { SweepOutcome } from './drive.ts';

export interface ParentRun {
  end(outcome: SweepOutcome): Promise<void>;
}

export interface ParentOptions {
  readonly sweep: FrozenSweep;
  readonly runs: string;
  /** The server, if there is one. */
  readonly target: Target | undefined;
  readonly notify: (message: string) => void;
}

/** Of all that drive a sweep at a time, one tells MLflow of it; who comes to the end after that one was killed does. */
export function beginParent(sweepFolder: string, options: ParentOptions): ParentRun {
  const lockFile = join(sweepFolder, 'teller.json');
  let lock = tryLock(lockFile);
  let tracker = 'release' in lock ? startTracker(sweepFolder, options) : undefined;
  if (!('release' in lock))
    options.notify(`${lock.owner} runs this sweep too: each trial is run by whoever comes to it first.`);

  return {
    async end(outcome) {
      if (!('release' in lock)) lock = tryLock(lockFile);
      if (!('release' in lock)) return;
      tracker ??= startTracker(sweepFolder, options);
      try {
        if (tracker !== undefined) await tellOutcome(tracker, options.sweep, outcome);
      } finally {
        lock.release();
      }
    },
  };
}

/** @returns undefined where a process of before, of which nothing is known, has not been silent for long enough */
function startTracker(sweepFolder: string, options: ParentOptions): Tracker | undefined {
  const { sweep, runs, target, notify } = options;
  const tracker = createTracker({ runsFolder: runs, folder: sweepFolder, target, notify });
  const axes = sweep.axes.map(({ name, labels, distribution }) => [
    `axes.${name}`,
    distribution === null ? JSON.stringify(labels) : JSON.stringify(distribution),
  ]);
  try {
    tracker.start({
      runId: sweep.id,
      name: sweep.name,
      experiment: sweep.tracking.experiment,
      parameters: {
        ...Object.fromEntries(axes),
        trials: sweep.trials,
        strategy: sweep.strategy.name,
        metric: metricName(sweep.metric),
      },
      tags: { sweep: sweep.id },
      note: sweep.description,
    });
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
  for (const file of ['sweep.json', 'base.yaml', 'trials.jsonl'])
    tracker.artifact(join(sweepFolder, file), file);
  return tracker;
}

async function tellOutcome(
  tracker: Tracker,
  sweep: FrozenSweep,
  { status, trials }: SweepOutcome,
): Promise<void> {
  const results = trials.flatMap(({ result }) => (result === undefined ? [] : [result]));
  const best = bestOfResults(sweep.metric, results)?.result;
  if (best !== undefined) {
    tracker.metrics(results.length, { best: best.metric, trialsDone: results.length });
    const register = sweep.tracking.register;
    if (typeof register === 'string') tracker.alias({ model: register, alias: 'best', runId: best.runId });
    tracker.tags({ bestTrial: best.trial, bestLabel: best.label, bestRun: best.runId });
  }
  tracker.table(
    'trials',
    ['trial', 'label', 'status', metricName(sweep.metric)],
    trials.map(({ trial, status: own, result }) => [trial.hash, trial.label, own, result?.metric ?? null]),
  );
  await tracker.end(status === 'interrupted' ? 'KILLED' : status === 'failed' ? 'FAILED' : 'FINISHED');
}
