/**
 * Which stages share a recorded step: those with the same key. A key is the whole stage without what is listed here, so a
 * setting that is new gives each stage a step of its own until it is added to a list, with the reason.
 */
import { recordedOf } from '../../augmentation/draw/feeds.ts';
import type { AugmentationPlan } from '../../augmentation/plan.ts';
import { augmentationNames } from '../../augmentation/table.ts';
import { canonicalJson } from '../../plan/hash/canonical.ts';
import type { OptimizerPlan, StagePlan } from '../../plan/plan.ts';
import { movesMomentum } from '../../schedule/schedule.ts';

type Reasons<T> = { readonly [Key in keyof T]?: string };

/** What of a stage no recorded step depends on. */
export const outsideOfSteps = {
  name: 'only names the signature',
  epochs:
    'the loop counts them; how strong the augmentation of an epoch is, is in the numbers that a step is fed',
  stepsPerEpoch: 'the loop counts them',
  lastBatch: 'the rows that a step takes are a part of its key',
  batchSize: 'the rows that a step takes are a part of its key',
  learningRatePolicy: 'the rate is fed; whether the momentum is fed too is a part of the key',
  earlyStopping: 'the loop decides from metrics',
  reduceOnPlateau: 'the loop decides from metrics, and the rate is fed',
  restoreBest: 'the loop writes the weights back',
  selectBy: 'the loop chooses from metrics',
} as const satisfies Reasons<StagePlan>;

export const outsideOfOptimizer = { learningRate: 'is fed' } as const satisfies Reasons<OptimizerPlan>;

const drawn = 'drawn outside, for each image; what a step is fed of it is a part of the key';

/** Every augmentation of the table; keys that say how others are done stay in the key. */
export const outsideOfAugmentation: Reasons<AugmentationPlan> = {
  strength: drawn,
  ...Object.fromEntries(augmentationNames.map((name) => [name, drawn])),
};

/** What of a stage its evaluation does not depend on besides. */
export const outsideOfEvaluation = {
  trainable: 'nothing is trained; the averages that stand in for weights are a part of the key',
  dropout: 'nothing is dropped',
  stochasticDepth: 'no layer is left out',
  optimizer: 'nothing is updated; the averages that stand in for weights are a part of the key',
  learningRateFactors: 'nothing is updated',
} as const satisfies Reasons<StagePlan>;

/** @param rows of a batch */
export function trainingKey(stage: StagePlan, rows: number): string {
  const { optimizer, augmentation, ...rest } = without(stage, outsideOfSteps);
  return canonicalJson({
    ...rest,
    rows,
    optimizer: without(optimizer, outsideOfOptimizer),
    movesMomentum: movesMomentum(stage.learningRatePolicy),
    augmentation: { ...without(augmentation, outsideOfAugmentation), ...recordedOf(augmentation) },
  });
}

/** @param averages names of the variables that are read in the place of weights */
export function evaluationKey(stage: StagePlan, averages: readonly string[]): string {
  const { augmentation, ...rest } = without(without(stage, outsideOfSteps), outsideOfEvaluation);
  return canonicalJson({
    ...rest,
    rows: stage.batchSize,
    averages,
    // How pixels beyond the image are filled; nothing is drawn.
    augmentation: without(augmentation, outsideOfAugmentation),
  });
}

function without<T extends object, R extends Reasons<T>>(value: T, reasons: R): Omit<T, keyof R> {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !(key in reasons))) as Omit<T, keyof R>;
}
