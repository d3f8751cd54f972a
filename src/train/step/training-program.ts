/**
 * All steps of a plan as one program: what the network's weights, the optimizers' slots, the images and the counts are
 * as variables, and the training and evaluation step of each stage as signatures.
 */

import { colourNames } from '../../augmentation/draw/colours.ts';
import { feedsOf } from '../../augmentation/draw/draws.ts';
import { batchesOf } from '../../data/batches.ts';
import type { Data } from '../../data/dataset.ts';
import { createProgram, type Program } from '../../graph/program.ts';
import type { NetworkFor } from '../../plan/networks.ts';
import type { Plan } from '../../plan/plan.ts';
import { logVarianceSpecs } from '../loss/log-variances.ts';
import { addEvaluate } from './evaluate-step.ts';
import { updateSettings } from './graph-update.ts';
import { createLossScale, type LossScale, lossScaleVariables, recordFirstScale } from './loss-scale.ts';
import { narrowingOf } from './precision.ts';
import { declareData } from './program-data.ts';
import type { Recording } from './recording.ts';
import { addTrain } from './train-step.ts';
import { createUpdateVariables, recordBegin, updateState } from './update-variables.ts';

/** Names of the signatures of one stage. Stages whose steps are the same share them. */
export interface StageSignatures {
  /** Sets slots and sums of gradients to zero, averages to the weights. */
  readonly begin: string;
  /** Training step by the number of rows that it takes. */
  readonly train: ReadonlyMap<number, string>;
  /** Takes a full batch, of which some rows may only fill it up. */
  readonly evaluate: string;
  /** Variables that updates keep besides the weights, as `<slot>/<weight>`. */
  readonly state: readonly string[];
  /** Of each weight that is averaged, by the weight's variable, the average's. */
  readonly averages: ReadonlyMap<string, string>;
}

export interface TrainingProgram {
  readonly program: Program;
  readonly stages: readonly StageSignatures[];
  /** Names of the weights' variables, `weights/<weight>`. */
  readonly weights: readonly string[];
  /** Undefined where the loss is not scaled. */
  readonly lossScale: LossScale | undefined;
  /** Reads the image cache into its variable; undefined where the file is mapped. */
  readonly load: string | undefined;
}

/**
 * @param networkFor the network in a stage; its weights are the same in all
 * @param residence whether images are read into a variable or mapped
 */
export function recordProgram(
  plan: Plan,
  data: Data,
  networkFor: NetworkFor,
  residence: 'memory' | 'file',
): TrainingProgram {
  const { stages, execution } = plan.settings;
  const program = createProgram();
  const specs = [
    ...networkFor(stages[0]!).layers.flatMap(({ weights }) => weights),
    ...logVarianceSpecs(plan),
  ];

  const weights = new Map(
    specs.map((spec) => [
      spec.name,
      program.variable(`weights/${spec.name}`, { shape: spec.shape, dtype: 'float32' }),
    ]),
  );
  const variables = createUpdateVariables(program, specs, weights);
  const lossScale = execution.precision === 'float16' ? createLossScale(program) : undefined;
  const batches = declareData(program, data, residence);

  const recording: Recording = {
    program,
    plan,
    data,
    networkFor,
    narrowing: narrowingOf(execution.precision, program),
    specs,
    weights,
    variables,
    lossScale,
    batches,
  };

  const known = new Map<string, string>();
  /** The signature that computes this, made where it is not there yet. */
  function once(kind: string, stageName: string, content: unknown, add: (name: string) => void): string {
    const key = `${kind} ${JSON.stringify(content)}`;
    const name = known.get(key) ?? `${kind}/${stageName}`;
    if (!known.has(key)) add(name);
    known.set(key, name);
    return name;
  }

  const signatures = stages.map((stage): StageSignatures => {
    const { imageSize, batchSize, trainable, dropout, stochasticDepth, loss, augmentation } = stage;
    const { fillMode, fillValue } = augmentation;
    const step = {
      imageSize,
      trainable,
      dropout,
      stochasticDepth,
      loss,
      update: updateSettings(stage),
      feeds: [...feedsOf(augmentation)],
      colours: colourNames(augmentation),
      fillMode,
      fillValue,
    };
    const rowsOfBatches = batchesOf(data.split.training, stage.batchSize, stage.stepsPerEpoch);
    const train = [...new Set(rowsOfBatches.map(({ length }) => length))].map((rows): [number, string] => [
      rows,
      once(`train${rows}`, stage.name, { rows, ...step }, (name) => addTrain(recording, name, stage, rows)),
    ]);
    const state = updateState(variables, stage);
    const { zeros, averages } = state;
    const scaling = lossScale === undefined ? [] : lossScaleVariables(lossScale);
    const names = [...zeros, ...averages.values(), ...scaling].map(({ name }) => name);
    return {
      train: new Map(train),
      begin: once('begin', stage.name, names, (name) => {
        program.signature(name, {
          inputs: {},
          record() {
            recordBegin(program, state);
            if (lossScale !== undefined) recordFirstScale(program, lossScale);
            return {};
          },
        });
      }),
      evaluate: once(
        'evaluate',
        stage.name,
        {
          imageSize,
          batchSize,
          loss,
          fillMode,
          fillValue,
          averages: [...averages.values()].map(({ name }) => name),
        },
        (name) => addEvaluate(recording, name, stage),
      ),
      state: names,
      averages: new Map([...averages].map(([weight, average]) => [weight.name, average.name])),
    };
  });
  return {
    program,
    stages: signatures,
    weights: [...weights.values()].map(({ name }) => name),
    lossScale,
    load: batches.load,
  };
}
