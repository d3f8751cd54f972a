/** Measured process: training steps and batches of validation in turn. In: settings as JSON. Out: milliseconds of both. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import { openData } from '../../src/data/dataset.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { createGraphEngine } from '../../src/train/graph-engine.ts';
import { peakMemory, tell } from './process.ts';
import { median } from './statistics.ts';

interface ValidationSettings {
  readonly experiment: string;
  readonly images: string;
  readonly rounds: number;
}

const settings = JSON.parse(process.argv[2]!) as ValidationSettings;
const { plan, networkFor } = compilePlan(settings.experiment, { needTable: true });
const data = await openData(plan, { cacheFolder: settings.images });
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const engine = createGraphEngine(plan, data, networkFor, folder);
const stage = plan.settings.stages[0]!;
engine.beginStage(stage, 0);
const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
const batches = batchesOf(order, stage).filter(({ length }) => length === stage.batchSize);
const rows = batches[0]!;
const spent: Record<'train' | 'pack' | 'evaluate', { wall: number[]; cpu: number[] }> = {
  train: { wall: [], cpu: [] },
  pack: { wall: [], cpu: [] },
  evaluate: { wall: [], cpu: [] },
};

function measure(kind: keyof typeof spent, work: () => void): void {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(cpu);
  spent[kind].wall.push(performance.now() - begun);
  spent[kind].cpu.push((user + system) / 1e3);
}

for (let round = 0; round < settings.rounds; round++) {
  const feed = { rows, stage: 0, epoch: 0, step: round, learningRate: 1e-3, optimizerStep: round + 1 };
  measure('train', () => engine.train(feed));
  // The first batch after a step packs the weights.
  measure('pack', () => engine.evaluate(rows));
  measure('evaluate', () => engine.evaluate(rows));
}
const figures: Record<string, number> = {};
for (const [kind, { wall, cpu }] of Object.entries(spent)) {
  // The first of each sets things up.
  figures[`${kind}Milliseconds`] = median(wall.slice(1));
  figures[`${kind}CpuMilliseconds`] = median(cpu.slice(1));
}
tell({ peakBytes: peakMemory(), figures });
engine.dispose();
rmSync(folder, { recursive: true, force: true });
