/**
 * A confusion matrix as a picture: counts in, a Vega-Lite description out. Rows are labels, columns predictions. Of many
 * classes those are drawn that are taken wrongly most often: more cells can neither be read nor drawn in seconds.
 */
import type { TopLevelSpec } from 'vega-lite';
import { type Confusion, type ConfusionCell, cellsOf, labelledRows } from '../../train/score/confusion.ts';
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
/** Classes in a picture at most. */
const MOST_CLASSES = 40;

/** One cell; `share` is that of the row's rows, `isEmpty` says that the row has none. */
interface Cell {
  readonly label: number;
  readonly prediction: number;
  readonly count: number;
  readonly share: number;
  readonly isEmpty: boolean;
}

/**
 * @param names of all classes, in the order of the matrix
 * @param confusion K×K counts
 */
export function confusionSpec(head: string, names: readonly string[], confusion: Confusion): TopLevelSpec {
  const all = cellsOf(confusion);
  const drawn = drawnClasses(all, names.length);
  const classes = drawn.map((k) => names[k]!);
  const labelled = labelledRows(confusion, names.length);
  const totals = drawn.map((k) => labelled[k]!);
  const counts = new Map(all.map(([label, prediction, count]) => [label * names.length + prediction, count]));
  const cells: Cell[] = drawn.flatMap((k, label) =>
    drawn.map((j, prediction) => {
      const count = counts.get(k * names.length + j) ?? 0;
      const isEmpty = totals[label] === 0;
      return { label, prediction, count, share: isEmpty ? 0 : count / totals[label]!, isEmpty };
    }),
  );
  const side = Math.min(LARGEST_CELL, Math.max(SMALLEST_CELL, Math.floor(MATRIX / classes.length)));
  const digits = Math.max(...cells.map(({ count }) => formatCount(count).length));
  const fontSize = Math.min(18, side * 0.36, (side * 1.35) / digits);
  const rows = labelled.reduce((sum, total) => sum + total, 0);
  const right = all.reduce((sum, [label, prediction, count]) => sum + (label === prediction ? count : 0), 0);

  // Classes are drawn by number, so that two of one shortened name stay apart.
  const shortNames = classes.map((name, k) => shorten(name, drawn[k]!));
  const nameOf = wordsByNumber(shortNames);
  const rowNames = shortNames.map((name, k) => `${name} (${formatCount(totals[k]!)})`);
  const rowNameOf = wordsByNumber(rowNames);
  const upright = classes.length <= 6 && classes.every((name) => name.length * 7 < side);
  const subtitle = [
    `${formatCount(right)} of ${formatCount(rows)} rows are right${rows > 0 ? ` (${formatScore(right / rows)})` : ''}.`,
    'Numbers are rows; the darker, the larger their share of the label.',
    ...(drawn.length < names.length
      ? [`The ${drawn.length} of ${formatCount(names.length)} classes with the most wrong rows.`]
      : []),
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
          maxExtent: upright ? LABEL_SIZE + 6 : extentOf(shortNames) * 0.87 + 8,
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

/** All classes, or of many those with the most wrong rows, as label or as prediction; ascending. */
function drawnClasses(cells: readonly ConfusionCell[], classes: number): number[] {
  const all = Array.from({ length: classes }, (_, k) => k);
  if (classes <= MOST_CLASSES) return all;
  const wrong = new Float64Array(classes);
  for (const [label, prediction, count] of cells)
    if (label !== prediction) for (const k of [label, prediction]) wrong[k]! += count;
  return all
    .sort((a, b) => wrong[b]! - wrong[a]! || a - b)
    .slice(0, MOST_CLASSES)
    .sort((a, b) => a - b);
}

/** An expression of Vega. It takes the text `constructor` for the function of that name, but not with a letter before it. */
function wordsByNumber(words: readonly string[]): string {
  return `substring(${JSON.stringify(words.map((word) => `=${word}`))}[datum.value], 1)`;
}
