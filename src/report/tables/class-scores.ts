/** Every class of every head: rows, recall and precision. */
import type { Metrics } from '../../train/score/metrics.ts';
import { formatCount, formatScore } from '../text/format.ts';
import { renderMarkdown } from '../text/text-table.ts';

type Heads = readonly { readonly name: string; readonly classes: readonly string[] }[];

/** As numbers, for a table that a program reads; null where there is no row to tell it from. */
export function classRows(
  { heads: metrics }: Metrics,
  heads: Heads,
): {
  columns: string[];
  rows: [head: string, name: string, rows: number, recall: number | null, precision: number | null][];
} {
  return {
    columns: ['head', 'class', 'rows', 'recall', 'precision'],
    rows: heads.flatMap(({ name, classes }) =>
      classes.map((each, k) => {
        const { confusion, recall, precision } = metrics[name]!;
        const rows = confusion[k]!.reduce((sum, count) => sum + count, 0);
        return [name, each, rows, recall[k]!, precision[k]!];
      }),
    ),
  };
}

export function classMarkdown(metrics: Metrics, heads: Heads): string {
  const { columns, rows } = classRows(metrics, heads);
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
  return `## Classes\n\n${table}\n`;
}
