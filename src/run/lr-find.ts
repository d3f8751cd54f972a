/**
 * The learning-rate range test of one stage of an experiment, from its file to losses by rate. It is no run: no folder is
 * made, nothing is logged. The stage starts from fresh weights, whatever stages come before it.
 *
 *   1. plan ─▶ 2. one stage at a constant rate ─▶ 3. data ─▶ 4. engine ─▶ 5. test ─▶ 6. suggestion
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openData } from '../data/dataset.ts';
import { ExperimentError } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { compilePlan } from '../plan/compile.ts';
import type { Plan } from '../plan/plan.ts';
import type { Progress } from '../report/progress/progress.ts';
import { assertDevice, prepareDevice } from '../tensorflow/device.ts';
import {
  type RangeOptions,
  type RangePoint,
  type RangeSuggestion,
  rangeTest,
  suggestRates,
} from '../train/range-test.ts';

export interface LrFindOptions extends RangeOptions {
  readonly overrides: readonly string[];
  /** Name or number of the stage; undefined for the first. */
  readonly stage: string | undefined;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/** What `run lr-find FILE --json` prints. */
export interface LrFindOutcome {
  readonly stage: string;
  readonly points: readonly RangePoint[];
  /** Whether the loss diverged before the last rate. */
  readonly diverged: boolean;
  /** Null where the loss falls nowhere. */
  readonly suggestion: RangeSuggestion | null;
  /** Key that sets the stage's learning rate, as an argument names it. */
  readonly key: string;
}

/** @throws ExperimentError for the input, Interrupted */
export async function findLearningRate(file: string, options: LrFindOptions): Promise<LrFindOutcome> {
  const { overrides, progress, signal } = options;
  const { plan: whole, networkFor } = compilePlan(file, { overrides, needTable: true });
  const index = stageIndex(whole, options.stage);
  const stage = whole.settings.stages[index]!;
  const settings = {
    ...whole.settings,
    stages: [{ ...stage, learningRatePolicy: { name: 'constant', warmUp: null } as const }],
  };
  const plan: Plan = { ...whole, settings };
  prepareDevice(plan.execution);
  const data = await openData(plan, {
    cacheFolder: join(cacheFolder(), 'images'),
    onProgress: progress.preparing,
  });
  for (const { path } of data.skipped) progress.note(`left out: ${path}`);

  const scratch = mkdtempSync(join(tmpdir(), 'manyheads-lr-find-'));
  try {
    const { createGraphEngine } = await import('../train/graph-engine.ts');
    const { describeTensorFlow } = await import('../tensorflow/describe.ts');
    assertDevice(plan.execution.device, describeTensorFlow().device);
    const engine = createGraphEngine(plan, data, networkFor, join(scratch, 'program'));
    try {
      const { points, diverged } = await rangeTest({ plan, data, engine }, options, signal, (done) => {
        progress.preparing(`learning rates of stage ${stage.name}`, done.length, options.updates + 1);
      });
      return {
        stage: stage.name,
        points,
        diverged,
        suggestion: suggestRates(points),
        key: keyOf(whole, index),
      };
    } finally {
      engine.dispose();
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

function stageIndex({ settings: { stages } }: Plan, wanted: string | undefined): number {
  if (wanted === undefined) return 0;
  const names = stages.map(({ name }) => name);
  const named = names.indexOf(wanted);
  if (named >= 0) return named;
  const number = Number(wanted);
  if (Number.isInteger(number) && number >= 0 && number < stages.length) return number;
  const message = `there is no stage "${wanted}"`;
  throw new ExperimentError([
    { code: 'badArgument', path: '--stage', message, hint: namesHint(wanted, names, 'The stages') },
  ]);
}

function keyOf({ experiment }: Plan, index: number): string {
  const { name, learningRate, optimizer } = experiment.stages[index]!;
  const key = learningRate === undefined && optimizer ? 'optimizer.learningRate' : 'learningRate';
  return `stages[${name}].${key}`;
}
