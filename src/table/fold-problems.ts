/** What keeps folds from being alike: too few rows or groups, a group that is too large, a class that is too rare. */
import type { Problem } from '../errors.ts';
import { unknownLabel } from './labels.ts';
import type { Labels } from './table.ts';

/** A head whose classes are to keep their shares, for messages. */
export interface Stratum {
  readonly name: string;
  /** Names in the order of the labels. */
  readonly classes: readonly string[];
}

export interface FoldsInput {
  readonly folds: number;
  /** Rows that are dealt into them. */
  readonly rows: number;
  readonly groupBy: string | null;
  /** Group of each of the rows, null without groups. An empty cell is a group of its own. */
  readonly groups: readonly string[] | null;
  /** The labels of the same rows, one head each. */
  readonly classes: readonly (Partial<Stratum> & { readonly labels: Labels })[];
}

/** A group may have so many times a fold's share of the rows; the others would be left with too few. */
const LARGEST_GROUP = 2;

/** @returns every problem, none where each fold gets its share of rows and a row of each class */
export function foldProblems({ folds, rows, groupBy, groups, classes }: FoldsInput): Problem[] {
  const sizes = new Map<string | number, number>();
  const groupOf = (row: number): string | number =>
    groups === null || groups[row] === '' ? row : groups[row]!;
  for (let row = 0; row < rows; row++) sizes.set(groupOf(row), (sizes.get(groupOf(row)) ?? 0) + 1);
  const units = groups === null ? 'rows' : `groups of column "${groupBy}"`;
  const at = { path: 'dataset.split.folds', code: 'outOfRange' } as const;
  if (sizes.size < folds) {
    return [
      {
        ...at,
        message: `expected at most as many folds as there are ${units}, ${sizes.size}, got ${folds}`,
        hint: 'Take fewer folds.',
      },
    ];
  }
  const problems: Problem[] = [];
  const [largest, most] = [...sizes].reduce((a, b) => (b[1] > a[1] ? b : a));
  const share = rows / folds;
  if (most > LARGEST_GROUP * share && groups !== null) {
    problems.push({
      ...at,
      message: `expected groups of at most ${Math.floor(LARGEST_GROUP * share)} rows, twice the share of one of ${folds} folds, found ${most} rows with ${groupBy} "${largest}"`,
      hint: 'The other folds would be left with too few rows: take fewer folds, or another groupBy.',
    });
  }
  for (const { name, classes: names = [], labels } of classes) {
    const holders = new Map<number, Set<string | number>>();
    labels.forEach((label, row) => {
      if (label === unknownLabel) return;
      const of = holders.get(label) ?? new Set();
      holders.set(label, of.add(groupOf(row)));
    });
    for (const [label, { size }] of [...holders].sort(([a], [b]) => a - b)) {
      if (size >= folds) continue;
      problems.push({
        ...at,
        message: `expected every class of ${name ?? 'a head'} in at least ${folds} ${units}, one for each fold, found "${names[label] ?? label}" in ${size}`,
        hint: `Take fewer folds, put the label into dataset.missing, or leave ${name ?? 'the head'} out of stratifyBy.`,
      });
    }
  }
  return problems;
}
