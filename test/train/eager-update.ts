/** What an eager step does with its gradients: tensors in, the changed ones out. The reference of src/train/step/update.ts. */
import type { WeightSpec } from '../../src/model/network.ts';
import type { StagePlan } from '../../src/plan/plan.ts';
import type { tf as Tf } from '../../src/tensorflow/tf.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import type { StepFeed } from '../../src/train/engine.ts';
import { clipFactor, decays, globalNorm, isDecoupled, withMomentum } from '../../src/train/step/gradients.ts';
import {
  averagedWeights,
  averageName,
  gradientName,
  slotNames,
  trainedWeights,
} from '../../src/train/step/update-variables.ts';
import { eagerOptimizerFor } from './eager-optimizers.ts';

/** Tensors by name, as in a checkpoint but for `weights/`. What takes a tensor's place disposes of it. */
export interface TensorStore {
  get(name: string): Tf.Tensor;
  replace(name: string, tensor: Tf.Tensor): void;
}

/** Sets what the stage's updates keep besides the weights to its start. */
export function beginEagerly(
  stage: StagePlan,
  specs: readonly WeightSpec[],
  weights: TensorStore,
  state: TensorStore,
): void {
  for (const spec of trainedWeights(specs, stage)) {
    const names = slotNames(stage, spec);
    if (stage.optimizer.accumulateGradients > 1) names.push(gradientName(spec));
    for (const name of names) state.replace(name, tf.zeros([...spec.shape]));
  }
  for (const spec of averagedWeights(specs, stage))
    state.replace(averageName(spec), weights.get(spec.name).clone());
}

/** Norm of all gradients together. @returns null where the stage does not limit it */
export function gradientNorm(stage: StagePlan, gradients: readonly Tf.Tensor[]): number | null {
  if (stage.optimizer.clipNorm === null) return null;
  return tf.tidy(() => globalNorm(gradients).dataSync()[0]!);
}

/**
 * One update, or the sum of gradients for a later one. Batch norm's statistics are those of after the step already.
 * @param gradients of the trained weights, in their order
 */
export function updateEagerly(
  stage: StagePlan,
  feed: StepFeed,
  specs: readonly WeightSpec[],
  gradients: readonly Tf.Tensor[],
  weights: TensorStore,
  state: TensorStore,
): void {
  const trained = trainedWeights(specs, stage);
  const { accumulated = 1 } = feed;
  if (stage.optimizer.accumulateGradients === 1) {
    applyUpdate(stage, feed, trained, gradients, weights, state);
  } else {
    const sums = trained.map(gradientName);
    sums.forEach((sum, i) => {
      state.replace(sum, tf.add(state.get(sum), gradients[i]!));
    });
    if (accumulated === 0) return;
    const means = sums.map((sum) => tf.div(state.get(sum), accumulated));
    applyUpdate(stage, feed, trained, means, weights, state);
    tf.dispose(means);
    for (const sum of sums) state.replace(sum, tf.zerosLike(state.get(sum)));
  }
  const decay = stage.optimizer.averageWeights?.decay ?? 0;
  for (const spec of averagedWeights(specs, stage)) {
    const average = state.get(averageName(spec));
    const next = tf.tidy(() => tf.add(average, tf.mul(tf.sub(weights.get(spec.name), average), 1 - decay)));
    state.replace(averageName(spec), next);
  }
}

function applyUpdate(
  stage: StagePlan,
  feed: StepFeed,
  trained: readonly WeightSpec[],
  gradients: readonly Tf.Tensor[],
  weights: TensorStore,
  state: TensorStore,
): void {
  const settings = withMomentum(stage.optimizer, feed.momentum);
  const { weightDecay, clipNorm } = settings;
  const optimizer = eagerOptimizerFor(settings);
  const scale = clipNorm === null ? null : tf.tidy(() => clipFactor(globalNorm(gradients), clipNorm));
  trained.forEach((spec, i) => {
    const learningRate = feed.learningRate * stage.learningRateFactors[spec.part];
    const names = slotNames(stage, spec);
    const [weight, ...newSlots] = tf.tidy(() => {
      const numbers = optimizer.rates(settings, learningRate, feed.optimizerStep);
      const rates = Object.fromEntries(Object.entries(numbers).map(([key, rate]) => [key, tf.scalar(rate)]));
      let before = weights.get(spec.name);
      let gradient = scale === null ? gradients[i]! : tf.mul(gradients[i]!, scale);
      if (decays(settings, spec)) {
        if (isDecoupled(settings)) before = tf.sub(before, tf.mul(before, learningRate * weightDecay));
        else gradient = tf.add(gradient, tf.mul(before, weightDecay));
      }
      return optimizer.update(settings, before, gradient, names.map(state.get), rates);
    }) as [Tf.Tensor, ...Tf.Tensor[]];
    weights.replace(spec.name, weight);
    names.forEach((name, s) => {
      state.replace(name, newSlots[s]!);
    });
  });
  scale?.dispose();
}
