/**
 * What watches the epochs of a stage, as pure functions from a state and an epoch's cost (see selection.ts) to the next
 * state. The rules are those of Keras's EarlyStopping and ReduceLROnPlateau: an epoch is better when its cost is below the
 * best by more than `minDelta`; the count of epochs without a better one starts again after a reduction.
 */
import type { EarlyStoppingPlan, ReduceOnPlateauPlan } from '../plan/plan.ts';

export interface Watch {
  /** Lowest cost so far; null before the first. */
  readonly best: number | null;
  /** Epochs since then. */
  readonly wait: number;
}

export const newWatch: Watch = { best: null, wait: 0 };

function watchCost(watch: Watch, cost: number, minDelta: number): Watch {
  return watch.best === null || cost < watch.best - minDelta
    ? { best: cost, wait: 0 }
    : { ...watch, wait: watch.wait + 1 };
}

/** @returns the next state, and whether the stage ends here */
export function earlyStopping(
  plan: Omit<EarlyStoppingPlan, 'metric'>,
  watch: Watch,
  cost: number,
): { watch: Watch; stop: boolean } {
  const next = watchCost(watch, cost, plan.minDelta);
  return { watch: next, stop: next.wait > 0 && next.wait >= plan.patience };
}

/** @returns the next state, and the learning rate of the next epoch */
export function reduceOnPlateau(
  plan: Omit<ReduceOnPlateauPlan, 'metric'>,
  watch: Watch,
  cost: number,
  learningRate: number,
): { watch: Watch; learningRate: number } {
  const next = watchCost(watch, cost, plan.minDelta);
  if (next.wait === 0 || next.wait < plan.patience || learningRate <= plan.minLearningRate) {
    return { watch: next, learningRate };
  }
  return {
    watch: { ...next, wait: 0 },
    learningRate: Math.max(learningRate * plan.factor, plan.minLearningRate),
  };
}
