/**
 * Ten steps of training beside Keras: the same weights, batches and optimizer, no augmentation and no dropout. Writes what
 * it finds to same-as-keras.json; ends with 1 where one of its two checks fails.
 *
 *   1. Each step alone (`forced`): before it, weights and Adam's slots are set to those that Keras has there. The loss must
 *      be Keras's to 1e-5. Keras in double precision says how far Keras in single precision is from the truth, and how far
 *      we are: over all steps, our gradients must not be farther from it than twice what Keras's are.
 *   2. Ten free steps (`free`) with several optimizers, beside ten of Keras from weights that differ in their last bit:
 *      what it drifts from itself is rounding alone. The losses must agree to 1e-4 throughout,
 *      or to three times that drift where it is larger.
 *
 *   node --import tsx test/bench/same-as-keras.ts [--model densenet121] [--size 100] [--steps 10] [--optimizer NAME]
 *
 * With `--optimizer`, the free steps are those of one run by its name in `freeRuns`, and no file is written.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ChannelStatistics } from '../../src/augmentation/normalization.ts';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import { openData } from '../../src/data/dataset.ts';
import { RunError } from '../../src/errors.ts';
import { lastLines, runCommand } from '../../src/machine/command.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { streamProgress } from '../../src/setup/progress.ts';
import type { Engine, EngineState } from '../../src/train/engine.ts';
import { createGraphEngine } from '../../src/train/graph-engine.ts';
import { readSafeTensors, writeSafeTensors } from '../../src/weights/safetensors.ts';
import { benchData } from './data.ts';
import { ensurePeer } from './environments.ts';
import { describeMachine } from './machine.ts';
import { fileHere } from './process.ts';
import { articleHeads, batchSize, models } from './settings.ts';

/**
 * Of a loss, in one step from the same state and in ten free ones; how many times Keras's own error a gradient may have; how
 * many times Keras's own drift ours may be: two runs drift by other amounts from each other, of the same order.
 */
const tolerance = { forced: 1e-5, free: 1e-4, gradients: 2, drift: 3 };

interface AdamOf {
  readonly name: 'adam';
  readonly learningRate: number;
  readonly epsilon: number;
}

const adam: AdamOf = { name: 'adam', learningRate: 1e-3, epsilon: 1e-7 };

interface SgdOf {
  readonly name: 'sgd';
  readonly learningRate: number;
  readonly momentum: number;
}

interface FreeRun {
  readonly name: string;
  readonly optimizer: AdamOf | SgdOf;
  /** Otherwise frozen: towers and heads alone are trained. */
  readonly backboneTrained: boolean;
}

const sgd: SgdOf = { name: 'sgd', learningRate: 0.01, momentum: 0.9 };

/** Adam's first steps are the gradients' signs, large however small these are: a large epsilon takes that away. */
const freeRuns: readonly FreeRun[] = [
  { name: 'adam', optimizer: adam, backboneTrained: true },
  { name: 'adam-epsilon', optimizer: { ...adam, learningRate: 1e-4, epsilon: 1e-3 }, backboneTrained: true },
  { name: 'adam-slow', optimizer: { ...adam, learningRate: 1e-6 }, backboneTrained: true },
  { name: 'sgd', optimizer: sgd, backboneTrained: true },
  { name: 'sgd-slow', optimizer: { ...sgd, learningRate: 0.001 }, backboneTrained: true },
  { name: 'adam-frozen', optimizer: adam, backboneTrained: false },
];

type Verdict = 'the same' | "within Keras's drift" | 'DIFFERENT';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string', default: 'densenet121' },
    size: { type: 'string', default: '100' },
    steps: { type: 'string', default: '10' },
    optimizer: { type: 'string' },
  },
});
const size = Number(options.size);
const stepCount = Number(options.steps);
const model = models.find(({ name }) => name === options.model);
if (model === undefined) throw new RunError(`there is no model ${options.model} in settings.ts`);
const chosen =
  options.optimizer === undefined ? freeRuns : freeRuns.filter(({ name }) => name === options.optimizer);
if (chosen.length === 0)
  throw new RunError(
    `there is no run ${options.optimizer}; there are ${freeRuns.map(({ name }) => name).join(', ')}`,
  );

