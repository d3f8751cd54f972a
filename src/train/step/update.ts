/**
 * What a recorded step does with its gradients. What a stage does not ask for adds no op.
 *
 *   gradients ─▶ norm, finite? ─▶ sum over batches ─▶ mean ─▶ clip ─▶ decay ─▶ optimizer ─▶ moving averages
 */

import type { Program, Variable } from '../../graph/program.ts';
import type { TensorSpec } from '../../graph/types.ts';
import type { StagePlan } from '../../plan/plan.ts';
import { movesMomentum } from '../../schedule/schedule.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { StepFeed } from '../engine.ts';
import { clipFactor, decays, globalNorm, isDecoupled, withMomentum } from './gradients.ts';
import { optimizerFor } from './optimizers.ts';
import {
  gradientName,
  slotNames,
  trainedWeights,
  type UpdateVariables,
  updateState,
} from './update-variables.ts';

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };
const MOMENTUM = 'momentum';
/** Batches whose mean is to be applied, 0 for none yet; a feed where a stage accumulates gradients. */
export const ACCUMULATED = 'accumulated';

/** What a step is fed for its updates. */
export function updateInputs(stage: StagePlan): Record<string, TensorSpec> {
  const names = [...optimizerFor(stage.optimizer).feedNames];
  if (movesMomentum(stage.learningRatePolicy)) names.push(MOMENTUM);
  if (stage.optimizer.accumulateGradients > 1) names.push(ACCUMULATED);
  return Object.fromEntries(names.map((name) => [name, SCALAR]));
}

export function updateFeeds(stage: StagePlan, feed: StepFeed): Record<string, number> {
  const { learningRate, momentum, optimizerStep, accumulated = 1 } = feed;
  const settings = withMomentum(stage.optimizer, momentum);
  return {
    ...optimizerFor(settings).feeds(settings, learningRate, optimizerStep),
    ...(movesMomentum(stage.learningRatePolicy) ? { [MOMENTUM]: momentum! } : {}),
    ...(stage.optimizer.accumulateGradients > 1 ? { [ACCUMULATED]: accumulated } : {}),
  };
}

export interface CheckedLoss {
  /** The loss; where the norm is looked at and is not finite, the norm. */
  readonly loss: tf.Tensor;
  /** Of all gradients together, where the stage limits it. */
  readonly norm: tf.Tensor | undefined;
}

/** A gradient can be beyond float32 where the loss is not; clipped by its norm, it would be NaN everywhere. */
export function checkLoss(stage: StagePlan, loss: tf.Tensor, gradients: readonly tf.Tensor[]): CheckedLoss {
  if (stage.optimizer.clipNorm === null) return { loss, norm: undefined };
  const norm = globalNorm(gradients);
  return { loss: tf.where(tf.isFinite(norm), loss, norm), norm };
}

/**
 * Records the update of all weights that the stage trains; batch norm's statistics are those of after the step already.
 * @param gradients of the trained weights, in their order
 * @param norm of these gradients, where the stage limits it
 * @param inputs those of `updateInputs`, and any others
 */
export function recordUpdate(
  program: Program,
  stage: StagePlan,
  variables: UpdateVariables,
  gradients: readonly tf.Tensor[],
  norm: tf.Tensor | undefined,
  inputs: Readonly<Record<string, tf.Tensor>>,
): void {
  const accumulated = inputs[ACCUMULATED];
  if (accumulated === undefined) {
    applyUpdate(program, stage, variables, gradients, norm, inputs);
    return;
  }
  addGradients(program, stage, variables, gradients);
  program.guard(tf.greater(accumulated, 0), () => {
    applySums(program, stage, variables, accumulated, inputs);
  });
}

/** Adds gradients to the sums of those of the batches before. */
export function addGradients(
  program: Program,
  stage: StagePlan,
  variables: UpdateVariables,
  gradients: readonly tf.Tensor[],
): void {
  sumsOf(stage, variables).forEach((sum, i) => {
    program.assignAdd(sum, gradients[i]!);
  });
}

/** Updates by the mean of the gradients that were added up, and sets the sums to zero. @param batches as many as there are in them */
export function applySums(
  program: Program,
  stage: StagePlan,
  variables: UpdateVariables,
  batches: tf.Tensor,
  inputs: Readonly<Record<string, tf.Tensor>>,
): void {
  const sums = sumsOf(stage, variables);
  const means = sums.map((sum) => tf.div(program.read(sum), batches));
  const norm = stage.optimizer.clipNorm === null ? undefined : globalNorm(means);
  applyUpdate(program, stage, variables, means, norm, inputs);
  for (const sum of sums) program.assign(sum, tf.zeros([...sum.shape]));
}

function sumsOf(stage: StagePlan, variables: UpdateVariables): Variable[] {
  return trainedWeights(variables.specs, stage).map((spec) => variables.beside(gradientName(spec), spec));
}

/** Updates by the gradients of the trained weights. @param norm of these gradients, where the stage limits it */
export function applyUpdate(
  program: Program,
  stage: StagePlan,
  variables: UpdateVariables,
  gradients: readonly tf.Tensor[],
  norm: tf.Tensor | undefined,
  inputs: Readonly<Record<string, tf.Tensor>>,
): void {
  const { optimizer: settings, learningRateFactors } = stage;
  const optimizer = optimizerFor(settings);
  const rates = new Map<number, tf.Tensor>([[1, inputs.learningRate!]]);
  const rateOf = (factor: number): tf.Tensor => {
    const rate = rates.get(factor) ?? tf.mul(inputs.learningRate!, factor);
    rates.set(factor, rate);
    return rate;
  };
  const scale = norm === undefined ? undefined : clipFactor(norm, settings.clipNorm!);
  trainedWeights(variables.specs, stage).forEach((spec, i) => {
    const weight = variables.weight(spec);
    const learningRate = rateOf(learningRateFactors[spec.part]);
    let gradient = scale === undefined ? gradients[i]! : tf.mul(gradients[i]!, scale);
    if (decays(settings, spec)) {
      const { weightDecay } = settings;
      if (isDecoupled(settings)) {
        const lost = tf.mul(program.read(weight), tf.mul(learningRate, -weightDecay));
        program.assignAdd(weight, lost);
      } else gradient = tf.add(gradient, tf.mul(program.read(weight), weightDecay));
    }
    const slots = slotNames(stage, spec).map((name) => variables.beside(name, spec));
    const momentum = inputs[MOMENTUM];
    optimizer.apply(program, settings, { weight, slots, gradient, learningRate, momentum, feeds: inputs });
  });
  if (settings.averageWeights === null) return;
  const { decay } = settings.averageWeights;
  for (const [weight, average] of updateState(variables, stage).averages) {
    const towards = tf.mul(tf.sub(program.read(weight), program.read(average)), 1 - decay);
    program.assignAdd(average, towards);
  }
}
