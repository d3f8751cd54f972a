/** What every recorded step is made of: the program under way, its variables, and how a step reads them. */
import type { Data } from '../../data/dataset.ts';
import type { Program, Variable } from '../../graph/program.ts';
import type { WeightSpec } from '../../model/network.ts';
import type { Narrowing } from '../../network/narrow.ts';
import type { NetworkFor } from '../../plan/networks.ts';
import type { Plan, StagePlan } from '../../plan/plan.ts';
import type { tf } from '../../tensorflow/tf.ts';
import { resolveClassWeights } from '../loss/class-weights.ts';
import { type HeadTargets, mixedTargets } from '../loss/head-loss.ts';
import type { LossScale } from './loss-scale.ts';
import type { DataVariables } from './program-data.ts';
import { averagedWeights, averageName, type UpdateVariables } from './update-variables.ts';

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
