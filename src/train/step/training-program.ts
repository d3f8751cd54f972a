/**
 * All steps of a plan as one program: what the network's weights, the optimizers' slots, the images and the counts are
 * as variables, and the training and evaluation step of each stage as signatures.
 */

import { batchesOf } from '../../data/batches.ts';
import type { Data } from '../../data/dataset.ts';
import type { Program } from '../../graph/program.ts';
import type { NetworkFor } from '../../plan/networks.ts';
import type { Plan, StagePlan } from '../../plan/plan.ts';
import { addEvaluate, addPack } from './evaluate-step.ts';
import { type LossScale, lossScaleVariables, recordFirstScale } from './loss-scale.ts';
import { createRecording } from './recording.ts';
import { evaluationKey, trainingKey } from './shared-steps.ts';
import { addTrain } from './train-step.ts';
import { recordBegin, updateState } from './update-variables.ts';

/** Names of the signatures of one stage. Stages whose steps are the same share them. */
export interface StageSignatures {
  /** Sets slots and sums of gradients to zero, averages to the weights. */
  readonly begin: string;
  /** Training step by the number of rows that it takes. */
  readonly train: ReadonlyMap<number, string>;
  /** Comes before the first batch of an evaluation whenever weights have changed; undefined where nothing has to. */
  readonly pack: string | undefined;
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
  const recording = createRecording(plan, data, networkFor, residence);
  const { program, weights, variables, lossScale } = recording;
  const known = new Map<string, string>();
  /** The signature of this key, made where it is not there yet. */
  function once(kind: string, stageName: string, content: string, add: (name: string) => void): string {
    const key = `${kind} ${content}`;
    const name = known.get(key) ?? `${kind}/${stageName}`;
    if (!known.has(key)) add(name);
    known.set(key, name);
    return name;
  }

  function recordPack(stage: StagePlan, averageNames: readonly string[]): string | undefined {
    const inference = recording.inferenceFor(stage);
    if (inference === undefined) return undefined;
    return once('pack', stage.name, [inference.packed.name, ...averageNames].join('\n'), (name) =>
      addPack(recording, name, stage),
    );
  }

  const signatures = plan.settings.stages.map((stage): StageSignatures => {
    const batches = batchesOf(data.split.training, stage);
    const train = [...new Set(batches.map(({ length }) => length))].map((rows): [number, string] => [
      rows,
      once(`train${rows}`, stage.name, trainingKey(stage, rows), (name) =>
        addTrain(recording, name, stage, rows),
      ),
    ]);
    const state = updateState(variables, stage);
    const { zeros, averages } = state;
    const scaling = lossScale === undefined ? [] : lossScaleVariables(lossScale);
    const averageNames = [...averages.values()].map(({ name }) => name);
    const names = [...zeros, ...averages.values(), ...scaling].map(({ name }) => name);
    return {
      train: new Map(train),
      begin: once('begin', stage.name, names.join('\n'), (name) => {
        program.signature(name, {
          inputs: {},
          record() {
            recordBegin(program, state);
            if (lossScale !== undefined) recordFirstScale(program, lossScale);
            return {};
          },
        });
      }),
      pack: recordPack(stage, averageNames),
      evaluate: once('evaluate', stage.name, evaluationKey(stage, averageNames), (name) =>
        addEvaluate(recording, name, stage),
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
    load: recording.batches.load,
  };
}
