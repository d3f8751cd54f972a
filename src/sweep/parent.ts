/** The sweep's own run in MLflow: the plan and the best result, with the trials under it. */
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { chooseTarget } from '../track/mlflow.ts';
import { createTracker } from '../track/tracker.ts';
import type { SweepOutcome } from './drive.ts';
import { readSweep } from './ledger.ts';
import { isBetter, metricName } from './metric.ts';

export interface ParentRun {
  end(outcome: SweepOutcome): Promise<void>;
}

/** Where another process works on the sweep, the run is that one's affair. */
export function beginParent(sweepFolder: string, runs: string, notify: (message: string) => void): ParentRun {
  const sweep = readSweep(sweepFolder);
  const { experiment, uri } = sweep.tracking;
  const tracker = createTracker({ runsFolder: runs, folder: sweepFolder, target: chooseTarget(uri), notify });
  const axes = sweep.axes.map(({ name, labels, distribution }) => [
    `axes.${name}`,
    distribution === null ? JSON.stringify(labels) : JSON.stringify(distribution),
  ]);
  try {
    tracker.start({
      runId: sweep.id,
      name: sweep.name,
      experiment,
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
    if (error instanceof RunError) return { end: async () => undefined };
    throw error;
  }
  for (const file of ['sweep.json', 'base.yaml', 'trials.jsonl'])
    tracker.artifact(join(sweepFolder, file), file);

  return {
    async end({ status, trials }) {
      const results = trials.flatMap(({ result }) => (result === undefined ? [] : [result]));
      const [first, ...others] = results;
      if (first !== undefined) {
        const best = others.reduce(
          (winner, one) => (isBetter(sweep.metric, one.metric, winner.metric) ? one : winner),
          first,
        );
        tracker.metrics(results.length, { best: best.metric, trialsDone: results.length });
        tracker.tags({ bestTrial: best.trial, bestLabel: best.label, bestRun: best.runId });
      }
      tracker.table(
        'trials',
        ['trial', 'label', 'status', metricName(sweep.metric)],
        trials.map(({ trial, status: own, result }) => [
          trial.hash,
          trial.label,
          own,
          result?.metric ?? null,
        ]),
      );
      await tracker.end(status === 'interrupted' ? 'KILLED' : status === 'failed' ? 'FAILED' : 'FINISHED');
    },
  };
}
