/** Counts of an epoch to metrics. A confusion matrix is a list of K×K counts, row = label, column = prediction. */

/** What a pass over rows leaves behind for one head; counts of several passes may be added. */
export interface HeadCounts {
  /** Sum over the labelled rows of weight × cross entropy, and the sum of the weights. */
  lossSum: number;
  lossWeight: number;
  readonly confusion: Float64Array;
}

export interface HeadMetrics {
  /** Weighted mean cross entropy. Null, like all the others, where no row has a label. */
  readonly loss: number | null;
  readonly accuracy: number | null;
  /** Mean of the recalls of the classes that occur among the rows. */
  readonly balancedAccuracy: number | null;
  /** Mean of the F1 scores of the classes that occur among labels or predictions. */
  readonly macroF1: number | null;
  /** Accuracy of always answering the class that is most frequent in the training part. */
  readonly majorityAccuracy: number | null;
  /** Rows with a label. */
  readonly rows: number;
  readonly confusion: readonly (readonly number[])[];
}

export interface Metrics {
  /** Sum over the heads of head weight × head loss, or what stands for that where the weights are learned. */
  readonly loss: number;
  readonly heads: Readonly<Record<string, HeadMetrics>>;
}

export function emptyCounts(classes: number): HeadCounts {
  return { lossSum: 0, lossWeight: 0, confusion: new Float64Array(classes * classes) };
}

/**
 * @param majority index of the most frequent class in the training part
 */
export function headMetrics(counts: HeadCounts, majority: number): HeadMetrics {
  const classes = Math.sqrt(counts.confusion.length);
  const at = (label: number, prediction: number): number => counts.confusion[label * classes + prediction]!;
  const indices = Array.from({ length: classes }, (_, k) => k);
  const confusion = indices.map((label) => indices.map((prediction) => at(label, prediction)));
  const labelled = confusion.map((row) => row.reduce((sum, n) => sum + n, 0));
  const predicted = indices.map((k) => confusion.reduce((sum, row) => sum + row[k]!, 0));
  const rows = labelled.reduce((sum, n) => sum + n, 0);
  if (rows === 0) {
    const none = {
      loss: null,
      accuracy: null,
      balancedAccuracy: null,
      macroF1: null,
      majorityAccuracy: null,
    };
    return { ...none, rows, confusion };
  }
  const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const occurring = indices.filter((k) => labelled[k]! > 0);
  const seen = indices.filter((k) => labelled[k]! + predicted[k]! > 0);
  return {
    loss: counts.lossWeight === 0 ? null : counts.lossSum / counts.lossWeight,
    accuracy: indices.reduce((sum, k) => sum + at(k, k), 0) / rows,
    balancedAccuracy: mean(occurring.map((k) => at(k, k) / labelled[k]!)),
    macroF1: mean(seen.map((k) => (2 * at(k, k)) / (labelled[k]! + predicted[k]!))),
    majorityAccuracy: labelled[majority]! / rows,
    rows,
    confusion,
  };
}

/**
 * @param heads in any order; `majority` as in `headMetrics`
 * @param shareOf what a head adds to the loss, from its own loss
 */
export function summarise(
  counts: Readonly<Record<string, HeadCounts>>,
  heads: readonly { readonly name: string; readonly majority: number }[],
  shareOf: (head: string, loss: number) => number,
): Metrics {
  const metrics = Object.fromEntries(
    heads.map(({ name, majority }) => [name, headMetrics(counts[name]!, majority)]),
  );
  const loss = heads.reduce((sum, { name }) => {
    const ofHead = metrics[name]!.loss;
    return ofHead === null ? sum : sum + shareOf(name, ofHead);
  }, 0);
  return { loss, heads: metrics };
}
