/**
 * Probabilities of one head to an answer. Without decisions it is what training scored: the most probable class, or for
 * outputs in an order (CORN) the median, the highest class that is reached with a probability above one half.
 *
 *   1. classes with a threshold that is reached: of these the one that is furthest above its own
 *   2. else the usual answer, where it has no threshold; else the most probable class that has none
 *   3. "don't know", where there is no such class, or its probability is too small
 */
import type { Decision, HeadDescription } from './model.ts';

export interface Answer {
  /** Index of the class; null for "don't know". */
  readonly class: number | null;
  /** Of the class that is answered, or would have been. */
  readonly probability: number;
}

/** @param probabilities of one image, after the temperature, one a class */
export function decide(
  probabilities: ArrayLike<number>,
  { classes, output }: Pick<HeadDescription, 'classes' | 'output'>,
  { thresholds, unknownBelow }: Decision,
): Answer {
  const all = Array.from(classes, (_, i) => i);
  const limits = classes.map((name) => (Object.hasOwn(thresholds, name) ? thresholds[name]! : null));
  const p = (i: number): number => probabilities[i]!;
  const largest = (among: readonly number[], by: (i: number) => number): number | undefined =>
    among.length === 0 ? undefined : among.reduce((best, i) => (by(i) > by(best) ? i : best));

  const reached = all.filter((i) => limits[i] !== null && p(i) >= limits[i]!);
  const usual = output === 'cumulativeSigmoid' ? median(probabilities, classes.length) : largest(all, p)!;
  const chosen =
    largest(reached, (i) => p(i) - limits[i]!) ??
    (limits[usual] === null
      ? usual
      : largest(
          all.filter((i) => limits[i] === null),
          p,
        ));
  if (chosen === undefined) return { class: null, probability: p(usual) };
  const isSure = unknownBelow === null || p(chosen) >= unknownBelow;
  return { class: isSure ? chosen : null, probability: p(chosen) };
}

/** The highest class that is reached, or passed, with a probability above one half. */
function median(probabilities: ArrayLike<number>, classes: number): number {
  let above = 0;
  for (let i = classes - 1; i > 0; i--) {
    above += probabilities[i]!;
    if (above > 0.5) return i;
  }
  return 0;
}
