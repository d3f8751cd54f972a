/** Rows to numbers: one for each combination of classes, one for each group. The numbers do not depend on names. */
import type { Labels } from './table.ts';

/**
 * A number for each combination of classes, sorted by the first head, then the second and so on, with classes
 * in the order of their first row: so the shares of the first head alone are kept within one row, too.
 * @param rows number of rows
 * @param strata labels of each head by row; a label that is not known is a class of its own here
 */
export function numberStrata(rows: number, strata: readonly Labels[]): Int32Array {
  const ranks = strata.map((labels) => numberByFirst(labels));
  const order = Array.from({ length: rows }, (_, row) => row);
  const compare = (a: number, b: number): number => {
    for (const rank of ranks) {
      if (rank[a] !== rank[b]) return rank[a]! - rank[b]!;
    }
    return 0;
  };
  order.sort(compare);
  const numbers = new Int32Array(rows);
  let last = 0;
  order.forEach((row, i) => {
    if (i > 0 && compare(order[i - 1]!, row) !== 0) last += 1;
    numbers[row] = last;
  });
  return numbers;
}

/** An empty cell says nothing about who else is in the group, so it is a group of its own. */
export function numberGroups(groups: readonly string[]): Int32Array {
  return numberByFirst(groups.map((cell, row) => (cell === '' ? row : cell)));
}

/** Numbers from 0 in the order of first occurrence. */
function numberByFirst(values: Iterable<string | number>): Int32Array {
  const numbers = new Map<string | number, number>();
  const result: number[] = [];
  for (const value of values) {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    result.push(number);
  }
  return Int32Array.from(result);
}
