/**
 * Metrics that need the probabilities of every row: exact, in double precision, once an epoch.
 * Shape letters: N rows, K classes.
 */

/** Of one head: probabilities row by row, and the label of each row, -1 where it is not known. */
export interface HeadScores {
  readonly labels_N: ArrayLike<number>;
  readonly probabilities_NK: Float32Array;
}

/** Bins of the calibration error, as Guo et al. have them. */
const BINS = 15;

/**
 * Area under the ROC curve: how often a row of a class has a higher probability of it than a row of another class, ties
 * counted half (Hanley and McNeil 1982). Of two classes that of the second; of more, the mean of each against the rest
 * over the classes that some rows have and others have not.
 * @returns null where there is no such class
 */
export function areaUnderCurve({ labels_N, probabilities_NK }: HeadScores, classes: number): number | null {
  const rows = labelledRows(labels_N);
  const areas: number[] = [];
  for (let k = classes === 2 ? 1 : 0; k < classes; k++) {
    const area = rankArea(sortedRows(probabilities_NK, classes, k, rows, labels_N));
    if (area !== null) areas.push(area);
  }
  return areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/**
 * Rows by their probability of a class, ascending, as whole numbers: the probability's bits, which for numbers that are
 * not negative have the order of the numbers, times two, and one more for a row of the class. Numbers are sorted many
 * times faster than rows by a function.
 */
function sortedRows(
  probabilities_NK: Float32Array,
  classes: number,
  k: number,
  rows: readonly number[],
  labels_N: ArrayLike<number>,
): Float64Array {
  const bits_NK = new Uint32Array(
    probabilities_NK.buffer,
    probabilities_NK.byteOffset,
    probabilities_NK.length,
  );
  const sorted = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    sorted[i] = bits_NK[row * classes + k]! * 2 + (labels_N[row] === k ? 1 : 0);
  });
  return sorted.sort();
}

/** By the sum of the ranks of the positive rows, after Mann and Whitney; equal scores share the mean of their ranks. */
function rankArea(sorted: Float64Array): number | null {
  let positives = 0;
  let rankSum = 0;
  for (let first = 0, end = 0; first < sorted.length; first = end) {
    const score = 2 * Math.floor(sorted[first]! / 2);
    let tied = 0;
    for (; end < sorted.length && sorted[end]! <= score + 1; end++) tied += sorted[end]! - score;
    positives += tied;
    // Ranks count from 1.
    rankSum += (tied * (first + 1 + end)) / 2;
  }
  const negatives = sorted.length - positives;
  if (positives === 0 || negatives === 0) return null;
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}

/**
 * Expected calibration error (Guo et al., arXiv:1706.04599, equation 5): rows are put into 15 bins by the probability of
 * their most probable class; the mean over the rows of the bins' gaps between that probability and how often it is right.
 * @returns null where no row has a label
 */
export function calibrationError({ labels_N, probabilities_NK }: HeadScores, classes: number): number | null {
  const rows = labelledRows(labels_N);
  if (rows.length === 0) return null;
  const gaps = new Float64Array(BINS);
  for (const row of rows) {
    let predicted = 0;
    for (let k = 1; k < classes; k++)
      if (probabilities_NK[row * classes + k]! > probabilities_NK[row * classes + predicted]!) predicted = k;
    const confidence = probabilities_NK[row * classes + predicted]!;
    // Bin m holds what is above (m - 1) / 15 and at most m / 15.
    const bin = Math.min(BINS, Math.max(1, Math.ceil(confidence * BINS))) - 1;
    gaps[bin]! += confidence - (predicted === labels_N[row] ? 1 : 0);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / rows.length;
}

function labelledRows(labels_N: ArrayLike<number>): number[] {
  return Array.from(labels_N, (label, row) => (label < 0 ? -1 : row)).filter((row) => row >= 0);
}
