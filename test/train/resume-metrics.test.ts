/**
 * A run that is stopped in the middle of an epoch, or of its validation, and goes on: the same weights, learned head
 * weights and metrics as without, to the bit. With an ordinal head, missing labels, and the best epoch chosen by AUC.
 */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openData } from '../../src/data/dataset.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { readCheckpoint } from '../../src/train/checkpoint.ts';
import { type EpochReport, Interrupted, type TrainEvent } from '../../src/train/events.ts';
import { createGraphEngine } from '../../src/train/graph-engine.ts';
import { type TrainResult, train } from '../../src/train/train.ts';
import { makeTiny } from '../run/tiny.ts';

const overrides = [
  'dataset.attributes.shape={classes: [disc, square, stripes], ordinal: true}',
  'loss={type: focal, heads: {shape: {type: ordinal}}, headWeights: uncertainty, classWeights: effectiveNumber}',
  'stages=[{name: one, imageSize: 16, epochs: 2, batchSize: 8, selectBy: auc}, {name: two, imageSize: 16, epochs: 1, batchSize: 8, trainable: [tower, heads]}]',
];

test('train - stopped in an epoch and in a validation, and resumed, ends as if it had not been', async () => {
  const tiny = await makeTiny(60);
  const { plan, networkFor } = compilePlan(tiny.experiment, { overrides, needTable: true });
  const data = await openData(plan, { cacheFolder: join(tiny.folder, 'cache') });

  /** Runs to the end, each time stopped at one of these events. */
  async function run(stops: readonly ((event: TrainEvent) => boolean)[]) {
    const folder = mkdtempSync(join(tmpdir(), 'manyheads-resume-'));
    const reports: EpochReport[] = [];
    let interrupted = 0;
    for (const stop of [...stops, () => false]) {
      const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
      const controller = new AbortController();
      try {
        const from = readCheckpoint(folder, plan);
        const { signal } = controller;
        const onEvent = (event: TrainEvent): void => {
          if (event.type === 'epoch') reports.push(event.report);
          if (stop(event)) controller.abort();
        };
        const result = await train({ plan, data, engine, folder, from, signal, onEvent });
        return { result, reports, interrupted };
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        interrupted += 1;
      } finally {
        engine.dispose();
      }
    }
    throw new Error('it never came to its end');
  }

  const whole = await run([]);
  const stopped = await run([
    (event) => event.type === 'step' && event.epoch === 1 && event.step === 3,
    (event) => event.type === 'validation' && event.done === 8,
    (event) => event.type === 'step' && event.epoch === 2 && event.step === 1,
  ]);
  assert.deepEqual([whole.interrupted, stopped.interrupted], [0, 3]);
  assert.equal(stopped.result.weightsHash, whole.result.weightsHash);
  assert.deepEqual(untimed(stopped.result), untimed(whole.result));
  const told = ({ reports }: typeof whole) =>
    reports.map(({ seconds: _, imagesPerSecond: __, ...report }) => report);
  assert.deepEqual(told(stopped), told(whole));
  // What was compared is there.
  const { colour, shape } = whole.result.metrics.heads;
  assert.ok(colour!.auc !== null && shape!.auc !== null && shape!.calibrationError !== null);
  assert.ok(shape!.meanAbsoluteError !== null && colour!.meanAbsoluteError === null);
  assert.ok(shape!.rows < colour!.rows && colour!.rows === 15);
  const [first, second] = whole.reports.map(({ logVariances }) => logVariances);
  assert.notDeepEqual(first, second);
  assert.deepEqual(Object.keys(first!), ['colour', 'shape']);
});

function untimed({ stages, metrics }: TrainResult) {
  return { metrics, stages: stages.map(({ seconds: _, imagesPerSecond: __, ...stage }) => stage) };
}
