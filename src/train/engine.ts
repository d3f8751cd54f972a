/**
 * What a stage loop needs from whatever computes the steps. The weights live in the engine; the loop decides what
 * is computed next and when to stop.
 */
import type { StagePlan } from '../plan/plan.ts';
import type { StoredTensor } from '../weights/safetensors.ts';
import type { HeadCounts } from './score/metrics.ts';

/** Which rows, and everything that their random numbers are keyed by. */
export interface StepFeed {
  /** Numbers of the table's rows. */
  readonly rows: Int32Array;
  /** Index of the stage and of the epoch in it, from 0: with the row, the key of its augmentation. */
  readonly stage: number;
  readonly epoch: number;
  /** Steps of the whole run before this one: with the layer, the key of its dropout. */
  readonly step: number;
  readonly learningRate: number;
  /** Momentum of this step where the policy moves it. */
  readonly momentum?: number | null;
  /** Number of this update since the optimizer started, from 1. */
  readonly optimizerStep: number;
  /**
   * Where gradients are accumulated: batches whose mean gradient is applied after this one, itself included; 0 where its
   * gradient is only added to theirs. 1 where left out.
   */
  readonly accumulated?: number;
}

/** Names of tensors, as in a checkpoint: `weights/<name>`, `<slot>/<name>`. */
export type EngineState = ReadonlyMap<string, StoredTensor>;

/** The loss scale of float16 after a step. */
export interface LossScaling {
  readonly scale: number;
  /** Steps of the stage so far that were skipped, because the loss or a gradient was not finite. */
  readonly skippedSteps: number;
  /** Whether the step has updated the weights. */
  readonly isUpdated: boolean;
}

export interface Engine {
  /**
   * Makes a stage current: its size, loss, trainable part. Optimizer slots and sums of gradients start at zero, averages
   * of weights at the weights as they are.
   */
  beginStage(stage: StagePlan, index: number): void;
  /**
   * One training step. The counts of the batch are added up until `takeCounts`.
   * @returns the loss of the batch; where it is not finite, nothing was changed. A gradient that is to be clipped and is
   *   not finite counts as such a loss. With float16 it may be not finite in a step that is skipped: see `lossScaling`
   */
  train(feed: StepFeed): number;
  /**
   * Adds the counts of these rows, without augmentation or dropout, by the averages of the weights where there are any.
   * @returns by head, the probabilities of its classes row by row
   */
  evaluate(rows: Int32Array): Record<string, Float32Array>;
  /** Puts the averages in the place of the weights, and averages no more until a stage begins. */
  endStage(): void;
  /** Counts by head since the last call, which starts them again from zero. */
  takeCounts(): Record<string, HeadCounts>;
  /** Puts counts back that were taken before, after a restart in the middle of an epoch. */
  putCounts(counts: Readonly<Record<string, HeadCounts>>): void;
  /** Null where the loss is not scaled. Costs nothing after a step. */
  lossScaling(): LossScaling | null;
  /** The log-variance of each head that evaluation uses, where the current stage learns head weights; else empty. */
  logVariances(): Readonly<Record<string, number>>;
  /** Copies of the weights that evaluation uses. */
  readWeights(): EngineState;
  /** Copies of all that the next step depends on: weights, slots, sums of gradients, averages. */
  readState(): EngineState;
  /** Sets the tensors that are given. */
  writeState(state: EngineState): void;
  dispose(): void;
}
