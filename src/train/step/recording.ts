/** What every recorded step is made of: the program under way, its variables, and how a step reads them. */
import type { Data } from '../../data/dataset.ts';
import { createProgram, type Program, type Variable } from '../../graph/program.ts';
import type { WeightSpec } from '../../model/network.ts';
import { type InferencePlan, planInference } from '../../network/inference/plan.ts';
import type { Narrowing } from '../../network/narrow.ts';
import { hasOwnKernels } from '../../network/own-kernels.ts';
import type { NetworkFor } from '../../plan/networks.ts';
import type { Plan, StagePlan } from '../../plan/plan.ts';
import type { tf } from '../../tensorflow/tf.ts';
import { resolveClassWeights } from '../loss/class-weights.ts';
import { type HeadTargets, mixedTargets } from '../loss/head-loss.ts';
import { logVarianceSpecs } from '../loss/log-variances.ts';
import { createLossScale, type LossScale } from './loss-scale.ts';
import { narrowingOf } from './precision.ts';
import { type DataVariables, declareData } from './program-data.ts';
import {
  averagedWeights,
  averageName,
  createUpdateVariables,
  type UpdateVariables,
} from './update-variables.ts';

export interface Recording {
  readonly program: Program;
  readonly plan: Plan;
  readonly data: Data;
  readonly networkFor: NetworkFor;
  /** Undefined where nothing is cast. */
  readonly narrowing: Narrowing | undefined;
  /** Of all weights, those that the loss learns among them. */
  readonly specs: readonly WeightSpec[];
  /** Variables of the weights, by the weights' names. */
  readonly weights: ReadonlyMap<string, Variable>;
  readonly variables: UpdateVariables;
  /** Undefined where the loss is not scaled. */
  readonly lossScale: LossScale | undefined;
  readonly batches: DataVariables;
  /** How the network of a stage is computed in evaluation; undefined for layer by layer, as in training. */
  inferenceFor(stage: StagePlan): Inference | undefined;
}

/** Evaluation by our own ops. */
export interface Inference {
  readonly plan: InferencePlan;
  /** Holds the packed weights, once they are packed. */
  readonly packed: Variable;
}

/**
 * Starts a program: declares its variables; no step is in it yet.
 * @param networkFor the network in a stage; its weights are the same in all
 * @param residence whether images are read into a variable or mapped
 */
export function createRecording(
  plan: Plan,
  data: Data,
  networkFor: NetworkFor,
  residence: 'memory' | 'file',
): Recording {
  const { stages, execution } = plan.settings;
  const program = createProgram();
  const specs = [
    ...networkFor(stages[0]!).layers.flatMap(({ weights }) => weights),
    ...logVarianceSpecs(plan),
  ];
  const weights = new Map(
    specs.map(({ name, shape }) => [name, program.variable(`weights/${name}`, { shape, dtype: 'float32' })]),
  );
  const narrowing = narrowingOf(execution.precision, program);
  return {
    program,
    plan,
    data,
    networkFor,
    narrowing,
    inferenceFor: hasOwnKernels(narrowing) ? createInferences(program, networkFor) : () => undefined,
    specs,
    weights,
    variables: createUpdateVariables(program, specs, weights),
    lossScale: execution.precision === 'float16' ? createLossScale(program) : undefined,
    batches: declareData(program, data, residence),
  };
}

/** Stages whose weights are packed in the same way share the variable. */
function createInferences(program: Program, networkFor: NetworkFor): (stage: StagePlan) => Inference {
  const known = new Map<string, Variable>();
  return (stage) => {
    const network = networkFor(stage);
    const plan = planInference(
      network,
      network.heads.map(({ layer }) => layer),
    );
    const layout = JSON.stringify(plan.steps.map(({ kind, packed, weights }) => [kind, packed, weights]));
    const packed =
      known.get(layout) ??
      program.variable(`packed/${known.size}`, { shape: [plan.packed], dtype: 'float32' });
    known.set(layout, packed);
    return { plan, packed };
  };
}

/**
 * @param labelsOfHead [B] for each head
 * @param fed what the step is fed for augmentation
 */
export function targetsOf(
  { data }: Recording,
  stage: StagePlan,
  labelsOfHead: readonly tf.Tensor1D[],
  fed: Readonly<Record<string, tf.Tensor>>,
): HeadTargets[] {
  const counts = data.heads.map((head) => ({ ...head, counts: head.trainingCounts }));
  const classWeights = resolveClassWeights(stage.loss, counts);
  return data.heads.map(({ name, classes }, h) => ({
    name,
    classes: classes.length,
    labels_B: labelsOfHead[h]!,
    mixed: mixedTargets(labelsOfHead[h]!, fed),
    classWeights: classWeights[name]!,
  }));
}

export function currentWeights({ program, weights }: Recording): Map<string, tf.Tensor> {
  return new Map([...weights].map(([name, variable]) => [name, program.read(variable)]));
}

/** The averages, where the stage has them, in place of the weights. */
export function evaluatedWeights(recording: Recording, stage: StagePlan): Map<string, tf.Tensor> {
  const { program, specs, variables } = recording;
  const all = currentWeights(recording);
  for (const spec of averagedWeights(specs, stage))
    all.set(spec.name, program.read(variables.beside(averageName(spec), spec)));
  return all;
}
