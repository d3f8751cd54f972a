/**
 * The numerics: a number for how this program computes. It is raised only where the same plan comes to results that really
 * differ from those before, and it is a part of the plan's hash. What is new and leaves the results of older plans as they
 * were does not raise it.
 */

export interface Numerics {
  readonly number: number;
  /** The first version of this program that computes so. */
  readonly version: string;
  /** What computes differently than before, as a sentence for people who compare numbers. */
  readonly reason: string;
}

/** Oldest first; the last is how this program computes. */
export const numerics: readonly Numerics[] = [
  { number: 1, version: '0.1.0', reason: 'The first version.' },
  {
    number: 2,
    version: '0.2.0',
    reason:
      'Validation on a CPU in float32 folds batch norms into convolutions: its figures differ in rounding, and so may the epoch that is chosen by them.',
  },
];

export function currentNumerics(): number {
  return numerics.at(-1)!.number;
}

/** What has changed since these numerics, as one text. */
export function changesSince(number: number): string {
  return numerics
    .filter((later) => later.number > number)
    .map(({ reason }) => reason)
    .join(' ');
}