const python = await ensurePeer('keras', streamProgress(process.stderr));
const rows = Math.ceil((stepCount * batchSize * 8) / 7) + 8;
const { experiment, images } = await benchData(model.name, size, rows);
const planOf = ({ optimizer, backboneTrained }: Pick<FreeRun, 'optimizer' | 'backboneTrained'>) =>
  compilePlan(experiment, {
    overrides: [
      'model.tower=[batchNorm, {dropout: 0}, {dense: 128, activation: relu}]',
      `optimizer=${JSON.stringify(optimizer)}`,
      `stages[0].trainable=[${backboneTrained ? 'backbone, ' : ''}tower, heads]`,
    ],
    needTable: true,
  });
const { plan } = planOf(freeRuns[0]!);
const data = await openData(plan, { cacheFolder: images });
// The experiment says nothing of it, so that it is `dataset`.
const normalization = data.normalization as ChannelStatistics;
const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
const batches = batchesOf(order, { batchSize, stepsPerEpoch: stepCount, lastBatch: 'short' });
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Does something with an engine that has just begun the only stage. */
function withEngine<T>(run: FreeRun, use: (engine: Engine) => T): T {
  const { plan, networkFor } = planOf(run);
  const engine = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
  engine.beginStage(plan.settings.stages[0]!, 0);
  try {
    return use(engine);
  } finally {
    engine.dispose();
  }
}

const stepWith = (engine: Engine, { optimizer: { learningRate } }: FreeRun, step: number): number =>
  engine.train({ rows: batches[step]!, stage: 0, epoch: 0, step, learningRate, optimizerStep: step + 1 });

interface KerasRun extends FreeRun {
  /** Every weight in its next larger float32. */
  readonly perturbed?: boolean;
  /** Folder for weights and slots before each step. */
  readonly states?: string;
}

/**
 * @param gradientsOf folder of states: their losses and gradients are computed in double precision, in place of runs
 * @returns the losses of each run by its name; `float64` for those in double precision
 */
