// A run that is stopped at a step and gone on with ends with the same weights, bit for bit, whatever moves from step to step.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Data, openData } from '../../src/data/dataset.ts';
import { type Compiled, compilePlan } from '../../src/plan/compile.ts';
import { checkpointFile, readCheckpoint } from '../../src/train/checkpoint.ts';
import { type EpochReport, Interrupted } from '../../src/train/events.ts';
import { createGraphEngine } from '../../src/train/graph-engine.ts';
import { appendHistory } from '../../src/train/history.ts';
import { findResumePoint } from '../../src/train/resume-point.ts';
import { type TrainResult, train } from '../../src/train/train.ts';
import { makeTiny, type Tiny } from '../run/tiny.ts';

let tiny: Tiny;
let scratch: string;

before(async () => {
  tiny = await makeTiny(60);
  scratch = mkdtempSync(join(tmpdir(), 'manyheads-resume-'));
});
after(() => rmSync(scratch, { recursive: true }));

/** The process ends, and has no time to write anything. */
class Killed extends Error {}

interface Opened extends Compiled {
  readonly data: Data;
}

async function open(...overrides: string[]): Promise<Opened> {
  const compiled = compilePlan(tiny.experiment, { overrides, needTable: true });
  return { ...compiled, data: await openData(compiled.plan, { cacheFolder: join(scratch, 'images') }) };
}

/** Trains in a folder, from its checkpoint where it has one. @param stopAt the run is asked to stop after so many steps @param killAt it ends without a word in this step */
async function run(
  { plan, data, networkFor }: Opened,
  folder: string,
  stopAt = Number.POSITIVE_INFINITY,
  killAt = Number.POSITIVE_INFINITY,
): Promise<{ result: TrainResult | undefined; epochs: EpochReport[]; notes: string[] }> {
  const notes: string[] = [];
  const controller = new AbortController();
  const epochs: EpochReport[] = [];
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  let steps = 0;
  try {
    const result = await train({
      plan,
      data,
      engine,
      folder,
      from: findResumePoint(folder, plan, (note) => notes.push(note)),
      signal: controller.signal,
      onEvent(event) {
        if (event.type === 'epoch') {
          epochs.push(event.report);
          appendHistory(folder, event.report);
        }
        if (event.type !== 'step') return;
        steps += 1;
        if (steps === killAt) throw new Killed();
        if (steps === stopAt) controller.abort();
      },
    });
    return { result, epochs, notes };
  } catch (error) {
    if (!(error instanceof Interrupted) && !(error instanceof Killed)) throw error;
    return { result: undefined, epochs, notes };
  } finally {
    engine.dispose();
  }
}

const averaging =
  '{name: adamw, learningRate: 0.01, clipNorm: 1, averageWeights: {decay: 0.7}, accumulateGradients: 4}';
const growing = '{strength: {from: 0, to: 1}, zoom: 0.3, gaussianBlur: {}, coarseDropout: {}}';
const small = 'name: small, imageSize: 16, epochs: 4, batchSize: 8';
/** Six steps an epoch; 24 in the first stage, 12 in the second. */
const cases: Record<string, string[]> = {
  'one cycle with its momentum and growing augmentation, then cosine with restarts': [
    `stages[0]={${small}, learningRatePolicy: {name: oneCycle}, learningRateFactors: {backbone: 0.5}, augmentation: ${growing}}`,
    'stages[1].learningRatePolicy={name: cosine, restarts: {after: {steps: 5}}, warmUp: {steps: 2}}',
  ],
  'averaged weights, clipping, and four batches an update': [
    `stages[0]={${small}, optimizer: ${averaging}}`,
    `stages[1].optimizer=${averaging}`,
    'stages[1].learningRatePolicy={name: cosine}',
    'stages[0].learningRatePolicy={name: polynomial}',
    'stages[1].restoreBest=false',
  ],
};

for (const [name, overrides] of Object.entries(cases)) {
  test(`train - ${name}: stopped three times and resumed, the same weights and rates as without`, async () => {
    const opened = await open(...overrides);
    const whole = await run(opened, mkdtempSync(join(scratch, 'whole-')));
    const folder = mkdtempSync(join(scratch, 'parts-'));
    const parts: EpochReport[] = [];
    // In the middle of the second epoch, at the end of the third, in the second stage.
    for (const stopAt of [9, 9, 10]) {
      const { result, epochs } = await run(opened, folder, stopAt);
      assert.equal(result, undefined, `stopped after ${stopAt} steps`);
      parts.push(...epochs);
    }
    const last = await run(opened, folder);
    parts.push(...last.epochs);
    assert.equal(last.result!.weightsHash, whole.result!.weightsHash);
    assert.deepEqual(last.result!.metrics, whole.result!.metrics);
    const ratesOf = (epochs: EpochReport[]) =>
      epochs.map(({ runEpoch, learningRate, momentum }) => [runEpoch, learningRate, momentum]);
    assert.deepEqual(ratesOf(parts), ratesOf(whole.epochs));
    assert.equal(parts.length, 6);
    assert.ok(new Set(parts.map(({ learningRate }) => learningRate)).size > 4, 'the rate moves');
    // Killed after its last checkpoint, before anything else was written.
    const ended = await run(opened, folder);
    assert.equal(ended.result!.weightsHash, whole.result!.weightsHash);
    assert.deepEqual(ended.result!.metrics, whole.result!.metrics);
    assert.deepEqual(ended.epochs, []);
  });
}

test('train - a damaged checkpoint, then none that is whole: resumed, the same weights as without', async () => {
  const opened = await open('stages[0].epochs=3');
  const whole = await run(opened, mkdtempSync(join(scratch, 'whole-')));
  const folder = mkdtempSync(join(scratch, 'damaged-'));
  const damage = (which: 'last' | 'before'): void => {
    const file = checkpointFile(folder, which);
    const bytes = readFileSync(file);
    bytes[bytes.length - 100]! ^= 4;
    writeFileSync(file, bytes);
  };
  await run(opened, folder, 15);
  damage('last');
  const second = await run(opened, folder, 4);
  assert.match(second.notes.join(), /goes on from the checkpoint before/);
  assert.equal(second.result, undefined);
  damage('last');
  damage('before');
  const last = await run(opened, folder);
  assert.match(last.notes.join(), /the run begins again/);
  assert.equal(last.result!.weightsHash, whole.result!.weightsHash);
  assert.deepEqual(last.result!.metrics, whole.result!.metrics);
});

test('train - checkpoints within an epoch: nothing is computed otherwise, and a killed run goes on from the last of them', async () => {
  const whole = await run(await open('stages[0].epochs=2'), mkdtempSync(join(scratch, 'whole-')));
  // After every step.
  const opened = await open('stages[0].epochs=2', 'execution.checkpointEvery=1e-9');
  const folder = mkdtempSync(join(scratch, 'often-'));
  // In the middle of the second epoch, then in that of the second stage's first.
  for (const [killAt, stage, epoch, step] of [
    [11, 0, 1, 4],
    [5, 1, 0, 2],
  ] as const) {
    await run(opened, folder, undefined, killAt);
    const { position } = readCheckpoint(folder, opened.plan)!;
    assert.deepEqual([position.stage, position.epoch, position.step], [stage, epoch, step]);
  }
  const { result } = await run(opened, folder);
  assert.equal(result!.weightsHash, whole.result!.weightsHash);
  assert.deepEqual(result!.metrics, whole.result!.metrics);
});
