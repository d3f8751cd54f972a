/**
 * Ten steps of training beside Keras: the same weights, batches and optimizer, no augmentation and no dropout. Says three
 * things and writes them to same-as-keras.json; ends with 1 where the first or the second does not hold.
 *
 *   1. Each single step is the same: before every step, weights and Adam's slots are set to those that Keras has there.
 *      The losses agree to 1e-6, and what the step changes agrees too (`forced`).
 *   2. Ten steps without a hand on them agree to 1e-4 where rounding stays rounding (`free`).
 *   3. Where it does not: how far ten steps of Keras drift from ten of its own, when its weights differ in their last
 *      bit, or when it runs on one thread, or compiles with XLA (`noise`).
 *
 *   node --import tsx test/bench/same-as-keras.ts [--model densenet121] [--size 100] [--steps 10]
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import { openData } from '../../src/data/dataset.ts';
import type { ChannelStatistics } from '../../src/data/statistics.ts';
import { RunError } from '../../src/errors.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { lastLines, runCommand } from '../../src/runtime/command.ts';
import { streamProgress } from '../../src/runtime/progress.ts';
import type { Engine, EngineState } from '../../src/train/engine.ts';
import { createGraphEngine } from '../../src/train/graph.ts';
import { readSafeTensors, writeSafeTensors } from '../../src/train/safetensors.ts';
import { benchData } from './data.ts';
import { ensurePeer } from './environments.ts';
import { describeMachine } from './machine.ts';
import { fileHere } from './process.ts';
import { articleHeads, batchSize, models } from './settings.ts';

/** Of a loss: of one step from the same state, and of ten free ones. */
const tolerance = { forced: 1e-6, free: 1e-4 };

type OptimizerOf =
  | { readonly name: 'adam'; readonly learningRate: number; readonly epsilon: number }
  | {
      readonly name: 'sgd';
      readonly learningRate: number;
      readonly momentum: number;
    };

const adam: OptimizerOf = { name: 'adam', learningRate: 1e-3, epsilon: 1e-7 };

/** Free runs. Only those that are `checked` must agree: the others are shown, with the noise that they have in Keras itself. */
const freeRuns: readonly {
  readonly name: string;
  readonly optimizer: OptimizerOf;
  readonly checked: boolean;
}[] = [
  { name: 'adam', optimizer: adam, checked: false },
  { name: 'adam, rate 1e-4', optimizer: { ...adam, learningRate: 1e-4 }, checked: false },
  { name: 'adam, rate 1e-5', optimizer: { ...adam, learningRate: 1e-5 }, checked: false },
  { name: 'adam, epsilon 1e-3', optimizer: { ...adam, epsilon: 1e-3 }, checked: false },
  { name: 'adam, epsilon 1', optimizer: { ...adam, epsilon: 1 }, checked: false },
  { name: 'sgd, rate 0.01', optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.9 }, checked: false },
  { name: 'sgd, rate 1e-3', optimizer: { name: 'sgd', learningRate: 1e-3, momentum: 0.9 }, checked: false },
];

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'densenet121' },
    size: { type: 'string', default: '100' },
    steps: { type: 'string', default: '10' },
  },
});
const size = Number(options.size);
const stepCount = Number(options.steps);
const model = models.find(({ name }) => name === options.model);
if (model === undefined) throw new RunError(`there is no model ${options.model} in settings.ts`);

const python = await ensurePeer('keras', streamProgress(process.stderr));
const rows = Math.ceil((stepCount * batchSize * 8) / 7) + 8;
const { experiment, images } = await benchData(model.name, size, rows);
const planOf = (optimizer: OptimizerOf) =>
  compilePlan(experiment, {
    overrides: [
      'model.tower=[batchNorm, {dropout: 0}, {dense: 128, activation: relu}]',
      `optimizer=${JSON.stringify(optimizer)}`,
    ],
    needTable: true,
  });
const { plan } = planOf(adam);
const data = await openData(plan, { cacheFolder: images });
// The experiment says nothing of it, so that it is `dataset`.
const normalization = data.normalization as ChannelStatistics;
const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
const batches = batchesOf(order, batchSize, stepCount);
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Does something with an engine that has just begun the only stage. */
function withEngine<T>(optimizer: OptimizerOf, use: (engine: Engine) => T): T {
  const { plan, networkFor } = planOf(optimizer);
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  engine.beginStage(plan.settings.stages[0]!, 0);
  try {
    return use(engine);
  } finally {
    engine.dispose();
  }
}

const stepWith = (engine: Engine, { learningRate }: OptimizerOf, step: number): number =>
  engine.train({ rows: batches[step]!, stage: 0, epoch: 0, step, learningRate, optimizerStep: step + 1 });

interface KerasRun {
  readonly name: string;
  readonly optimizer: OptimizerOf;
  /** Every weight in its next larger float32. */
  readonly perturbed?: boolean;
  readonly xla?: boolean;
  /** Folder for weights and slots before each step. */
  readonly states?: string;
}

