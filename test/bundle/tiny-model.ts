/** A model of the tiny data set after a few training steps, and the engine that trained it. */
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Data, openData } from '../../src/data/dataset.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { modelFolder } from '../../src/run/folders.ts';
import { proveByRun, writeRunModel } from '../../src/run/model.ts';
import { hashWeights } from '../../src/train/checkpoint.ts';
import type { Engine } from '../../src/train/engine.ts';
import { createGraphEngine } from '../../src/train/graph-engine.ts';
import { makeTiny } from '../run/tiny.ts';

export interface TinyModel {
  /** Of the model; a test that changes it takes a copy. */
  readonly folder: string;
  readonly plan: Plan;
  readonly data: Data;
  /** With the model's weights, in its last stage. */
  readonly engine: Engine;
}

export async function makeTinyModel(
  overrides: readonly string[] = [],
  experiment?: string,
): Promise<TinyModel> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-model-'));
  const file = experiment ?? (await makeTiny(40)).experiment;
  const { plan, networkFor } = compilePlan(file, {
    // Whole batches, which the steps below take.
    overrides: ['lastBatch=short', ...overrides],
    needTable: true,
  });
  const data = await openData(plan, { cacheFolder: join(folder, 'images') });
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  const stage = plan.settings.stages[0]!;
  engine.beginStage(stage, 0);
  for (let step = 0; step < 3; step++) {
    const rows = data.split.training.slice(step * stage.batchSize, (step + 1) * stage.batchSize);
    engine.train({ rows, stage: 0, epoch: 0, step, learningRate: 0.01, optimizerStep: step + 1 });
  }
  engine.endStage();
  const run = join(folder, '20261201-120000-tiny-abcdef');
  const weights = engine.readWeights();
  const weightsHash = hashWeights(weights);
  const proof = proveByRun(plan, data, engine, 'cpu');
  writeRunModel(run, { runId: basename(run), plan, networkFor, data, weights, weightsHash, proof });
  return { folder: modelFolder(run), plan, data, engine };
}

export function copyOf(folder: string): string {
  const copy = join(mkdtempSync(join(tmpdir(), 'manyheads-copied-')), 'model');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

/** What the engine's own evaluation answers to these rows, by head, row by row. */
export function evaluated({ plan, data, engine }: TinyModel, rows: Int32Array): Record<string, Float32Array> {
  const { batchSize } = plan.settings.stages.at(-1)!;
  const answers: Record<string, number[]> = {};
  for (let first = 0; first < rows.length; first += batchSize) {
    const batch = engine.evaluate(rows.subarray(first, first + batchSize));
    for (const { name } of data.heads) answers[name] = [...(answers[name] ?? []), ...batch[name]!];
  }
  return Object.fromEntries(
    Object.entries(answers).map(([name, values]) => [name, Float32Array.from(values)]),
  );
}

/** Pixels of these rows in the cache, one after the other. */
export function pixelsOf({ data }: TinyModel, rows: Int32Array): Uint8Array {
  const { size } = data.images;
  const bytes = size * size * 3;
  const all = data.images.pixels();
  return Uint8Array.from(
    Buffer.concat(
      [...rows].map((row) => all.subarray(data.imageOf[row]! * bytes, (data.imageOf[row]! + 1) * bytes)),
    ),
  );
}

export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}
