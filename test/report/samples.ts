// Metrics, stages and events for the tests of this folder: small, and with one head of each kind that gets a mark.

import type { StagePlan } from '../../src/plan/plan.ts';
import type { EpochReport } from '../../src/train/events.ts';
import type { StageResult } from '../../src/train/position.ts';
import { type HeadMetrics, headMetrics, type Metrics, meanMetrics } from '../../src/train/score/metrics.ts';
import { noAugmentation } from '../augmentation/no-augmentation.ts';

/** Real metrics of a confusion matrix; the loss is 1 a row. */
export function metricsOf(confusion: readonly (readonly number[])[], majority = 0): HeadMetrics {
  const rows = confusion.flat().reduce((sum, count) => sum + count, 0);
  return headMetrics(
    { lossSum: rows, lossWeight: rows, confusion: Float64Array.from(confusion.flat()) },
    { majority, ordinal: false },
  );
}

export const heads = {
  // 7 of 10 right, recalls 4/5 and 3/5: better than the majority's 5/10 and than 1/2.
  good: metricsOf([
    [4, 1],
    [2, 3],
  ]),
  // Answers the first class always: accuracy 8/10 is the majority's, balanced 1/2 is chance.
  constant: metricsOf([
    [8, 0],
    [2, 0],
  ]),
  // 6 of 10 right where the majority gets 8; recalls 4/8 and 2/2, mean 0.75.
  below: metricsOf([
    [4, 4],
    [0, 2],
  ]),
  // No label at all.
  unlabelled: metricsOf([
    [0, 0],
    [0, 0],
  ]),
} as const;

/** With the means over the heads. */
export function metricsWith(loss: number, ofHeads: Metrics['heads']): Metrics {
  return { loss, mean: meanMetrics(ofHeads), heads: ofHeads };
}

export const metrics: Metrics = metricsWith(3, heads);

export const stageResult: StageResult = {
  name: 'warm-up',
  epochs: 12,
  bestEpoch: 9,
  seconds: 3929,
  imagesPerSecond: 48.06,
  metrics,
};

export const stage: StagePlan = {
  name: 'warm-up',
  imageSize: 64,
  epochs: 5,
  batchSize: 32,
  stepsPerEpoch: null,
  lastBatch: 'even',
  trainable: ['tower', 'heads'],
  dropout: null,
  stochasticDepth: null,
  optimizer: {
    name: 'adam',
    learningRate: 0.001,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-7,
    weightDecay: 0,
    clipNorm: null,
    averageWeights: null,
    accumulateGradients: 1,
  },
  learningRatePolicy: { name: 'constant', warmUp: null },
  learningRateFactors: { backbone: 1, tower: 1, heads: 1 },
  loss: {
    heads: { good: { type: 'crossEntropy', labelSmoothing: 0 } },
    headWeights: { good: 1 },
    classWeights: { type: 'none' },
  },
  augmentation: {
    ...noAugmentation,
    horizontalFlip: 0.5,
    shift: { x: 0.2, y: 0.1, probability: 1 },
    zoom: { amount: 0.2, probability: 1 },
  },
  earlyStopping: { metric: 'loss', patience: 3, minDelta: 0 },
  reduceOnPlateau: null,
  restoreBest: true,
  selectBy: 'loss',
};

export function epochReport(epoch: number, change: Partial<EpochReport> = {}): EpochReport {
  return {
    stage: 0,
    stageName: 'warm-up',
    epoch,
    runEpoch: epoch,
    learningRate: 0.001,
    momentum: null,
    training: metricsWith(2.8, heads),
    validation: metricsWith(3, heads),
    lossScaling: null,
    logVariances: {},
    best: epoch === 1,
    imagesPerSecond: 31.25,
    seconds: 45,
    ...change,
  };
}