async function runKeras(
  runs: readonly KerasRun[],
  gradientsOf: string | null = null,
): Promise<Record<string, number[]>> {
  const settings = {
    model: model!.keras,
    size,
    heads: articleHeads,
    weights: firstWeights,
    pixels: data.images.file,
    mean: normalization.mean,
    std: normalization.std,
    gradientsOf,
    runs: runs.map((run) => ({ perturbed: false, states: null, ...run })),
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
const stateAt = (step: number): EngineState => readSafeTensors(join(states, `${step}.safetensors`)).tensors;

/** Gradients of a step, by `m/<weight>`: m ← m + (1 - β₁)(g - m). */
function gradientsOf(before: EngineState, after: EngineState): Map<string, Float64Array> {
  const beta1 = 0.9;
  return new Map(
    [...after]
      .filter(([name]) => name.startsWith('m/'))
      .map(([name, { values }]) => {
        const old = before.get(name)!.values;
        return [name, Float64Array.from(values, (m, i) => (m - beta1 * old[i]!) / (1 - beta1))];
      }),
  );
}

/** Norm of all differences together, by the norm of the second set. */
function distance(
  ours: ReadonlyMap<string, ArrayLike<number>>,
  theirs: ReadonlyMap<string, ArrayLike<number>>,
): number {
  let apart = 0;
  let whole = 0;
  for (const [name, values] of theirs) {
    const our = ours.get(name)!;
    for (let i = 0; i < values.length; i++) {
      apart += (our[i]! - values[i]!) ** 2;
      whole += values[i]! ** 2;
    }
  }
  return Math.sqrt(apart / whole);
}

/** One step from Keras's own state: ours and Keras's in single precision, and Keras's in double. */
interface ForcedStep {
  readonly loss: number;
  readonly kerasLoss: number;
  readonly doubleLoss: number;
  /** Of the losses, relative: ours from Keras's, ours from the double one, Keras's from the double one. */
  readonly fromKeras: number;
  readonly fromDouble: number;
  readonly kerasFromDouble: number;
  /** Of the gradients: norm of the difference by the norm of those in double precision. */
  readonly gradientsFromDouble: number;
  readonly kerasGradientsFromDouble: number;
}

function forcedSteps(kerasLosses: readonly number[], doubleLosses: readonly number[]): ForcedStep[] {
  return withEngine(freeRuns[0]!, (engine) =>
    kerasLosses.map((kerasLoss, step) => {
      const before = stateAt(step);
      engine.writeState(before);
      const loss = stepWith(engine, freeRuns[0]!, step);
      const doubleLoss = doubleLosses[step]!;
      const file = join(states, `${step}.gradients.safetensors`);
      const exact = new Map([...readSafeTensors(file).tensors].map(([name, { values }]) => [name, values]));
      return {
        loss,
        kerasLoss,
        doubleLoss,
        fromKeras: relative(loss, kerasLoss),
        fromDouble: relative(loss, doubleLoss),
        kerasFromDouble: relative(kerasLoss, doubleLoss),
        gradientsFromDouble: distance(gradientsOf(before, engine.readState()), exact),
        kerasGradientsFromDouble: distance(gradientsOf(before, stateAt(step + 1)), exact),
      };
    }),
  );
}

const apart = (ours: readonly number[], theirs: readonly number[]): number[] =>
  ours.map((loss, step) => relative(loss, theirs[step]!));
const most = (values: readonly number[]): number => Math.max(...values);
const rootMeanSquare = (values: readonly number[]): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
const short = (value: number): string => value.toExponential(1).padStart(9);

const firstWeights = join(folder, 'weights.safetensors');
const states = join(folder, 'states');
mkdirSync(states);
try {
  withEngine(freeRuns[0]!, (engine) =>
    writeSafeTensors(firstWeights, { tensors: engine.readWeights(), metadata: {} }),
  );
  const lastBit = (name: string): string => `${name}, last bit`;
  const keras = await runKeras([
    { ...freeRuns[0]!, states },
    ...chosen.flatMap((run) => [
      ...(run === freeRuns[0] ? [] : [run]),
      { ...run, name: lastBit(run.name), perturbed: true },
    ]),
  ]);
  const { float64 } = await runKeras([], states);

  const forced = forcedSteps(keras.adam!, float64!);
  say(
    'One step from the state that Keras has before it. Losses: ours from Keras, ours and Keras from double',
  );
  say('precision. Gradients: ours and Keras from double precision.');
  forced.forEach((step, i) => {
    const losses = [step.fromKeras, step.fromDouble, step.kerasFromDouble];
    const gradients = [step.gradientsFromDouble, step.kerasGradientsFromDouble];
    say(`${String(i + 1).padStart(4)} ${[...losses, ...gradients].map(short).join('')}`);
  });

  const free = chosen.map((run) => {
    const losses = withEngine(run, (engine) => batches.map((_, step) => stepWith(engine, run, step)));
    const kerasLosses = keras[run.name]!;
    const fromKeras = apart(losses, kerasLosses);
    // How far Keras drifts from itself.
    const kerasDrift = apart(keras[lastBit(run.name)]!, kerasLosses);
    const largest = most(fromKeras);
    const verdict: Verdict =
      largest <= tolerance.free
        ? 'the same'
        : largest <= tolerance.drift * most(kerasDrift)
          ? "within Keras's drift"
          : 'DIFFERENT';
    return { ...run, verdict, losses, kerasLosses, fromKeras, kerasDrift };
  });
  say(
    'Ten free steps, the largest difference of a loss: ours from Keras, Keras from itself with other last bits',
  );
  for (const { name, fromKeras, kerasDrift, verdict } of free)
    say(`  ${name.padEnd(14)}${short(most(fromKeras))}${short(most(kerasDrift))}  ${verdict}`);

  const isSame = {
    forcedLosses: most(forced.map((step) => step.fromKeras)) <= tolerance.forced,
    forcedGradients:
      rootMeanSquare(forced.map((step) => step.gradientsFromDouble)) <=
      tolerance.gradients * rootMeanSquare(forced.map((step) => step.kerasGradientsFromDouble)),
    free: free.every(({ verdict }) => verdict !== 'DIFFERENT'),
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
  if (options.optimizer === undefined)
    writeFileSync(new URL('same-as-keras.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`);
  const isAll = Object.values(isSame).every(Boolean);
  console.log(isAll ? 'the same' : `NOT the same: ${JSON.stringify(isSame)}`);
  process.exitCode = isAll ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
