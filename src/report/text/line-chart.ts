/** A curve as lines of text: a column of cells for each part of the axis, filled from its lowest to its highest value. */

import { printable } from '../../words.ts';
import { padToWidth, textWidth } from './text-width.ts';

export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

export interface LineChart {
  /** In the order of x; between two of them the curve is straight. */
  readonly points: readonly ChartPoint[];
  /** Lowest value of a logarithmic axis, at which smaller ones are drawn; null for a linear axis. */
  readonly logarithmicFrom: number | null;
  /** Whether a linear axis begins at 0. @default true */
  readonly fromZero?: boolean;
  readonly formatY: (value: number) => string;
  /** Words under the axis, each where it begins, in the order of x. */
  readonly words: readonly { readonly x: number; readonly text: string }[];
}

export interface ChartStyle {
  /** Letters of the terminal where true, plain ASCII where false. */
  readonly terminal: boolean;
  /** Width in cells. */
  readonly columns?: number | undefined;
}

const HEIGHT = 8;
const WIDEST = 72;

/** @returns lines, none wider than the style allows */
export function lineChart(
  { points, logarithmicFrom, fromZero = true, formatY, words }: LineChart,
  { terminal, columns = WIDEST + 12 }: ChartStyle,
): string[] {
  const scale = (y: number): number =>
    logarithmicFrom === null ? y : Math.log10(Math.max(y, logarithmicFrom));
  const values = points.map(({ y }) => scale(y));
  const top = Math.max(...values);
  const bottom = logarithmicFrom === null && fromZero ? 0 : Math.min(...values);
  const unscale = (value: number): number => (logarithmicFrom === null ? value : 10 ** value);
  const [highest, lowest] = [formatY(unscale(top)), formatY(unscale(bottom))];
  const margin = Math.max(textWidth(highest), textWidth(lowest)) + 1;
  const width = Math.max(1, Math.min(WIDEST, columns - margin - 2));

  const [first, last] = [points[0]!.x, points.at(-1)!.x];
  const columnOf = (x: number): number =>
    last === first ? 0 : Math.min(width - 1, Math.floor(((x - first) / (last - first)) * width));
  const rowOf = (value: number): number =>
    top === bottom ? 0 : Math.round(((value - bottom) / (top - bottom)) * (HEIGHT - 1));
  const ranges = columnRanges(
    points.map(({ x }, i) => [columnOf(x), values[i]!] as const),
    width,
  );
  const dot = terminal ? '█' : '*';
  const axis = terminal ? '│' : '|';
  const lines = Array.from({ length: HEIGHT }, (_, line) => {
    const row = HEIGHT - 1 - line;
    const label = line === 0 ? highest : line === HEIGHT - 1 ? lowest : '';
    const cells = ranges.map(([low, high]) => (rowOf(low) <= row && row <= rowOf(high) ? dot : ' ')).join('');
    return `${padToWidth(label, margin - 1, 'right')} ${axis}${cells}`.trimEnd();
  });
  const rule = (terminal ? '─' : '-').repeat(width);
  const under = wordsLine(
    words.map(({ x, text }) => ({ column: columnOf(x), text: printable(text) })),
    width,
  );
  const space = ' '.repeat(margin);
  return [...lines, `${space}${terminal ? '└' : '+'}${rule}`, `${space} ${under}`.trimEnd()];
}

/** Lowest and highest value of each column; one without a point takes those of the line that goes through it. */
function columnRanges(points: readonly (readonly [column: number, value: number])[], width: number) {
  const ranges: [number, number][] = [];
  const add = (column: number, value: number): void => {
    const range = ranges[column];
    if (range === undefined) ranges[column] = [value, value];
    else ranges[column] = [Math.min(range[0], value), Math.max(range[1], value)];
  };
  points.forEach(([column, value], i) => {
    const [before, from] = points[i - 1] ?? [column, value];
    for (let c = before + 1; c < column; c++)
      add(c, from + ((value - from) * (c - before)) / (column - before));
    add(column, value);
  });
  return Array.from({ length: width }, (_, column) => ranges[column] ?? ranges[0]!);
}

/** Words at their columns; what would run into the next is cut, and left out where nothing of it is left. */
function wordsLine(
  words: readonly { readonly column: number; readonly text: string }[],
  width: number,
): string {
  let line = '';
  words.forEach(({ column, text }, i) => {
    const room = (words[i + 1]?.column ?? width + 1) - column - 1;
    if (room < 1 || column < textWidth(line)) return;
    line += ' '.repeat(column - textWidth(line)) + padToWidth(text, Math.min(room, textWidth(text)));
  });
  return line;
}
