/**
 * Which tensors a stage's updates change, and the variables that they need besides the weights: the optimizer's slots
 * as `<slot>/<weight>`, sums of gradients as `gradients/<weight>`, moving averages as `averages/<weight>`.
 */

import type { Program, Variable } from '../../graph/program.ts';
import type { WeightSpec } from '../../model/network.ts';
import type { StagePlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { isLogVariance, trainedLogVariances } from '../loss/log-variances.ts';
import { optimizerFor } from './optimizers.ts';

/** The weights that a stage changes by their gradients. */
export function trainedWeights(specs: readonly WeightSpec[], { trainable, loss }: StagePlan): WeightSpec[] {
  const ofLoss = trainedLogVariances(loss);
  return specs.filter((spec) =>
    isLogVariance(spec.name) ? ofLoss.includes(spec.name) : spec.trainable && trainable.includes(spec.part),
  );
}

/** The weights that a stage averages: what it trains, and the statistics of batch norm among them. */
export function averagedWeights(specs: readonly WeightSpec[], stage: StagePlan): WeightSpec[] {
  if (stage.optimizer.averageWeights === null) return [];
  const trained = trainedWeights(specs, stage);
  return specs.filter(
    (spec) => trained.includes(spec) || (!spec.trainable && stage.trainable.includes(spec.part)),
  );
}

export function slotNames({ optimizer }: StagePlan, { name }: WeightSpec): string[] {
  return optimizerFor(optimizer)
    .slots(optimizer)
    .map((slot) => `${slot}/${name}`);
}

export const gradientName = ({ name }: WeightSpec): string => `gradients/${name}`;
export const averageName = ({ name }: WeightSpec): string => `averages/${name}`;

export interface UpdateVariables {
  readonly specs: readonly WeightSpec[];
  weight(spec: WeightSpec): Variable;
  /** A variable of the shape of a weight, which is made where it is not there yet. */
  beside(name: string, spec: WeightSpec): Variable;
}

/** @param weights by their names without `weights/` */
export function createUpdateVariables(
  program: Program,
  specs: readonly WeightSpec[],
  weights: ReadonlyMap<string, Variable>,
): UpdateVariables {
  const made = new Map<string, Variable>();
  return {
    specs,
    weight: ({ name }) => weights.get(name)!,
    beside(name, { shape }) {
      const variable = made.get(name) ?? program.variable(name, { shape, dtype: 'float32' });
      made.set(name, variable);
      return variable;
    },
  };
}

/** What a stage's updates keep from step to step besides the weights, and how it begins. */
export interface UpdateState {
  /** Zero at the start of the stage. */
  readonly zeros: readonly Variable[];
  /** Average of each weight, which is the weight at the start of the stage. */
  readonly averages: ReadonlyMap<Variable, Variable>;
}

export function updateState(variables: UpdateVariables, stage: StagePlan): UpdateState {
  const { specs, beside, weight } = variables;
  const trained = trainedWeights(specs, stage);
  const sums = stage.optimizer.accumulateGradients > 1 ? trained : [];
  return {
    zeros: [
      ...trained.flatMap((spec) => slotNames(stage, spec).map((name) => beside(name, spec))),
      ...sums.map((spec) => beside(gradientName(spec), spec)),
    ],
    averages: new Map(
      averagedWeights(specs, stage).map((spec) => [weight(spec), beside(averageName(spec), spec)]),
    ),
  };
}

/** Recorded in a signature: the state at the start of a stage. */
export function recordBegin(program: Program, { zeros, averages }: UpdateState): void {
  for (const variable of zeros) program.assign(variable, tf.zeros([...variable.shape]));
  for (const [weight, average] of averages) program.assign(average, program.read(weight));
}
