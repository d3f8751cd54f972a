/**
 * bfloat16 beside float32 on a tiny network with everything random switched on: the same steps, to the precision that 8
 * bits have, and weights that never lose theirs.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import { openData } from '../../src/data/dataset.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import type { Engine } from '../../src/train/engine.ts';
import { createGraphEngine } from '../../src/train/graph.ts';
import { makeTiny, type Tiny } from '../run/tiny.ts';

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
  const batches = batchesOf(
    trainingOrder(data.split.training, plan.settings.seed, 0, 0),
    stage.batchSize,
    null,
  );
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

test('execution.precision - is a part of the plan, and halves what activations are estimated at', () => {
  const plans = [[], [bfloat16]].map((overrides) => compilePlan(tiny.experiment, { overrides }).plan);
  assert.notEqual(plans[0]!.hash, plans[1]!.hash);
  assert.ok(plans[1]!.stages[0]!.peakMemoryBytes < plans[0]!.stages[0]!.peakMemoryBytes);
});
