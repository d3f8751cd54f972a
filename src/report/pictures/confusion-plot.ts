/** A confusion matrix as a picture: counts in, a Vega-Lite description out. Rows are labels, columns predictions. */
import type { TopLevelSpec } from 'vega-lite';
import { printable } from '../../words.ts';
import { formatCount, formatScore } from '../text/format.ts';

const LABEL_SIZE = 12;
/** Width of a letter in parts of the font's size. Vega, without a canvas, takes 0.8 and sets titles far away. */
const LETTER = 0.64;
/** Longest class name beside the matrix, in letters. */
const LONGEST_LABEL = 22;
/** Units that the cells of a matrix share, so that few classes get large cells; limits of one cell. */
const MATRIX = 460;
const SMALLEST_CELL = 34;
const LARGEST_CELL = 130;

/** One cell; `share` is that of the row's rows, `isEmpty` says that the row has none. */
interface Cell {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
  readonly share: number;
  readonly isEmpty: boolean;
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
      share: totals[label] === 0 ? 0 : count / totals[label]!,
      isEmpty: totals[label] === 0,
    })),
  );
  const side = Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, Math.floor(MATRIX / classes.length)));
  const digits = Math.max(...cells.map(({ count }) => formatCount(count).length));
  const fontSize = Math.min(18, side * 0.36, (side * 1.35) / digits);
  const rows = totals.reduce((sum, total) => sum + total, 0);
  const right = confusion.reduce((sum, row, k) => sum + row[k]!, 0);

  // Classes are drawn by number, so that two of one shortened name stay apart.
  const names = classes.map((name, k) => shorten(name, k));
  const nameOf = wordsByNumber(names);
  const rowNames = names.map((name, k) => `${name} (${formatCount(totals[k]!)})`);
  const rowNameOf = wordsByNumber(rowNames);
  const upright = classes.length <= 6 && classes.every((name) => name.length * 7 < side);
  const subtitle = [
    `${formatCount(right)} of ${formatCount(rows)} rows are right${rows > 0 ? ` (${formatScore(right / rows)})` : ''}.`,
    'Numbers are rows; the darker, the larger their share of the label.',
  ];
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
          maxExtent: upright ? LABEL_SIZE + 6 : extentOf(names) * 0.87 + 8,
        },
      },
      y: {
        field: 'label',
        type: 'ordinal',
        scale: { paddingInner: 0.04, paddingOuter: 0.02 },
        axis: {
          ...axis,
          title: 'labelled class (rows)',
          labelExpr: rowNameOf,
          maxExtent: extentOf(rowNames),
        },
      },
    },
    layer: [
      {
        mark: { type: 'rect', cornerRadius: 2 },
        encoding: {
          color: {
            condition: { test: 'datum.isEmpty', value: '#f4f4f4' },
            field: 'share',
            type: 'quantitative',
            scale: { domain: [0, 1], range: ['#eef3fa', '#c3d9ef', '#86b3dd', '#2b6cb0', '#08306b'] },
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
              { test: 'datum.share > 0.6', value: 'white' },
            ],
            value: '#1a1a1a',
          },
        },
      },
    ],
  };

  function shorten(written: string, k: number): string {
    const name = printable(written);
    if (name.length === 0) return `class ${k}`;
    return name.length <= LONGEST_LABEL ? name : `${name.slice(0, LONGEST_LABEL - 1)}…`;
  }

  function extentOf(labels: readonly string[]): number {
    return 8 + LETTER * LABEL_SIZE * Math.max(...labels.map((label) => label.length));
  }
}

/** An expression of Vega. It takes the text `constructor` for the function of that name, but not with a letter before it. */
function wordsByNumber(words: readonly string[]): string {
  return `substring(${JSON.stringify(words.map((word) => `=${word}`))}[datum.value], 1)`;
}
