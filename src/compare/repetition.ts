/**
 * What is repeated, and averaged over: seeds, the folds of cross-validation, or both. Trials that differ in nothing else
 * are one row of a comparison.
 */

export interface Repetition {
  /** Whether trials differ in their seeds. */
  readonly seeds: boolean;
  /** Number of folds, where trials differ in the fold; null where they do not. */
  readonly folds: number | null;
}

export const noRepetition: Repetition = { seeds: false, folds: null };

/** `seeds`, `folds`, or `seeds and folds`. */
export function repeatedWord({ seeds, folds }: Repetition): string {
  if (folds === null) return 'seeds';
  return seeds ? 'seeds and folds' : 'folds';
}

/** The sentence under a table of means. */
export function spreadSentence(repetition: Repetition): string {
  const sentence = `Mean ± standard deviation over n ${repeatedWord(repetition)}.`;
  return repetition.folds === null
    ? sentence
    : `${sentence} Folds share training rows, so other data may differ by more.`;
}

/**
 * Rows for validation over rows for training of a fold: what two folds have in common makes the variance of their mean
 * larger than that of n independent numbers, by this in place of nothing (Nadeau and Bengio, "Inference for the
 * generalization error", Machine Learning 52, 2003, equation for the corrected resampled t-test).
 */
export function overlapOf({ folds }: Repetition): number {
  return folds === null ? 0 : 1 / (folds - 1);
}
