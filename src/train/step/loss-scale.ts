/**
 * Dynamic loss scaling for float16, whose smallest number is 6e-8 and whose largest 65504: small gradients would be lost,
 * so that they are taken of a loss that is multiplied (Micikevicius et al., arXiv:1710.03740, section 3.2). The rule is that
 * of Keras's LossScaleOptimizer.
 *
 *   loss × scale ─▶ gradients ÷ scale ─▶ all finite?  yes: update; after 2000 in a row, scale × 2
 *                                                     no: the step is skipped, scale ÷ 2
 */

import type { Program, Variable } from '../../graph/program.ts';
import type { TensorSpec } from '../../graph/types.ts';
import type { StagePlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { LossScaling } from '../engine.ts';
import { globalNorm } from './gradients.ts';
import { ACCUMULATED, addGradients, applySums, applyUpdate } from './update.ts';
import type { UpdateVariables } from './update-variables.ts';

/** Scale of a stage's first step, and steps without overflow after which it is doubled: Keras's defaults. */
const FIRST_SCALE = 2 ** 15;
const GROWTH_STEPS = 2000;

const SCALAR: TensorSpec = { shape: [], dtype: 'float32' };

export interface LossScale {
  readonly scale: Variable;
  /** Steps without overflow since the scale last moved. */
  readonly finiteSteps: Variable;
  /** Steps of the stage that were skipped. */
  readonly skippedSteps: Variable;
  /** Batches in the sums of gradients, where they are accumulated. */
  readonly batches: Variable;
  readonly growthSteps: number;
}

/** @param growthSteps steps without overflow after which the scale is doubled */
export function createLossScale(program: Program, growthSteps = GROWTH_STEPS): LossScale {
  const variable = (name: string): Variable => program.variable(`lossScale/${name}`, SCALAR);
  return {
    scale: variable('scale'),
    finiteSteps: variable('finiteSteps'),
    skippedSteps: variable('skippedSteps'),
    batches: variable('batches'),
    growthSteps,
  };
}

export function lossScaleVariables({ scale, finiteSteps, skippedSteps, batches }: LossScale): Variable[] {
  return [scale, finiteSteps, skippedSteps, batches];
}

/** Recorded in a signature: the state at the start of a stage. */
export function recordFirstScale(program: Program, lossScale: LossScale): void {
  for (const variable of lossScaleVariables(lossScale)) {
    program.assign(variable, tf.scalar(variable === lossScale.scale ? FIRST_SCALE : 0));
  }
}

export interface ScaledStep {
  readonly stage: StagePlan;
  readonly variables: UpdateVariables;
  /** Not scaled. */
  readonly loss: tf.Tensor;
  /** Of the scaled loss, of the trained weights in their order. */
  readonly gradients: readonly tf.Tensor[];
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
}

/**
 * Records a step whose gradients are those of a scaled loss. Where the loss or a gradient is not finite, all stays as it is
 * but the scale. Of accumulated batches, the mean is then that of the others.
 * @param changes what the step changes besides the trained weights
 * @returns [3]: as `scalingFrom` reads it
 */
export function recordScaledStep(
  program: Program,
  lossScale: LossScale,
  { stage, variables, loss, gradients, inputs }: ScaledStep,
  changes: () => void,
): tf.Tensor {
  const { batches } = lossScale;
  const unscale = tf.div(1, program.read(lossScale.scale));
  const unscaled = gradients.map((gradient) => tf.mul(gradient, unscale));
  const norm = globalNorm(unscaled);
  const limited = stage.optimizer.clipNorm === null ? undefined : norm;
  const isClean = tf.logicalAnd(tf.isFinite(loss), tf.isFinite(norm));
  const accumulated = inputs[ACCUMULATED];
  program.guard(isClean, () => {
    changes();
    if (accumulated === undefined) {
      applyUpdate(program, stage, variables, unscaled, limited, inputs);
    } else {
      addGradients(program, stage, variables, unscaled);
      program.assignAdd(batches, tf.scalar(1));
    }
  });
  let isUpdated = isClean;
  if (accumulated !== undefined) {
    const count = program.read(batches);
    isUpdated = tf.logicalAnd(tf.greater(accumulated, 0), tf.greater(count, 0));
    program.guard(isUpdated, () => {
      applySums(program, stage, variables, count, inputs);
      program.assign(batches, tf.scalar(0));
    });
  }
  const scale = moveScale(program, lossScale, isClean);
  return tf.stack([scale, program.read(lossScale.skippedSteps), tf.cast(isUpdated, 'float32')]);
}

/** @returns the scale of the next step */
function moveScale(
  program: Program,
  { scale, finiteSteps, skippedSteps, growthSteps }: LossScale,
  isClean: tf.Tensor,
): tf.Tensor {
  const before = program.read(scale);
  const steps = program.read(finiteSteps);
  const isDue = tf.logicalAnd(isClean, tf.equal(steps, growthSteps - 1));
  const doubled = tf.mul(before, 2);
  const grown = tf.where(tf.logicalAnd(isDue, tf.isFinite(doubled)), doubled, before);
  const next = tf.where(isClean, grown, tf.mul(before, 0.5));
  program.assign(scale, next);
  const isCounted = tf.logicalAnd(isClean, tf.logicalNot(isDue));
  program.assign(finiteSteps, tf.where(isCounted, tf.add(steps, 1), 0));
  program.assignAdd(skippedSteps, tf.sub(1, tf.cast(isClean, 'float32')));
  return next;
}

/** @param values as `recordScaledStep` gives them */
export function scalingFrom(values: ArrayLike<number | bigint>): LossScaling {
  return { scale: Number(values[0]), skippedSteps: Number(values[1]), isUpdated: Number(values[2]) === 1 };
}
