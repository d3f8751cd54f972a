/**
 * bfloat16 and float16 beside float32 on a tiny network with everything random switched on: the same steps, to the
 * precision that their 8 and 11 bits have, and weights that never lose theirs.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { batchesOf, trainingOrder } from '../../../src/data/batches.ts';
import { openData } from '../../../src/data/dataset.ts';
import { compilePlan } from '../../../src/plan/compile.ts';
import type { Engine } from '../../../src/train/engine.ts';
import type { EpochReport, TrainEvent } from '../../../src/train/events.ts';
import { createGraphEngine } from '../../../src/train/graph-engine.ts';
import { train } from '../../../src/train/train.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';

let tiny: Tiny;
let cache: string;
before(async () => {
  tiny = await makeTiny(60);
  cache = mkdtempSync(join(tmpdir(), 'manyheads-precision-test-'));
});
after(() => rmSync(cache, { recursive: true }));

async function withEngine<T>(
  overrides: readonly string[],
  use: (engine: Engine, step: (number: number) => number, validation: Int32Array) => T,
): Promise<T> {
  const all = ['stages[0].batchSize=32', ...overrides];
  const { plan, networkFor } = compilePlan(tiny.experiment, { overrides: all, needTable: true });
  const data = await openData(plan, { cacheFolder: join(cache, 'images') });
  const engine = createGraphEngine(plan, data, networkFor, mkdtempSync(join(cache, 'program-')));
  const stage = plan.settings.stages[0]!;
  engine.beginStage(stage, 0);
  const batches = batchesOf(trainingOrder(data.split.training, plan.settings.seed, 0, 0), stage);
  const { learningRate } = stage.optimizer;
  const step = (i: number): number =>
    engine.train({ rows: batches[i]!, stage: 0, epoch: 0, step: i, learningRate, optimizerStep: i + 1 });
  try {
    return use(engine, step, data.split.validation.subarray(0, stage.batchSize));
  } finally {
    engine.dispose();
  }
}

const bfloat16 = 'execution.precision=bfloat16';
const float16 = 'execution.precision=float16';

/** Cosine of the angle between all gradients of one step, as Adam's first slot holds them, and their lengths' ratio. */
function compareGradients(
  a: Engine,
  states: ReadonlyMap<string, Float32Array>,
): [cosine: number, ratio: number] {
  let product = 0;
  let ours = 0;
  let theirs = 0;
  for (const [name, { values }] of a.readState()) {
    if (!name.startsWith('m/')) continue;
    const other = states.get(name)!;
    for (let i = 0; i < values.length; i++) {
      product += values[i]! * other[i]!;
      ours += values[i]! ** 2;
      theirs += other[i]! ** 2;
    }
  }
  return [product / Math.sqrt(ours * theirs), Math.sqrt(ours / theirs)];
}

test('bfloat16 - loss, gradients and counts are those of float32, to two digits', async () => {
  const exact = await withEngine([], (engine, step, rows) => {
    engine.evaluate(rows);
    const [counts] = Object.values(engine.takeCounts());
    const loss = step(0);
    return { loss, counts, state: new Map([...engine.readState()].map(([n, { values }]) => [n, values])) };
  });
  await withEngine([bfloat16], (engine, step, rows) => {
    engine.evaluate(rows);
    const [counts] = Object.values(engine.takeCounts());
    const loss = step(0);
    assert.notEqual(loss, exact.loss);
    assert.ok(Math.abs(loss / exact.loss - 1) < 0.02, `${loss} and ${exact.loss}`);
    assert.ok(Math.abs(counts!.lossSum / exact.counts!.lossSum - 1) < 0.02);
    const [cosine, ratio] = compareGradients(engine, exact.state);
    assert.ok(cosine > 0.95, `cosine ${cosine}`);
    assert.ok(Math.abs(ratio - 1) < 0.05, `ratio ${ratio}`);
  });
});

test('bfloat16 - weights keep changes that are too small for it', async () => {
  // A millionth of a weight is below bfloat16's 2^-8: in that type the weight would stay as it is.
  await withEngine([bfloat16, 'stages[0].learningRate=1e-6'], (engine, step) => {
    const before = engine.readWeights().get('weights/conv1_conv/kernel')!.values.slice();
    step(0);
    const after = engine.readWeights().get('weights/conv1_conv/kernel')!.values;
    const changed = after.filter((value, i) => value !== before[i]).length;
    assert.ok(changed > before.length * 0.9, `${changed} of ${before.length} changed`);
    assert.ok(after.every((value, i) => Math.abs(value - before[i]!) < 2e-6));
  });
});

test('bfloat16 - the same seed gives the same steps', async () => {
  const run = () => withEngine([bfloat16], (_, step) => [0, 1, 0].map(step));
  const first = await run();
  assert.ok(first.every(Number.isFinite));
  assert.deepEqual(await run(), first);
});

// Of the types of layers, the others have none that this one lacks. Gradients are not compared: in a fresh deep network with
// batch norm, rounding grows from layer to layer. In Keras's mixed_bfloat16, those of ResNet50 at 64 pixels have a cosine of
// 0.16 with its own in float32; here it was 0.25.
test('bfloat16 - a step of efficientnetb0', async () => {
  const larger = ['model.backbone={name: efficientnetb0}', 'stages[small].imageSize=32'];
  const exact = await withEngine(larger, (_, step) => step(0));
  const narrow = await withEngine([...larger, bfloat16], (_, step) => step(0));
  assert.ok(Math.abs(narrow / exact - 1) < 0.05, `${narrow} and ${exact}`);
});

