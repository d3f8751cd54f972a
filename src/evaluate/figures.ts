/**
 * What is told of one head, from counts. In: how often each class was answered where each was right, and the sum of the log
 * losses. Out: figures. Shape letters: N rows, M rows with a label, K classes of the head.
 *
 * Where a head may answer "don't know", all figures but the log loss are of the rows that it answers.
 */

/** One head of some rows: what is right, and what a model says. */
export interface AnsweredHead {
  readonly name: string;
  readonly classes: readonly string[];
  /** Index of the class that is most frequent in the training part; null where that is not known. */
  readonly majority: number | null;
  /** Class by row, -1 where it is not known. */
  readonly labels_N: Int32Array;
  /** The class that would be answered if there were no "don't know", by row. */
  readonly chosen_N: Int32Array;
  /** Answer by row, -1 for "don't know". */
  readonly answers_N: Int32Array;
  /** Row by row. */
  readonly probabilities_NK: Float32Array;
}

export const figureNames = [
  'logLoss',
  'accuracy',
  'majorityAccuracy',
  'balancedAccuracy',
  'macroF1',
  'answered',
] as const;

/**
 * `logLoss`: mean of -ln of the probability of the right class, without the weights and smoothing of a training loss.
 * `majorityAccuracy`: accuracy of always answering the class that is most frequent in the training part.
 * `balancedAccuracy`, `macroF1`: as in src/train/score/metrics.ts. `answered`: share of the labelled rows that get an answer.
 */
export type FigureName = (typeof figureNames)[number];

/** NaN stands for what cannot be told. */
export type Figures = Record<FigureName, number>;

/** The labelled rows of a head, each with all that the figures need of it. */
export interface CountedRows {
  /** Number of classes. */
  readonly classes: number;
  readonly majority: number | null;
  /** Number of each row among all rows. */
  readonly row_M: Int32Array;
  /** label · K + answer, or K · K for a row without an answer. */
  readonly cell_M: Int32Array;
  /** -ln of the probability of the label. */
  readonly loss_M: Float64Array;
}

/** Sums over some rows. */
export interface Totals {
  /** K × K and one more: row = label, column = answer, and last the rows without an answer. */
  readonly cells: Float64Array;
  lossSum: number;
}

/**
 * Smallest number above 0 in float32. A probability of 0 is one that is smaller, so it counts as this: its logarithm would
 * be infinite, and with it every mean.
 */
const SMALLEST = 2 ** -149;

export function countRows({
  classes,
  majority,
  labels_N,
  answers_N,
  probabilities_NK,
}: Omit<AnsweredHead, 'name' | 'chosen_N'>): CountedRows {
  const { length: k } = classes;
  const row_M = Int32Array.from(labels_N.keys()).filter((row) => labels_N[row]! >= 0);
  const cell_M = row_M.map((row) => (answers_N[row]! < 0 ? k * k : labels_N[row]! * k + answers_N[row]!));
  const loss_M = Float64Array.from(
    row_M,
    (row) => -Math.log(Math.max(SMALLEST, probabilities_NK[row * k + labels_N[row]!]!)),
  );
  return { classes: k, majority, row_M, cell_M, loss_M };
}

export function emptyTotals({ classes }: Pick<CountedRows, 'classes'>): Totals {
  return { cells: new Float64Array(classes * classes + 1), lossSum: 0 };
}

export function totalsOf(rows: CountedRows): Totals {
  const totals = emptyTotals(rows);
  rows.cell_M.forEach((cell, j) => {
    totals.cells[cell]! += 1;
    totals.lossSum += rows.loss_M[j]!;
  });
  return totals;
}

/** Called for every resample: it makes nothing but its result. */
export function figuresOf(
  { cells, lossSum }: Totals,
  { classes: k, majority }: Pick<CountedRows, 'classes' | 'majority'>,
): Figures {
  let answered = 0;
  let right = 0;
  let recalls = 0;
  let occurring = 0;
  let f1s = 0;
  let named = 0;
  for (let c = 0; c < k; c++) {
    const found = cells[c * k + c]!;
    let labelled = 0;
    let said = 0;
    for (let other = 0; other < k; other++) {
      labelled += cells[c * k + other]!;
      said += cells[other * k + c]!;
    }
    answered += labelled;
    right += found;
    if (labelled > 0) {
      recalls += found / labelled;
      occurring += 1;
    }
    if (labelled + said > 0) {
      f1s += (2 * found) / (labelled + said);
      named += 1;
    }
  }
  const rows = answered + cells[k * k]!;
  return {
    logLoss: lossSum / rows,
    accuracy: right / answered,
    majorityAccuracy: majority === null ? Number.NaN : majorityRows(cells, k, majority) / answered,
    balancedAccuracy: recalls / occurring,
    macroF1: f1s / named,
    answered: answered / rows,
  };
}

function majorityRows(cells: Float64Array, k: number, majority: number): number {
  let sum = 0;
  for (let answer = 0; answer < k; answer++) sum += cells[majority * k + answer]!;
  return sum;
}
