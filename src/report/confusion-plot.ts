/** A confusion matrix as a picture: counts in, a Vega-Lite description out. Rows are labels, columns predictions. */
import type { TopLevelSpec } from 'vega-lite';
import { formatCount, formatScore } from './format.ts';

/** Longest class name beside the matrix, in letters. */
const LONGEST_LABEL = 22;
/** Units that the cells of a matrix share, so that few classes get large cells; limits of one cell. */
const MATRIX = 460;
const SMALLEST_CELL = 34;
const LARGEST_CELL = 130;

/** One cell. `share` is null in a row without rows. */
interface Cell {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
  readonly share: number | null;
}

/**
 * @param classes names, in the order of the matrix
 * @param confusion K×K counts
 */
export function confusionSpec(
  head: string,
  classes: readonly string[],
  confusion: readonly (readonly number[])[],
): TopLevelSpec {
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const cells: Cell[] = confusion.flatMap((row, label) =>
    row.map((count, prediction) => ({
      label,
      prediction,
      count,
      share: totals[label] === 0 ? null : count / totals[label]!,
    })),
  );
  const side = Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, Math.floor(MATRIX / classes.length)));
  const digits = Math.max(...cells.map(({ count }) => formatCount(count).length));
  const fontSize = Math.min(18, side * 0.36, (side * 1.35) / digits);
  const rows = totals.reduce((sum, total) => sum + total, 0);
  const right = confusion.reduce((sum, row, k) => sum + row[k]!, 0);

  // Classes are drawn by number, so that two of one shortened name stay apart.
  const names = classes.map((name, k) => shorten(name, k));
  const nameOf = `${JSON.stringify(names)}[datum.value]`;
  const rowNameOf = `${JSON.stringify(names.map((name, k) => `${name}  (${formatCount(totals[k]!)})`))}[datum.value]`;
  const upright = classes.length <= 6 && classes.every((name) => name.length * 7 < side);
  const subtitle =
    `${formatCount(right)} of ${formatCount(rows)} rows right` +
    (rows > 0 ? ` (${formatScore(right / rows)})` : '') +
    '. Numbers are rows; the darker, the larger the share of the label’s rows.';
  const axis = {
    title: null,
    domain: false,
    ticks: false,
    labelPadding: 6,
    labelLimit: 0,
    labelFontSize: 12,
  };
  return {
    title: { text: `${head}: labels and predictions`, subtitle },
    data: { values: cells },
    width: side * classes.length,
    height: side * classes.length,
    encoding: {
      x: {
        field: 'prediction',
        type: 'ordinal',
        scale: { paddingInner: 0.04, paddingOuter: 0.02 },
        axis: {
          ...axis,
          title: 'predicted class',
          orient: 'top',
          labelExpr: nameOf,
          labelAngle: upright ? 0 : -60,
          labelAlign: upright ? 'center' : 'left',
        },
      },
      y: {
        field: 'label',
        type: 'ordinal',
        scale: { paddingInner: 0.04, paddingOuter: 0.02 },
        axis: { ...axis, title: 'labelled class (rows)', labelExpr: rowNameOf },
      },
    },
    layer: [
      {
        mark: { type: 'rect', cornerRadius: 2 },
        encoding: {
          color: {
            condition: { test: 'datum.share === null', value: '#f3f3f3' },
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#eef3fa', '#a9c8e8', '#4f8fcb', '#08519c', '#08306b'] },
            legend: {
              title: ['share of', 'the row'],
              gradientLength: Math.min(200, side * classes.length),
              tickCount: 5,
              format: '.1f',
            },
          },
        },
      },
      {
        mark: { type: 'text', fontSize },
        encoding: {
          text: { field: 'count', type: 'quantitative', format: ',d' },
          color: {
            condition: [
              { test: 'datum.count === 0', value: '#b4bcc6' },
              { test: 'datum.share > 0.5', value: 'white' },
            ],
            value: '#1a1a1a',
          },
        },
      },
    ],
  };

  function shorten(name: string, k: number): string {
    if (name.length === 0) return `class ${k}`;
    return name.length <= LONGEST_LABEL ? name : `${name.slice(0, LONGEST_LABEL - 1)}…`;
  }
}