/** Losses so light that the first scale of 2^15 makes no gradient overflow. */
const light = 'loss.headWeights={colour: 0.05, shape: 0.1}';

test('float16 - loss, gradients and counts are those of float32, to three digits', async () => {
  const exact = await withEngine([light], (engine, step, rows) => {
    engine.evaluate(rows);
    const [counts] = Object.values(engine.takeCounts());
    const loss = step(0);
    return { loss, counts, state: new Map([...engine.readState()].map(([n, { values }]) => [n, values])) };
  });
  await withEngine([light, float16], (engine, step, rows) => {
    engine.evaluate(rows);
    const [counts] = Object.values(engine.takeCounts());
    const loss = step(0);
    assert.deepEqual(engine.lossScaling(), { scale: 2 ** 15, skippedSteps: 0, isUpdated: true });
    assert.notEqual(loss, exact.loss);
    assert.ok(Math.abs(loss / exact.loss - 1) < 0.002, `${loss} and ${exact.loss}`);
    assert.ok(Math.abs(counts!.lossSum / exact.counts!.lossSum - 1) < 0.002);
    const [cosine, ratio] = compareGradients(engine, exact.state);
    assert.ok(cosine > 0.995, `cosine ${cosine}`);
    assert.ok(Math.abs(ratio - 1) < 0.01, `ratio ${ratio}`);
  });
});

test('float16 - twelve steps of training follow those of float32', async () => {
  const settings = [light, 'optimizer={name: sgd, learningRate: 0.02}', 'model.tower=[{dense: 16}]'];
  const losses = (overrides: readonly string[]) =>
    withEngine([...settings, ...overrides], (_, step) =>
      Array.from({ length: 12 }, (_each, i) => step(i % 2)),
    );
  const exact = await losses([]);
  const narrow = await losses([float16]);
  assert.ok(exact.at(-1)! < 0.8 * exact[0]!, `${exact}`);
  narrow.forEach((loss, i) => {
    assert.ok(Math.abs(loss / exact[i]! - 1) < 0.03, `step ${i}: ${loss} and ${exact[i]}`);
  });
});

test('float16 - a step that overflows is skipped, and the steps after a restart are those of a run without one', async () => {
  const heavy = [float16, 'loss.headWeights={colour: 8, shape: 8}'];
  const whole = await withEngine(heavy, (engine, step) => {
    const before = engine.readWeights();
    const first = step(0);
    assert.deepEqual(engine.lossScaling(), { scale: 2 ** 14, skippedSteps: 1, isUpdated: false });
    assert.deepEqual(engine.readWeights(), before);
    const saved = engine.readState();
    return { saved, losses: [first, step(1), step(0)], state: engine.readState() };
  });
  assert.ok(whole.losses.every(Number.isFinite));
  assert.equal(whole.saved.get('lossScale/scale')!.values[0], 2 ** 14);
  await withEngine(heavy, (engine, step) => {
    assert.deepEqual(engine.lossScaling(), { scale: 2 ** 15, skippedSteps: 0, isUpdated: false });
    engine.writeState(whole.saved);
    assert.deepEqual(engine.lossScaling(), { scale: 2 ** 14, skippedSteps: 1, isUpdated: false });
    assert.deepEqual([step(1), step(0)], whole.losses.slice(1));
    assert.deepEqual(engine.readState(), whole.state);
  });
});

test('float16 - a run reports scale and skipped steps, and ends where no scale is small enough', async () => {
  const reports = await trainTiny([float16, 'loss.headWeights={colour: 8, shape: 8}']);
  const scalings = reports.map(({ lossScaling }) => lossScaling!);
  assert.equal(scalings.length, 5);
  assert.deepEqual(
    scalings.map(({ scale, skippedSteps }) => scale * 2 ** skippedSteps),
    new Array(5).fill(2 ** 15),
  );
  assert.ok(scalings[0]!.skippedSteps > 0);
  await assert.rejects(
    trainTiny([float16, 'loss.headWeights={colour: 1e36}']),
    /beyond float16 in stage small, epoch 3, step 4, .* with a loss scale of 1; 16 steps of the stage were skipped/,
  );
});

async function trainTiny(overrides: readonly string[]): Promise<EpochReport[]> {
  const { plan, networkFor } = compilePlan(tiny.experiment, { overrides, needTable: true });
  const data = await openData(plan, { cacheFolder: join(cache, 'images') });
  const folder = mkdtempSync(join(cache, 'run-'));
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  const reports: EpochReport[] = [];
  const onEvent = (event: TrainEvent): void => {
    if (event.type === 'epoch') reports.push(event.report);
  };
  const { signal } = new AbortController();
  await train({ plan, data, engine, folder, signal, onEvent }).finally(() => engine.dispose());
  return reports;
}

test('execution.precision - is a part of the plan, and halves what activations are estimated at', () => {
  const plans = [[], [bfloat16], [float16]].map(
    (overrides) => compilePlan(tiny.experiment, { overrides }).plan,
  );
  assert.notEqual(plans[0]!.hash, plans[1]!.hash);
  assert.notEqual(plans[1]!.hash, plans[2]!.hash);
  assert.ok(plans[1]!.stages[0]!.peakMemoryBytes < plans[0]!.stages[0]!.peakMemoryBytes);
  assert.equal(plans[2]!.stages[0]!.peakMemoryBytes, plans[1]!.stages[0]!.peakMemoryBytes);
});