/** @returns the losses of each run, by its name */
async function runKeras(
  runs: readonly KerasRun[],
  { threads = null, float64 = false }: { readonly threads?: number | null; readonly float64?: boolean } = {},
): Promise<Record<string, number[]>> {
  const settings = {
    model: model!.keras,
    size,
    heads: articleHeads,
    weights: firstWeights,
    pixels: data.images.file,
    mean: normalization.mean,
    std: normalization.std,
    threads,
    float64,
    runs: runs.map((run) => ({ perturbed: false, xla: false, states: null, ...run })),
    batches: batches.map((batch) => ({
      images: [...batch].map((row) => data.imageOf[row]!),
      labels: Object.fromEntries(
        data.heads.map(({ name, labels }) => [name, [...batch].map((row) => labels[row]!)]),
      ),
    })),
  };
  const file = join(folder, 'keras.json');
  writeFileSync(file, JSON.stringify(settings));
  const { code, stdout, stderr } = await runCommand(python, [fileHere('keras_ten_steps.py'), file], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', KERAS_BACKEND: 'tensorflow' },
    timeoutMs: 60 * 60_000,
  });
  if (code !== 0) throw new RunError(`keras_ten_steps.py failed:\n${lastLines(stderr, 15)}`);
  return (JSON.parse(lastLines(stdout, 1)) as { losses: Record<string, number[]> }).losses;
}

const relative = (ours: number, theirs: number): number => Math.abs(ours - theirs) / Math.abs(theirs);
/** How far two sets of tensors are apart: the norm of all differences together, by that of the second set. */
function distance(ours: EngineState, theirs: EngineState, slot: string, from?: EngineState): number {
  let apart = 0;
  let whole = 0;
  for (const [name, { values }] of theirs) {
    if (!name.startsWith(slot)) continue;
    const our = ours.get(name)!.values;
    const before = from?.get(name)?.values;
    for (let i = 0; i < values.length; i++) {
      apart += (our[i]! - values[i]!) ** 2;
      whole += (values[i]! - (before?.[i] ?? 0)) ** 2;
    }
  }
  return Math.sqrt(apart / whole);
}

/** What one step from Keras's own state gives, beside what Keras has after it. */
interface ForcedStep {
  readonly loss: number;
  readonly kerasLoss: number;
  readonly relative: number;
  /** Norm of the difference by the norm of Keras's: of all gradients, as the change of the first slot holds them. */
  readonly gradients: number;
  /** Of what the weights were changed by. */
  readonly changes: number;
}

function forcedSteps(states: string, losses: readonly number[]): ForcedStep[] {
  const stateAt = (step: number): EngineState => readSafeTensors(join(states, `${step}.safetensors`)).tensors;
  return withEngine(adam, (engine) =>
    losses.map((kerasLoss, step) => {
      const before = stateAt(step);
      const after = stateAt(step + 1);
      engine.writeState(before);
      const loss = stepWith(engine, adam, step);
      const ours = engine.readState();
      return {
        loss,
        kerasLoss,
        relative: relative(loss, kerasLoss),
        gradients: distance(ours, after, 'm/', before),
        changes: distance(ours, after, 'weights/', before),
      };
    }),
  );
}

const apart = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((loss, step) => relative(loss, theirs[step]!));
const most = (values: readonly number[]): number => Math.max(...values);

const firstWeights = join(folder, 'weights.safetensors');
const states = join(folder, 'states');
mkdirSync(states);
try {
  withEngine(adam, (engine) =>
    writeSafeTensors(firstWeights, { tensors: engine.readWeights(), metadata: {} }),
  );
  const lastBit = (name: string): string => `${name}, last bit`;
  const keras = await runKeras(
    freeRuns.flatMap(({ name, optimizer }) => [
      { name, optimizer, ...(name === 'adam' ? { states } : {}) },
      { name: lastBit(name), optimizer, perturbed: true },
    ]),
  );
  const threads = await runKeras(freeRuns, { threads: 1 });

  const forced = forcedSteps(states, keras.adam!);
  say('each step from the state that Keras has before it: loss, gradients, changes of the weights');
  forced.forEach((step, i) => {
    const parts = [step.relative, step.gradients, step.changes].map((value) => value.toExponential(1));
    say(`${String(i + 1).padStart(4)}  ${step.loss.toFixed(7)}  ${parts.join('  ')}`);
  });

  const free = freeRuns.map(({ name, optimizer, checked }) => {
    const ours = withEngine(optimizer, (engine) =>
      batches.map((_, step) => stepWith(engine, optimizer, step)),
    );
    const theirs = keras[name]!;
    return {
      name,
      optimizer,
      checked,
      losses: ours,
      kerasLosses: theirs,
      relative: apart(ours, theirs),
      kerasWithOtherLastBits: apart(keras[lastBit(name)]!, theirs),
      kerasOnOneThread: apart(threads[name]!, theirs),
    };
  });
  say('ten free steps, largest difference of a loss: ours, Keras with other last bits, Keras on one thread');
  for (const run of free) {
    const parts = [run.relative, run.kerasWithOtherLastBits, run.kerasOnOneThread].map((values) =>
      most(values).toExponential(1),
    );
    say(`  ${run.name.padEnd(24)}${parts.join('  ')}${run.checked ? '  checked' : ''}`);
  }

  const isSame = {
    forced: most(forced.map((step) => step.relative)) <= tolerance.forced,
    free: free.every((run) => !run.checked || most(run.relative) <= tolerance.free),
  };
  const { cpu, cores } = describeMachine();
  const results = {
    model: model.name,
    size,
    batchSize,
    machine: { cpu, cores },
    tolerance,
    isSame,
    forced,
    free,
  };
  writeFileSync(new URL('same-as-keras.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  console.log(isSame.forced && isSame.free ? 'the same' : `NOT the same: ${JSON.stringify(isSame)}`);
  process.exitCode = isSame.forced && isSame.free ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
