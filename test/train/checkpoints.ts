/** Checkpoints of a run that was never trained, and as much of its plan as they are checked against. */
import type { StagePlan } from '../../src/plan/plan.ts';
import type { Checkpoint, CheckpointPlan } from '../../src/train/checkpoint.ts';
import type { EpochReport } from '../../src/train/events.ts';

/** Two stages, `one` and `two`. */
export function planOfStages(
  first: number,
  second: number,
  { restoreBest = true }: Partial<Pick<StagePlan, 'restoreBest'>> = {},
): CheckpointPlan {
  const stages = [
    { name: 'one', epochs: first, restoreBest },
    { name: 'two', epochs: second, restoreBest },
  ] as unknown as readonly StagePlan[];
  return { hash: 'a'.repeat(64), settings: { stages } };
}

const STEPS = 6;

const mean = {
  accuracy: 0.5,
  auc: null,
  balancedAccuracy: 0.5,
  calibrationError: 0.1,
  macroF1: 0.5,
  majorityAccuracy: 0.4,
};

/** What the history says of an epoch of the first stage. */
export function epochReport(epoch: number): EpochReport {
  return {
    stage: 0,
    stageName: 'one',
    epoch,
    runEpoch: epoch,
    learningRate: 0.1,
    momentum: null,
    training: { loss: 1, heads: {}, mean },
    validation: { loss: 1 / epoch, heads: {}, mean },
    lossScaling: null,
    logVariances: {},
    best: false,
    imagesPerSecond: null,
    seconds: 1,
  };
}

/** At the end of an epoch of the first stage, which is its best. */
export function checkpointAt(epoch: number): Checkpoint {
  return {
    position: {
      stage: 0,
      epoch,
      step: 0,
      epochsDone: epoch,
      stepsDone: STEPS * epoch,
      learningRate: 0.01,
      optimizerSteps: STEPS * epoch,
      earlyStopping: { best: null, wait: 0 },
      reduceOnPlateau: { best: 1, wait: 0 },
      best: { epoch, cost: 1, metrics: { loss: 1, heads: {}, mean } },
      seconds: 1,
      trainingSeconds: 0.5,
      trainingImages: 48,
      finished: [],
    },
    counts: { colour: { lossSum: 1.5, lossWeight: 2, confusion: Float64Array.of(1, 0, 2, 3) } },
    state: new Map([
      ['weights/a', { shape: [2, 2], values: Float32Array.of(1, epoch, -3, 4) }],
      ['slots/b', { shape: [2, 2], values: Float32Array.of(5, 6, epoch, 0) }],
    ]),
  };
}
