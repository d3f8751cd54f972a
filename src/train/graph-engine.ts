/** The engine that computes each step as one call of a TensorFlow graph. All that lasts lives in the graph's variables. */
import { rmSync } from 'node:fs';
import { drawBatch } from '../augmentation/draw/draws.ts';
import type { Data } from '../data/dataset.ts';
import { loadProgram, type TensorValues, type VariableValue } from '../graph/running.ts';
import type { NetworkFor } from '../plan/networks.ts';
import type { Plan } from '../plan/plan.ts';
import { nodeBackend } from '../tensorflow/ops.ts';
import { own } from '../words.ts';
import type { Engine, EngineState, LossScaling } from './engine.ts';
import { logVarianceSpecs, logVariancesOf } from './loss/log-variances.ts';
import { splitProbabilities } from './loss/probabilities.ts';
import type { HeadCounts } from './score/metrics.ts';
import { scalingFrom } from './step/loss-scale.ts';
import { CLEAR_COUNTS } from './step/program-data.ts';
import { startingWeights } from './step/starting-weights.ts';
import { recordProgram } from './step/training-program.ts';
import { updateFeeds } from './step/update.ts';

/**
 * Records all steps of the plan, loads them, and sets weights and data.
 * @param networkFor the network in a stage; its weights are the same in all
 * @param folder for the program's file, which is removed once it is loaded, unless MANYHEADS_KEEP_PROGRAM is set
 */
export function createGraphEngine(plan: Plan, data: Data, networkFor: NetworkFor, folder: string): Engine {
  const { seed, stages } = plan.settings;
  const recorded = recordProgram(plan, data, networkFor, residenceOf(plan, data));
  recorded.program.save(folder);
  const program = loadProgram(folder);
  // For TensorFlow's own tools, as saved_model_cli: src/README.md says how.
  if (!process.env.MANYHEADS_KEEP_PROGRAM) rmSync(folder, { recursive: true });
  const countNames = ['counts/sums', ...data.heads.map(({ name }) => `counts/${name}`)];

  const initial = new Map<string, TensorValues>([['data/imageOf', data.imageOf]]);
  for (const { name, labels } of data.heads) initial.set(`data/labels/${name}`, labels);
  for (const [name, values] of startingWeights(plan, networkFor)) initial.set(`weights/${name}`, values);
  for (const { name } of logVarianceSpecs(plan)) initial.set(`weights/${name}`, Float32Array.of(0));
  program.writeVariables(initial);
  if (recorded.load !== undefined) program.call(recorded.load);
  program.call(CLEAR_COUNTS);

  let stage = stages[0]!;
  let signatures = recorded.stages[0]!;
  let averages: ReadonlyMap<string, string> = new Map();
  /** Of the last step, where none of another stage or checkpoint has come in between. */
  let lossScaling: LossScaling | undefined;
  /** Are the packed weights those of evaluation? */
  let isPacked = false;

  const read = (names: readonly string[]): EngineState =>
    program.readVariables(names) as ReadonlyMap<string, VariableValue & { values: Float32Array }>;

  /** The variable that evaluation uses for a weight: its average, where it has one. */
  const evaluated = (weight: string): string => averages.get(weight) ?? weight;

  function readWeights(): EngineState {
    const values = read(recorded.weights.map(evaluated));
    return new Map(recorded.weights.map((weight) => [weight, values.get(evaluated(weight))!]));
  }

  return {
    beginStage(next, index) {
      stage = next;
      signatures = recorded.stages[index]!;
      averages = signatures.averages;
      program.call(signatures.begin);
      isPacked = false;
      lossScaling = undefined;
    },

    train(feed) {
      const { rows, stage: index, epoch, step } = feed;
      isPacked = false;
      const draws = drawBatch(stage.augmentation, {
        seed,
        stage: index,
        epoch,
        epochs: stage.epochs,
        rows,
        cacheSize: data.images.size,
        imageSize: stage.imageSize,
      });
      const { loss, scaling } = program.call(signatures.train.get(rows.length)!, {
        rows,
        ...draws,
        step,
        ...updateFeeds(stage, feed),
      });
      if (scaling !== undefined) lossScaling = scalingFrom(scaling);
      return Number(loss![0]);
    },

    evaluate(rows) {
      if (!isPacked && signatures.pack !== undefined) program.call(signatures.pack);
      isPacked = true;
      // A short batch is filled up with rows that are not counted.
      const batch = new Int32Array(stage.batchSize).fill(rows[0]!);
      batch.set(rows);
      const { probabilities } = program.call(signatures.evaluate, { rows: batch, used: rows.length });
      return splitProbabilities(probabilities as Float32Array, data.heads, rows.length);
    },

    takeCounts() {
      const counts = program.readVariables(countNames);
      program.call(CLEAR_COUNTS);
      const sums = counts.get('counts/sums')!.values;
      return Object.fromEntries(
        data.heads.map(({ name }, h): [string, HeadCounts] => [
          name,
          {
            lossSum: Number(sums[2 * h]),
            lossWeight: Number(sums[2 * h + 1]),
            confusion: Float64Array.from(counts.get(`counts/${name}`)!.values as Float32Array),
          },
        ]),
      );
    },

    putCounts(counts) {
      const values = new Map<string, Float32Array>();
      const sums = data.heads.flatMap(({ name }) => [
        own(counts, name)?.lossSum ?? 0,
        own(counts, name)?.lossWeight ?? 0,
      ]);
      values.set('counts/sums', Float32Array.from(sums));
      for (const { name, classes } of data.heads) {
        values.set(
          `counts/${name}`,
          Float32Array.from(own(counts, name)?.confusion ?? new Float32Array(classes.length ** 2)),
        );
      }
      program.writeVariables(values);
    },

    lossScaling() {
      if (recorded.lossScale === undefined) return null;
      const { scale, skippedSteps } = recorded.lossScale;
      lossScaling ??= scalingFrom(
        [scale, skippedSteps].map(({ name }) => Number(program.readVariables([name]).get(name)!.values[0])),
      );
      return lossScaling;
    },

    logVariances() {
      const specs = stage.loss.headWeights === 'uncertainty' ? logVarianceSpecs(plan) : [];
      if (specs.length === 0) return {};
      const values = program.readVariables(specs.map(({ name }) => evaluated(`weights/${name}`)));
      return logVariancesOf(stage.loss, (weight) =>
        Number(values.get(evaluated(`weights/${weight}`))!.values[0]),
      );
    },
    endStage() {
      if (averages.size > 0) program.writeVariables(readWeights());
      averages = new Map();
      isPacked = false;
    },

    readWeights,
    readState: () => read([...recorded.weights, ...signatures.state]),
    writeState(state) {
      program.writeVariables(state);
      lossScaling = undefined;
      isPacked = false;
    },
    dispose: () => program.dispose(),
  };
}

/** Images of more bytes than this stay outside a GPU unless the file says otherwise. */
const GPU_IMAGE_BYTES = 4e9;

function residenceOf({ execution: { residence } }: Plan, { images }: Data): 'memory' | 'file' {
  if (residence !== 'auto') return residence;
  // On a CPU the pages of the file are the memory: read once, and shared with other processes.
  return nodeBackend().isUsingGpuDevice && images.byteLength <= GPU_IMAGE_BYTES ? 'memory' : 'file';
}
