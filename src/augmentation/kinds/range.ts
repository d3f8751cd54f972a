/** Two numbers of a file that are a smallest and a largest value. */
import type { Checked } from '../augmentation.ts';

/** Smallest and largest value of a draw. */
export type Range = readonly [low: number, high: number];

/** The schema has made sure of two elements. */
export function rangeOf([low, high]: readonly number[]): Range {
  return [low!, high!];
}

export function mapRange([low, high]: Range, change: (value: number) => number): Range {
  return [change(low), change(high)];
}

/** Reports a list whose first number is above its second. @param key of the augmentation's own keys */
export function checkRange(range: readonly number[], key: string, { path, report }: Checked): void {
  if (range[0]! <= range[1]!) return;
  report(
    'conflict',
    [...path, key, 0],
    `expected at most the second number, which is ${range[1]}, got ${range[0]}`,
    'The smallest value comes first.',
  );
}
