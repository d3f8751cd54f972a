/**
 * What a recorded step does with its gradients: from them, a learning rate and the variables to changed variables.
 * Everything that is asked for by no stage adds no op.
 */
import type { Program, Variable } from '../graph/program.ts';
import type { TensorSpec } from '../graph/types.ts';
import type { WeightSpec } from '../model/network.ts';
import type { StagePlan } from '../plan/plan.ts';
import { tf } from '../runtime/tf.ts';
import { movesMomentum } from '../schedule/schedule.ts';
import type { StepFeed } from './engine.ts';
import { graphOptimizerFor } from './graph-optimizers.ts';
import { withMomentum } from './optimizers.ts';

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };
const MOMENTUM = 'momentum';

/** A weight that the step changes. */
export interface Target {
  readonly spec: WeightSpec;
  readonly weight: Variable;
  /** In the order of the optimizer's own. */
  readonly slots: readonly Variable[];
  readonly gradient: tf.Tensor;
}

/** The settings of a stage that its recorded updates depend on; stages that agree in them may share a step. */
export function updateSettings(stage: StagePlan): unknown {
  const { learningRate: _, ...optimizer } = stage.optimizer;
  const { learningRateFactors } = stage;
  return { optimizer, learningRateFactors, movesMomentum: movesMomentum(stage.learningRatePolicy) };
}

/** What a step is fed for its updates. */
export function updateInputs(stage: StagePlan): Record<string, TensorSpec> {
  const names = [...graphOptimizerFor(stage.optimizer).feedNames];
  if (movesMomentum(stage.learningRatePolicy)) names.push(MOMENTUM);
  return Object.fromEntries(names.map((name) => [name, SCALAR]));
}

export function updateFeeds(
  stage: StagePlan,
  { learningRate, momentum, optimizerStep }: StepFeed,
): Record<string, number> {
  const settings = withMomentum(stage.optimizer, momentum);
  return {
    ...graphOptimizerFor(settings).feeds(settings, learningRate, optimizerStep),
    ...(movesMomentum(stage.learningRatePolicy) ? { [MOMENTUM]: momentum! } : {}),
  };
}

/** @param inputs those of `updateInputs`, and any others */
export function recordUpdate(
  program: Program,
  stage: StagePlan,
  targets: readonly Target[],
  inputs: Readonly<Record<string, tf.Tensor>>,
): void {
  const optimizer = graphOptimizerFor(stage.optimizer);
  const rates = new Map<number, tf.Tensor>([[1, inputs.learningRate!]]);
  const rateOf = (factor: number): tf.Tensor => {
    const rate = rates.get(factor) ?? tf.mul(inputs.learningRate!, factor);
    rates.set(factor, rate);
    return rate;
  };
  for (const { spec, weight, slots, gradient } of targets) {
    optimizer.apply(program, stage.optimizer, {
      weight,
      slots,
      gradient,
      learningRate: rateOf(stage.learningRateFactors[spec.part]),
      momentum: inputs[MOMENTUM],
      feeds: inputs,
    });
  }
}
