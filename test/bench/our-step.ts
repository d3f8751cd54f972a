/** Measured process: training steps through the engine that a run uses. In: settings as JSON. Out: a line a step. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import { openData } from '../../src/data/dataset.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { peakMemory, tell } from './process.ts';

export interface OurStepSettings {
  readonly experiment: string;
  readonly images: string;
  readonly overrides: readonly string[];
  readonly engine: 'graph' | 'eager';
  readonly steps: number;
}

const settings = JSON.parse(process.argv[2]!) as OurStepSettings;
const { plan, networkFor } = compilePlan(settings.experiment, {
  overrides: settings.overrides,
  needTable: true,
});
const data = await openData(plan, { cacheFolder: settings.images });
const { createGraphEngine } = await import('../../src/train/graph-engine.ts');
const { createEagerEngine } = await import('../train/eager-engine.ts');
const { describeTensorFlow } = await import('../../src/tensorflow/describe.ts');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const engine =
  settings.engine === 'graph'
    ? createGraphEngine(plan, data, networkFor, folder)
    : createEagerEngine(plan, data, networkFor);
const stage = plan.settings.stages[0]!;
engine.beginStage(stage, 0);
const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
const batches = batchesOf(order, { ...stage, lastBatch: 'drop' }).filter(
  ({ length }) => length === stage.batchSize,
);
for (let step = 0; step < settings.steps; step++) {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const loss = engine.train({
    rows: batches[step % batches.length]!,
    stage: 0,
    epoch: Math.floor(step / batches.length),
    step,
    learningRate: stage.optimizer.learningRate,
    optimizerStep: step + 1,
  });
  const { user, system } = process.cpuUsage(cpu);
  const milliseconds = performance.now() - begun;
  tell({ milliseconds, cpuMilliseconds: (user + system) / 1e3, loss, at: Date.now() });
}
tell({
  peakBytes: peakMemory(),
  versions: { node: process.versions.node, tensorflow: describeTensorFlow().tensorflow },
});
engine.dispose();
rmSync(folder, { recursive: true, force: true });
