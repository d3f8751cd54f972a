/**
 * What was counted of an epoch to metrics. Rows without a label are in none of it.
 */

import { own } from '../../words.ts';
import { type Confusion, confusionOf } from './confusion.ts';
import { areaUnderCurve, calibrationError, type HeadScores } from './scores.ts';

/** What a pass over rows leaves behind for one head; counts of several passes may be added. */
export interface HeadCounts {
  /** Sum over the labelled rows of weight × loss, and the sum of the weights. */
  lossSum: number;
  lossWeight: number;
  /** K×K counts, row = label, column = prediction. */
  readonly confusion: Float64Array;
}

/** Null stands for what cannot be told: everything but `rows` and `confusion` where no row has a label. */
export interface HeadMetrics {
  /** Weighted mean loss. */
  readonly loss: number | null;
  readonly accuracy: number | null;
  /** Mean of the recalls of the classes that occur among the rows. */
  readonly balancedAccuracy: number | null;
  /** Mean of the F1 scores of the classes that occur among labels or predictions. */
  readonly macroF1: number | null;
  /** Area under the ROC curve, see `areaUnderCurve`. Null for training rows, whose probabilities are not kept. */
  readonly auc: number | null;
  /** See `calibrationError`. Null for training rows. */
  readonly calibrationError: number | null;
  /** Of an ordinal head: mean number of classes between label and prediction. Null for other heads. */
  readonly meanAbsoluteError: number | null;
  /** Accuracy of always answering the class that is most frequent in the training part. */
  readonly majorityAccuracy: number | null;
  /** By class: share of its rows that are found, null where it has none. */
  readonly recall: readonly (number | null)[];
  /** By class: share of the rows said to be of it that are, null where there is none. */
  readonly precision: readonly (number | null)[];
  /** Rows with a label. */
  readonly rows: number;
  readonly confusion: Confusion;
}

const MEANS = [
  'accuracy',
  'balancedAccuracy',
  'macroF1',
  'auc',
  'calibrationError',
  'majorityAccuracy',
] as const satisfies readonly (keyof HeadMetrics)[];

/** Means over the heads of which a value can be told; null where there is no such head. */
export type MeanMetrics = Readonly<Record<(typeof MEANS)[number], number | null>>;

export interface Metrics {
  /** Sum over the heads of head weight × head loss, or what stands for that where the weights are learned. */
  readonly loss: number;
  readonly mean: MeanMetrics;
  readonly heads: Readonly<Record<string, HeadMetrics>>;
}

/** What is known of a head before an epoch. */
export interface MeasuredHead {
  readonly name: string;
  /** Index of the most frequent class in the training part. */
  readonly majority: number;
  readonly ordinal: boolean;
}

/** @param scores of the rows that were counted; without them, what needs probabilities is null */
export function headMetrics(
  counts: HeadCounts,
  { majority, ordinal }: Omit<MeasuredHead, 'name'>,
  scores?: HeadScores,
): HeadMetrics {
  const classes = Math.sqrt(counts.confusion.length);
  const indices = Array.from({ length: classes }, (_, k) => k);
  const labelled = new Float64Array(classes);
  const predicted = new Float64Array(classes);
  const right = indices.map((k) => counts.confusion[k * classes + k]!);
  let distance = 0;
  for (let label = 0; label < classes; label++)
    for (let prediction = 0; prediction < classes; prediction++) {
      const count = counts.confusion[label * classes + prediction]!;
      labelled[label]! += count;
      predicted[prediction]! += count;
      distance += Math.abs(label - prediction) * count;
    }
  const rows = labelled.reduce((sum, n) => sum + n, 0);
  const f1 = indices.map((k) => share(2 * right[k]!, labelled[k]! + predicted[k]!));
  const recall = indices.map((k) => share(right[k]!, labelled[k]!));
  return {
    loss: rows === 0 ? null : share(counts.lossSum, counts.lossWeight),
    accuracy: share(
      right.reduce((sum, n) => sum + n, 0),
      rows,
    ),
    balancedAccuracy: meanOf(recall),
    macroF1: meanOf(f1),
    auc: scores ? areaUnderCurve(scores, classes) : null,
    calibrationError: scores ? calibrationError(scores, classes) : null,
    meanAbsoluteError: ordinal ? share(distance, rows) : null,
    majorityAccuracy: share(labelled[majority]!, rows),
    recall,
    precision: indices.map((k) => share(right[k]!, predicted[k]!)),
    rows,
    confusion: confusionOf(counts.confusion),
  };
}

/**
 * @param shareOf what a head adds to the loss, from its own loss
 * @param scores by head, as for `headMetrics`
 */
export function summarise(
  counts: Readonly<Record<string, HeadCounts>>,
  heads: readonly MeasuredHead[],
  shareOf: (head: string, loss: number) => number,
  scores: Readonly<Record<string, HeadScores>> = {},
): Metrics {
  const metrics = Object.fromEntries(
    heads.map((head) => [head.name, headMetrics(counts[head.name]!, head, own(scores, head.name))]),
  );
  const loss = heads.reduce((sum, { name }) => {
    const ofHead = metrics[name]!.loss;
    return ofHead === null ? sum : sum + shareOf(name, ofHead);
  }, 0);
  return { loss, mean: meanMetrics(metrics), heads: metrics };
}

export function meanMetrics(heads: Readonly<Record<string, HeadMetrics>>): MeanMetrics {
  return Object.fromEntries(
    MEANS.map((key) => [key, meanOf(Object.values(heads).map((head) => head[key]))]),
  ) as MeanMetrics;
}

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Of the values that are there. */
function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return share(
    known.reduce((sum, value) => sum + value, 0),
    known.length,
  );
}
