/**
 * What watches the validation loss of a stage, as pure functions from a state and a loss to the next state. The rules
 * are those of Keras's EarlyStopping and ReduceLROnPlateau: an epoch is better when its loss is below the best by
 * more than `minDelta`; the count of epochs without a better one starts again after a reduction.
 */
import type { EarlyStoppingPlan, ReduceOnPlateauPlan } from '../plan/plan.ts';

export interface Watch {
  /** Lowest loss so far; null before the first. */
  readonly best: number | null;
  /** Epochs since then. */
  readonly wait: number;
}

export const newWatch: Watch = { best: null, wait: 0 };

function watchLoss(watch: Watch, loss: number, minDelta: number): Watch {
  return watch.best === null || loss < watch.best - minDelta
    ? { best: loss, wait: 0 }
    : { ...watch, wait: watch.wait + 1 };
}

/** @returns the next state, and whether the stage ends here */
export function earlyStopping(
  plan: EarlyStoppingPlan,
  watch: Watch,
  loss: number,
): { watch: Watch; stop: boolean } {
  const next = watchLoss(watch, loss, plan.minDelta);
  return { watch: next, stop: next.wait > 0 && next.wait >= plan.patience };
}

/** @returns the next state, and the learning rate of the next epoch */
export function reduceOnPlateau(
  plan: ReduceOnPlateauPlan,
  watch: Watch,
  loss: number,
  learningRate: number,
): { watch: Watch; learningRate: number } {
  const next = watchLoss(watch, loss, plan.minDelta);
  if (next.wait === 0 || next.wait < plan.patience || learningRate <= plan.minLearningRate) {
    return { watch: next, learningRate };
  }
  return {
    watch: { ...next, wait: 0 },
    learningRate: Math.max(learningRate * plan.factor, plan.minLearningRate),
  };
}
