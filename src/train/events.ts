/** What training is given to work with, and what it tells whoever watches. */
import type { Data } from '../data/dataset.ts';
import type { Plan, StagePlan } from '../plan/plan.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { Engine, LossScaling } from './engine.ts';
import type { StageResult } from './position.ts';
import type { Metrics } from './score/metrics.ts';

/** What the loop tells whoever watches. Times in seconds. */
export type TrainEvent =
  | { readonly type: 'stage'; readonly stage: StagePlan; readonly index: number; readonly steps: number }
  | {
      readonly type: 'step';
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly imagesPerSecond: number | null;
    }
  | { readonly type: 'validation'; readonly done: number; readonly rows: number }
  | { readonly type: 'epoch'; readonly report: EpochReport }
  | { readonly type: 'stageEnd'; readonly result: StageResult; readonly stoppedEarly: boolean };

export interface EpochReport {
  readonly stage: number;
  readonly stageName: string;
  /** Epoch of the stage and of the whole run, from 1. */
  readonly epoch: number;
  readonly runEpoch: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  /** Of the epoch's last step, where the policy moves it; null where not. */
  readonly momentum: number | null;
  readonly training: Metrics;
  readonly validation: Metrics;
  /** At the epoch's end, with the stage's skipped steps so far; null where the loss is not scaled. */
  readonly lossScaling: LossScaling | null;
  /** By head; empty where head weights are not learned. */
  readonly logVariances: Readonly<Record<string, number>>;
  readonly best: boolean;
  readonly imagesPerSecond: number | null;
  readonly seconds: number;
  /** That it was computed under; 1 where it is left out. */
  readonly numerics?: number | undefined;
  /** Hash of the trial that trained it, where that was another. */
  readonly carriedFrom?: string | undefined;
}

export interface TrainOptions {
  readonly plan: Plan;
  readonly data: Data;
  readonly engine: Engine;
  /** Folder of the run: checkpoints are written here. */
  readonly folder: string;
  /** Where to go on from; a new run without it. */
  readonly from?: Checkpoint | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainEvent) => void;
  /** Told when so many stages are done, and the checkpoint holds no more and no less. */
  readonly onStageSaved?: ((stages: number) => void) | undefined;
}

/** A training under way. */
export interface Training extends TrainOptions {
  /** When the last checkpoint was written, by `performance.now`. */
  readonly saved: { at: number };
}

/** Training was asked to stop; a checkpoint is written. */
export class Interrupted extends Error {}
