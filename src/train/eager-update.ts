/** What an eager step does with its gradients: tensors in, the changed ones out. The reference of graph-update.ts. */
import type { WeightSpec } from '../model/network.ts';
import type { StagePlan } from '../plan/plan.ts';
import type { tf as Tf } from '../runtime/tf.ts';
import { tf } from '../runtime/tf.ts';
import type { StepFeed } from './engine.ts';
import { optimizerFor, withMomentum } from './optimizers.ts';

/** Tensors by name, as in a checkpoint but for `weights/`. What takes a tensor's place disposes of it. */
export interface TensorStore {
  get(name: string): Tf.Tensor;
  replace(name: string, tensor: Tf.Tensor): void;
}

/** @param gradients of the trained weights, in their order */
export function updateEagerly(
  stage: StagePlan,
  feed: StepFeed,
  trained: readonly WeightSpec[],
  gradients: readonly Tf.Tensor[],
  weights: TensorStore,
  slots: TensorStore,
): void {
  const settings = withMomentum(stage.optimizer, feed.momentum);
  const optimizer = optimizerFor(settings);
  trained.forEach(({ name, part }, i) => {
    const learningRate = feed.learningRate * stage.learningRateFactors[part];
    const slotNames = optimizer.slots.map((slot) => `${slot}/${name}`);
    const [weight, ...newSlots] = tf.tidy(() => {
      const rates = Object.fromEntries(
        Object.entries(optimizer.rates(settings, learningRate, feed.optimizerStep)).map(([key, rate]) => [
          key,
          tf.scalar(rate),
        ]),
      );
      const current = slotNames.map((slot) => slots.get(slot));
      return optimizer.update(settings, weights.get(name), gradients[i]!, current, rates);
    }) as [Tf.Tensor, ...Tf.Tensor[]];
    weights.replace(name, weight);
    slotNames.forEach((slot, s) => {
      slots.replace(slot, newSlots[s]!);
    });
  });
}
