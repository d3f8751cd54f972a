/**
 * Two training steps, and one whose loss is not finite, for xla.test.ts: prints the losses and all that the steps have made.
 * Arguments: the experiment's file, `path=value` …
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchesOf, trainingOrder } from '../../../src/data/batches.ts';
import { openData } from '../../../src/data/dataset.ts';
import { compilePlan } from '../../../src/plan/compile.ts';
import { createGraphEngine } from '../../../src/train/graph-engine.ts';

const [file, ...overrides] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'manyheads-xla-'));
try {
  const { plan, networkFor } = compilePlan(file!, { overrides, needTable: true });
  const data = await openData(plan, { cacheFolder: join(folder, 'images') });
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  const stage = plan.settings.stages[0]!;
  engine.beginStage(stage, 0);
  const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
  const rows = batchesOf(order, stage)[0]!;
  const { learningRate } = stage.optimizer;
  const step = (number: number): number =>
    engine.train({ rows, stage: 0, epoch: 0, step: number, learningRate, optimizerStep: number + 1 });
  const stateOf = () =>
    [...engine.readState()].map(([name, { values }]): [string, number[]] => [name, Array.from(values)]);
  const losses = [step(0), step(1)];
  const state = stateOf();
  const [kernel] = state.find(([name]) => name.endsWith('/kernel'))!;
  const { shape, values } = engine.readState().get(kernel)!;
  engine.writeState(new Map([[kernel, { shape, values: values.slice().fill(Number.NaN) }]]));
  const spoiled = stateOf();
  const lossOfSpoiled = step(2);
  const isLeft = JSON.stringify(stateOf()) === JSON.stringify(spoiled);
  process.stdout.write(JSON.stringify({ losses, state, lossOfSpoiled: String(lossOfSpoiled), isLeft }));
  engine.dispose();
} finally {
  rmSync(folder, { recursive: true });
}
