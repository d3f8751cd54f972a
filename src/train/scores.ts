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
    const scores = Float32Array.from(rows, (row) => probabilities_NK[row * classes + k]!);
    const isPositive = rows.map((row) => labels_N[row] === k);
    const area = rankArea(scores, isPositive);
    if (area !== null) areas.push(area);
  }
  return areas.length === 0 ? null : areas.reduce((sum, area) => sum + area, 0) / areas.length;
}

/** By the sum of the ranks of the positive rows, after Mann and Whitney; equal scores share the mean of their ranks. */
function rankArea(scores: Float32Array, isPositive: readonly boolean[]): number | null {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  const positives = isPositive.filter(Boolean).length;
  const negatives = scores.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let rankSum = 0;
  for (let first = 0, end = 0; first < order.length; first = end) {
    const score = scores[order[first]!]!;
    let tied = 0;
    for (; end < order.length && scores[order[end]!] === score; end++) if (isPositive[order[end]!]) tied += 1;
    // Ranks count from 1.
    rankSum += (tied * (first + 1 + end)) / 2;
  }
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
    const of = probabilities_NK.subarray(row * classes, (row + 1) * classes);
    const confidence = Math.max(...of);
    // Bin m holds what is above (m - 1) / 15 and at most m / 15.
    const bin = Math.min(BINS, Math.max(1, Math.ceil(confidence * BINS))) - 1;
    gaps[bin]! += confidence - (of.indexOf(confidence) === labels_N[row] ? 1 : 0);
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / rows.length;
}

function labelledRows(labels_N: ArrayLike<number>): number[] {
  return Array.from(labels_N, (label, row) => (label < 0 ? -1 : row)).filter((row) => row >= 0);
}
