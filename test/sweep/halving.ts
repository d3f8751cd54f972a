/** A sweep by asha of four tiny trials, and what must be so of it in the end, whoever ran its jobs. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SweepReport } from '../../src/sweep/drive/watch.ts';
import { readTrialState, trialFolder } from '../../src/sweep/ledger/ledger.ts';
import { readStanding } from '../../src/sweep/ledger/rungs.ts';
import { nextPromotion } from '../../src/sweep/search/halving.ts';
import type { EpochReport } from '../../src/train/events.ts';
import type { Tiny } from '../run/tiny.ts';
import { smallest } from './smallest.ts';

const RUNGS = [1, 2];
export const asha = 'strategy: { name: asha, minEpochs: 1, reduction: 2 }\n';

/**
 * Two stages of two epochs, so that one rung is within a stage and one between them; the rate follows the whole stage.
 * @param more the strategy, where it is not the grid
 */
export function writeHalving(tiny: Tiny, name: string, more: string): string {
  const file = join(tiny.folder, `${name}.yaml`);
  writeFileSync(
    file,
    `name: ${name}
base: tiny.yaml
values:
  ${smallest}
  learningRatePolicy: { name: oneCycle }
  stages:
    - { name: first, imageSize: 16, epochs: 2, batchSize: 8 }
    - { name: second, imageSize: 16, epochs: 2, batchSize: 8 }
axes: { optimizer.learningRate: [0.01, 0.02, 0.001, 0.0001] }
${more}`,
  );
  return file;
}

/** @param folder of a run */
export function history(folder: string): EpochReport[] {
  const lines = readFileSync(join(folder, 'history.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as EpochReport);
}

/**
 * Some trials are done and the others stand at a rung, all decisions are made, each epoch was trained once.
 * @param folder of the sweep
 * @returns the trials that are done
 */
export function assertHalved(folder: string, report: SweepReport): SweepReport['trials'] {
  assert.equal(report.status, 'finished');
  const done = report.trials.filter(({ status }) => status === 'done');
  const paused = report.trials.filter(({ status }) => status === 'paused');
  const statuses = report.trials.map(({ status }) => status).join();
  assert.ok(done.length >= 1 && paused.length >= 1 && done.length + paused.length === 4, statuses);

  // Whoever looks at the ledger finds nothing more to decide.
  const metric = { name: 'loss', head: null, direction: 'minimize' } as const;
  const standings = report.trials.map(({ hash }) =>
    readStanding(trialFolder(folder, hash), {
      runs: dirname(folder),
      rungs: RUNGS,
      metric,
      result: readTrialState(folder, hash).result,
    }),
  );
  assert.equal(nextPromotion(standings, { rungs: RUNGS.length, reduction: 2, metric }), undefined);
  assert.ok(standings.every(({ figures }) => figures.length >= 1));
  for (const { hash } of report.trials) {
    const { attempts } = readTrialState(folder, hash);
    const epochs = trained(folder, hash);
    assert.deepEqual(epochs, [1, 2, 3, 4].slice(0, epochs.length), `each epoch once: ${epochs}`);
    assert.deepEqual(
      attempts.map(({ exit }) => [exit!.code, exit!.epochs]),
      [
        [75, 1],
        [75, 2],
        [0, 4],
      ].slice(0, attempts.length),
    );
    // The figure at the rung is the one of that epoch.
    const { epochs: at, metric: figure } = JSON.parse(
      readFileSync(join(trialFolder(folder, hash), 'rung-1.json'), 'utf8'),
    ) as { epochs: number; metric: number };
    assert.deepEqual([at, figure], [1, history(attempts[0]!.folder)[0]!.validation.loss]);
  }
  return done;
}

/** Epochs by the clock of their training, which differs where one was trained twice. */
function trained(folder: string, hash: string): number[] {
  const { attempts } = readTrialState(folder, hash);
  const seconds = attempts.flatMap((attempt) =>
    existsSync(join(attempt.folder, 'history.jsonl'))
      ? history(attempt.folder).map((report) => `${report.runEpoch} ${report.seconds}`)
      : [],
  );
  return [...new Set(seconds)].map((one) => Number(one.split(' ')[0]));
}
