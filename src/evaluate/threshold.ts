/**
 * The least probability of a class at which answering with it has a wished precision or recall, on rows that the model was
 * not trained on.
 */

export interface Wish {
  readonly kind: 'precision' | 'recall';
  /** Above 0 and at most 1. */
  readonly value: number;
}

/** What a threshold comes to on the rows that it was fitted on. */
export interface FittedThreshold {
  readonly threshold: number;
  readonly precision: number;
  readonly recall: number;
  /** Rows that reach it. */
  readonly rows: number;
}

export interface ClassScores {
  /** Probability of the class, by row with a label. */
  readonly scores: ArrayLike<number>;
  /** Whether the row is of the class. */
  readonly positive: ArrayLike<boolean>;
}

/**
 * Of the thresholds that meet a precision, the one with the largest recall; of those that meet a recall, the highest, which
 * has the fewest rows beside it. It lies halfway between the last probability that reaches it and the next below.
 * @returns null where none meets it
 */
export function fitThreshold({ scores, positive }: ClassScores, wish: Wish): FittedThreshold | null {
  const order = Array.from(scores, (_, row) => row).sort((a, b) => scores[b]! - scores[a]!);
  const all = order.reduce((sum, row) => sum + (positive[row]! ? 1 : 0), 0);
  if (all === 0) return null;
  let best: FittedThreshold | null = null;
  let found = 0;
  for (let end = 1; end <= order.length; end++) {
    const score = scores[order[end - 1]!]!;
    if (positive[order[end - 1]!]!) found += 1;
    const below = end < order.length ? scores[order[end]!]! : 0;
    // Rows of one probability stay together.
    if (end < order.length && below === score) continue;
    const [precision, recall] = [found / end, found / all];
    const isMet = (wish.kind === 'precision' ? precision : recall) >= wish.value;
    if (!isMet || (best !== null && (wish.kind === 'recall' || recall <= best.recall))) continue;
    best = { threshold: (score + below) / 2, precision, recall, rows: end };
  }
  return best;
}

/** The highest precision that any threshold has, for the message where a wish can't be met. */
export function highestPrecision(scores: ClassScores): FittedThreshold | null {
  let best: FittedThreshold | null = null;
  for (const row of Array.from(scores.scores, (_, i) => i)) {
    if (!scores.positive[row]!) continue;
    const { precision, recall, rows } = atLeast(scores, scores.scores[row]!);
    if (best === null || precision > best.precision || (precision === best.precision && recall > best.recall))
      best = { threshold: scores.scores[row]!, precision, recall, rows };
  }
  return best;
}

function atLeast({ scores, positive }: ClassScores, threshold: number): Omit<FittedThreshold, 'threshold'> {
  let rows = 0;
  let found = 0;
  let all = 0;
  for (let row = 0; row < scores.length; row++) {
    all += positive[row]! ? 1 : 0;
    if (scores[row]! < threshold) continue;
    rows += 1;
    found += positive[row]! ? 1 : 0;
  }
  return { precision: found / rows, recall: found / all, rows };
}
