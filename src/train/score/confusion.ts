/**
 * Which classes are taken for which. In: K×K counts as a pass over rows leaves them. Out: what is kept of them in a run's history and
 * drawn. Of many classes nearly all counts are zero: 3,000 classes have nine million cells, and 3,000 rows fill 3,000.
 */

/** Beyond this many classes only the cells that are not zero are kept. */
export const MOST_DENSE_CLASSES = 100;

/** Rows labelled as one class and answered with another. */
export type ConfusionCell = readonly [label: number, prediction: number, count: number];

/** K×K counts, row = label, column = prediction; of many classes the cells that are not zero, in the order of the rows. */
export type Confusion = readonly (readonly number[])[] | { readonly cells: readonly ConfusionCell[] };

/** @param counts K×K, row by row */
export function confusionOf(counts: Float64Array): Confusion {
  const classes = Math.sqrt(counts.length);
  if (classes <= MOST_DENSE_CLASSES)
    return Array.from({ length: classes }, (_, label) =>
      Array.from(counts.subarray(label * classes, (label + 1) * classes)),
    );
  const cells: ConfusionCell[] = [];
  for (let at = 0; at < counts.length; at++)
    if (counts[at] !== 0) cells.push([Math.floor(at / classes), at % classes, counts[at]!]);
  return { cells };
}

/** The cells that are not zero. */
export function cellsOf(confusion: Confusion): readonly ConfusionCell[] {
  if ('cells' in confusion) return confusion.cells;
  return confusion.flatMap((row, label) =>
    row.flatMap((count, prediction): ConfusionCell[] => (count === 0 ? [] : [[label, prediction, count]])),
  );
}

/** @returns rows labelled as each class */
export function labelledRows(confusion: Confusion, classes: number): Float64Array {
  const totals = new Float64Array(classes);
  for (const [label, , count] of cellsOf(confusion)) totals[label]! += count;
  return totals;
}

/** Classes with a row. */
export function occurringClasses(confusion: Confusion): number {
  return new Set(cellsOf(confusion).map(([label]) => label)).size;
}
