/** The classes of every head: rows, recall and precision. */
import { labelledRows } from '../../train/score/confusion.ts';
import type { Metrics } from '../../train/score/metrics.ts';
import { formatCount, formatScore } from '../text/format.ts';
import { renderMarkdown } from '../text/text-table.ts';

type ClassRow = [head: string, name: string, rows: number, recall: number | null, precision: number | null];

/** Of a head with more classes than this, a person is shown those that are found least. */
const MOST_CLASSES = 40;

type Heads = readonly { readonly name: string; readonly classes: readonly string[] }[];

/** As numbers, for a table that a program reads; null where there is no row to tell it from. */
export function classRows(
  { heads: metrics }: Metrics,
  heads: Heads,
): {
  columns: string[];
  rows: ClassRow[];
} {
  return {
    columns: ['head', 'class', 'rows', 'recall', 'precision'],
    rows: heads.flatMap(({ name, classes }) => {
      const { confusion, recall, precision } = metrics[name]!;
      const rows = labelledRows(confusion, classes.length);
      return classes.map((each, k): ClassRow => [name, each, rows[k]!, recall[k]!, precision[k]!]);
    }),
  };
}

export function classMarkdown(metrics: Metrics, heads: Heads): string {
  const { columns, rows: all } = classRows(metrics, heads);
  const many = heads.filter(({ classes }) => classes.length > MOST_CLASSES).map(({ name }) => name);
  const rows = heads.flatMap(({ name }) => shownRows(all.filter(([head]) => head === name)));
  const left = many.map((name) => `Of ${name}, the ${MOST_CLASSES} classes with the lowest recall.`);
  const table = renderMarkdown({
    columns: columns.map((title, i) => ({ title, align: i < 2 ? 'left' : 'right' })),
    rows: rows.map(([head, name, count, recall, precision]) => [
      head,
      name,
      formatCount(count),
      formatScore(recall),
      formatScore(precision),
    ]),
  });
  return `## Classes\n\n${left.length === 0 ? '' : `${left.join(' ')}\n\n`}${table}\n`;
}

/** Those with the lowest recall; of equals, those with more rows. Classes without a row say nothing. */
function shownRows(rows: readonly ClassRow[]): readonly ClassRow[] {
  if (rows.length <= MOST_CLASSES) return rows;
  return rows
    .filter(([, , count]) => count > 0)
    .sort(([, , aRows, a], [, , bRows, b]) => a! - b! || bRows - aRows)
    .slice(0, MOST_CLASSES);
}
