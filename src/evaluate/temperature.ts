/**
 * The temperature of a head: the number that its outputs are divided by so that its probabilities are as likely as can be on
 * rows that it was not trained on (Guo et al., "On calibration of modern neural networks", arXiv:1706.04599). Of an ordinal
 * head the outputs are the logits of its conditional sigmoids (CORN), and are divided before the sigmoid.
 * Shape letters: N rows, K classes, J outputs: K of a softmax, K - 1 of cumulative sigmoids.
 */

export interface HeadOutputs {
  readonly output: 'softmax' | 'cumulativeSigmoid';
  /** Number of classes. */
  readonly classes: number;
  /** Class by row, -1 where it is not known. */
  readonly labels_N: Int32Array;
  /** Before the temperature, row by row. */
  readonly outputs_NJ: Float32Array;
}

/** Why no temperature is the best. */
export type NoTemperature = 'noLabels' | 'allRight' | 'noBetterThanChance';

export interface FittedTemperature {
  readonly temperature: number;
  /** Mean log loss over the labelled rows with a temperature of 1, and with this one. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** Temperatures are looked for between 1 over this and this. */
const WIDEST = 128;
/** Of the inverse temperature, relative: far below what rows can tell. */
const TOLERANCE = 1e-12;

/**
 * The log loss is convex in the inverse temperature, so its derivative has one zero at most: bracketed by doubling, then
 * halved down with Newton's steps.
 */
export function fitTemperature(head: HeadOutputs): FittedTemperature | NoTemperature {
  if (!head.labels_N.some((label) => label >= 0)) return 'noLabels';
  let [low, high] = [1, 1];
  while (lossAt(head, high).slope < 0) {
    high *= 2;
    if (high > WIDEST) return 'allRight';
  }
  while (lossAt(head, low).slope > 0) {
    low /= 2;
    if (low < 1 / WIDEST) return 'noBetterThanChance';
  }
  let inverse = (low + high) / 2;
  while (high - low > TOLERANCE * high) {
    const { slope, curvature } = lossAt(head, inverse);
    if (slope > 0) high = inverse;
    else low = inverse;
    const step = inverse - slope / curvature;
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - inverse) <= TOLERANCE * inverse) break;
    inverse = next;
  }
  return {
    temperature: 1 / inverse,
    lossBefore: lossAt(head, 1).loss,
    lossAfter: lossAt(head, inverse).loss,
  };
}

interface LossAt {
  /** Mean over the labelled rows, and its derivatives by the inverse temperature. */
  readonly loss: number;
  readonly slope: number;
  readonly curvature: number;
}

function lossAt({ output, classes, labels_N, outputs_NJ }: HeadOutputs, inverse: number): LossAt {
  const sums = { loss: 0, slope: 0, curvature: 0 };
  const width = output === 'softmax' ? classes : classes - 1;
  const add = output === 'softmax' ? addSoftmax : addSigmoids;
  let rows = 0;
  labels_N.forEach((label, row) => {
    if (label < 0) return;
    rows += 1;
    add(outputs_NJ.subarray(row * width, (row + 1) * width), label, inverse, sums);
  });
  return { loss: sums.loss / rows, slope: sums.slope / rows, curvature: sums.curvature / rows };
}

type Sums = { -readonly [Key in keyof LossAt]: LossAt[Key] };

/** ln Σ exp(bz) - bz of the label; its derivatives are mean and variance of z under the probabilities. */
function addSoftmax(z: Float32Array, label: number, b: number, sums: Sums): void {
  const top = z.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
  let total = 0;
  let mean = 0;
  let square = 0;
  for (const one of z) {
    // Of differences to the largest: nothing overflows, and the variance keeps its digits.
    const off = one - top;
    const weight = Math.exp(b * off);
    total += weight;
    mean += weight * off;
    square += weight * off * off;
  }
  mean /= total;
  sums.loss += Math.log(total) - b * (z[label]! - top);
  sums.slope += mean - (z[label]! - top);
  sums.curvature += square / total - mean * mean;
}

/** The questions up to the label: "above class j" is yes below the label, and no at it. */
function addSigmoids(z: Float32Array, label: number, b: number, sums: Sums): void {
  for (let j = 0; j <= label && j < z.length; j++) {
    const signed = j < label ? z[j]! : -z[j]!;
    const wrong = 1 / (1 + Math.exp(b * signed));
    sums.loss += softplus(-b * signed);
    sums.slope -= signed * wrong;
    sums.curvature += signed * signed * wrong * (1 - wrong);
  }
}

/** ln(1 + eˣ). */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
