/**
 * Ten steps of training beside Keras: the same first weights, batches and optimizer, no augmentation and no dropout. Prints
 * both lists of losses, and those of our eager engine; ends with 1 where they differ by more than one part in 10,000.
 *
 *   node --import tsx test/bench/same-as-keras.ts [--size 100] [--steps 10] [--learning-rate 1e-3] [--epsilon 1e-7] [--no-eager] [--float64]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import { openData } from '../../src/data/dataset.ts';
import { RunError } from '../../src/errors.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { lastLines, runCommand } from '../../src/runtime/command.ts';
import { streamProgress } from '../../src/runtime/progress.ts';
import { createEagerEngine } from '../../src/train/eager.ts';
import type { Engine } from '../../src/train/engine.ts';
import { createGraphEngine } from '../../src/train/graph.ts';
import { writeSafeTensors } from '../../src/train/safetensors.ts';
import { benchData } from './data.ts';
import { ensurePeer } from './environments.ts';
import { fileHere } from './process.ts';
import { articleHeads, batchSize, models } from './settings.ts';

const tolerance = 1e-4;

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '100' },
    steps: { type: 'string', default: '10' },
    'learning-rate': { type: 'string', default: '1e-3' },
    // A larger one keeps Adam's first steps from taking the sign of a gradient that is no more than rounding.
    epsilon: { type: 'string', default: '1e-7' },
    'no-eager': { type: 'boolean', default: false },
    // Keras in double precision: shows which of two single-precision results is nearer to the true one.
    float64: { type: 'boolean', default: false },
  },
});
const size = Number(options.size);
const stepCount = Number(options.steps);
const model = models[0]!;

const python = await ensurePeer('keras', streamProgress(process.stderr));
const { experiment, images } = await benchData(
  model.name,
  size,
  Math.ceil((stepCount * batchSize * 8) / 7) + 8,
);
const { plan, networkFor } = compilePlan(experiment, {
  overrides: [
    'model.tower=[batchNorm, {dropout: 0}, {dense: 128, activation: relu}]',
    `optimizer={name: adam, learningRate: ${options['learning-rate']}, epsilon: ${options.epsilon}}`,
  ],
  needTable: true,
});
const data = await openData(plan, { cacheFolder: images });
const stage = plan.settings.stages[0]!;
const order = trainingOrder(data.split.training, plan.settings.seed, 0, 0);
const batches = batchesOf(order, batchSize, stepCount);
const folder = mkdtempSync(join(tmpdir(), 'manyheads-bench-'));

function lossesOf(engine: Engine): number[] {
  engine.beginStage(stage, 0);
  const { learningRate } = stage.optimizer;
  return batches.map((rows, step) =>
    engine.train({ rows, stage: 0, epoch: 0, step, learningRate, optimizerStep: step + 1 }),
  );
}

async function lossesOfKeras(weights: string): Promise<number[]> {
  if (stage.optimizer.name !== 'adam') throw new Error('expected Adam');
  const settings = {
    model: model.keras,
    size,
    heads: articleHeads,
    weights,
    pixels: data.images.file,
    mean: data.normalization.mean,
    std: data.normalization.std,
    learningRate: stage.optimizer.learningRate,
    epsilon: stage.optimizer.epsilon,
    float64: options.float64,
    batches: batches.map((rows) => ({
      images: [...rows].map((row) => data.imageOf[row]!),
      labels: Object.fromEntries(
        data.heads.map(({ name, labels }) => [name, [...rows].map((row) => labels[row]!)]),
      ),
    })),
  };
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2', KERAS_BACKEND: 'tensorflow' };
  const { code, stdout, stderr } = await runCommand(
    python,
    [fileHere('keras_ten_steps.py'), JSON.stringify(settings)],
    { env, timeoutMs: 20 * 60_000 },
  );
  if (code !== 0) throw new RunError(`keras_ten_steps.py failed:\n${lastLines(stderr, 15)}`);
  return (JSON.parse(lastLines(stdout, 1)) as { losses: number[] }).losses;
}

const graph = createGraphEngine(plan, data, networkFor, join(folder, 'program'));
const weights = join(folder, 'weights.safetensors');
writeSafeTensors(weights, { tensors: graph.readWeights(), metadata: {} });
const ours = lossesOf(graph);
graph.dispose();
const keras = await lossesOfKeras(weights);
const eager = options['no-eager'] ? undefined : lossesOf(createEagerEngine(plan, data, networkFor));
rmSync(folder, { recursive: true });

const difference = (loss: number, other: number): number => Math.abs(loss - other) / Math.abs(other);
console.log(
  `${model.name}, ${size} px, batch ${batchSize}, Adam ${options['learning-rate']}, epsilon ${options.epsilon}, eight heads`,
);
console.log('step  graph         Keras         relative    eager         relative');
ours.forEach((loss, i) => {
  const cells = [String(i + 1).padStart(4), loss.toFixed(8).padEnd(12), keras[i]!.toFixed(8).padEnd(12)];
  cells.push(difference(loss, keras[i]!).toExponential(2).padEnd(10));
  if (eager) cells.push(eager[i]!.toFixed(8).padEnd(12), difference(loss, eager[i]!).toExponential(2));
  console.log(cells.join('  '));
});
const worst = Math.max(...ours.map((loss, i) => difference(loss, keras[i]!)));
const worstEager = eager ? Math.max(...ours.map((loss, i) => difference(loss, eager[i]!))) : 0;
const isSame = worst <= tolerance && worstEager <= tolerance;
console.log(
  `${isSame ? 'the same' : 'NOT the same'}: at most ${worst.toExponential(2)} from Keras` +
    `${eager ? `, ${worstEager.toExponential(2)} from the eager engine` : ''}; ${tolerance} is allowed`,
);
process.exitCode = isSame ? 0 : 1;
