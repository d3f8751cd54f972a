/** Where a run stands in its schedule: everything besides tensors that the next step depends on. Plain JSON. */
import { newWatch, type Watch } from './callbacks.ts';
import type { Metrics } from './score/metrics.ts';

export interface StageResult {
  readonly name: string;
  /** Epochs that were run. */
  readonly epochs: number;
  /** Epoch of the stage's weights, from 1. */
  readonly bestEpoch: number;
  readonly seconds: number;
  /** Training images a second, the stage's first step left out; null where there was no other. */
  readonly imagesPerSecond: number | null;
  /** Validation metrics of the best epoch. */
  readonly metrics: Metrics;
  /** Hash of the trial that trained it, where that was another. */
  readonly carriedFrom?: string | undefined;
}

export interface Position {
  /** Index of the stage, from 0. */
  stage: number;
  /** Index of the epoch in the stage, from 0, and steps already done in it. */
  epoch: number;
  step: number;
  /** Epochs and steps of the whole run so far. */
  epochsDone: number;
  stepsDone: number;
  /** Learning rate of the stage, as the plateaus have left it; the policy gives each step its share of it. */
  learningRate: number;
  /** Updates since the optimizer started: as many as steps, where each batch makes one. */
  optimizerSteps: number;
  earlyStopping: Watch;
  reduceOnPlateau: Watch;
  /** The best epoch so far; its cost is what it was chosen by, the lower the better. */
  best: { epoch: number; cost: number; metrics: Metrics } | null;
  /** Time of the current stage so far, and of its training steps but the first. */
  seconds: number;
  trainingSeconds: number;
  trainingImages: number;
  finished: StageResult[];
}

export function startOfStage(
  stage: number,
  learningRate: number,
  before: Pick<Position, 'epochsDone' | 'stepsDone' | 'finished'>,
): Position {
  return {
    stage,
    epoch: 0,
    step: 0,
    epochsDone: before.epochsDone,
    stepsDone: before.stepsDone,
    learningRate,
    optimizerSteps: 0,
    earlyStopping: newWatch,
    reduceOnPlateau: newWatch,
    best: null,
    seconds: 0,
    trainingSeconds: 0,
    trainingImages: 0,
    finished: before.finished,
  };
}
