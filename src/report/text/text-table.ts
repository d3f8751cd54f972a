/**
 * A table as data, and its three looks: aligned text for a terminal or a pipe, Markdown, and columns with rows. Text
 * that is wider than the terminal becomes one block a row, so that no line is ever broken by the terminal.
 */
import CliTable from 'cli-table3';
import { createColors } from 'picocolors';
import { printable } from '../../words.ts';
import { flowParts, type Paint, textWidth } from './text-width.ts';

export interface TextStyle {
  /** Box-drawing characters where true, plain ASCII where false. */
  readonly terminal: boolean;
  readonly colour?: boolean | undefined;
  /** Width in cells; without it lines may be of any length. */
  readonly columns?: number | undefined;
}

export interface Column {
  /** May hold line breaks. */
  readonly title: string;
  readonly align: 'left' | 'right';
}

export interface TextTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

const GAP = '  ';

/** @returns lines without a newline at the end */
export function renderTable(table: TextTable, style: TextStyle): string {
  const cells = { ...table, rows: table.rows.map((row) => row.map(printable)) };
  const text = asGrid(cells, style);
  const width = Math.max(...text.split('\n').map(textWidth));
  return width <= (style.columns ?? Number.POSITIVE_INFINITY) ? text : asBlocks(cells, style);
}

/**
 * GitHub's table syntax: a bar or a line break in a cell is written so that it does not end the cell, and what could be HTML,
 * a link or a picture so that it is text.
 */
export function renderMarkdown({ columns, rows }: TextTable): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => asText(cell.trim())).join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    `| ${columns.map(({ align }) => (align === 'right' ? '---:' : ':---')).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n');
}

/** Of GitHub's Markdown and of MLflow's page, which both let HTML through. */
function asText(cell: string): string {
  return printable(cell.replaceAll('\n', ' '))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\|`[\]]/g, '\\$&');
}

function asGrid({ columns, rows }: TextTable, style: TextStyle): string {
  const { bold, dim } = createColors(style.colour ?? false);
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
  };
  const table = new CliTable({
    head: columns.map(({ title }) => title.split('\n').map(bold).join('\n')),
    colAligns: columns.map(({ align }) => align),
    chars: {
      ...none,
      left: '',
      'left-mid': '',
      right: '',
      'right-mid': '',
      mid: '',
      'mid-mid': '',
      middle: GAP,
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  const headLines = Math.max(...columns.map(({ title }) => title.split('\n').length));
  const width = Math.max(...lines.map(textWidth));
  const rule = dim((style.terminal ? '─' : '-').repeat(width));
  return [...lines.slice(0, headLines), rule, ...lines.slice(headLines)]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** `title: value` below each other, the first column as the heading of each block. */
function asBlocks({ columns, rows }: TextTable, style: TextStyle): string {
  const { bold } = createColors(style.colour ?? false);
  const width = style.columns ?? Number.POSITIVE_INFINITY;
  const lines = (text: string, margin: number, paint?: Paint): string[] =>
    flowParts(
      text.split(' ').map((word) => ({ text: word, paint })),
      width - margin,
      ' ',
      4,
    ).map((line) => ' '.repeat(margin) + line);
  const titles = columns.map(({ title }) => title.replaceAll('\n', ' '));
  return rows
    .flatMap(([first, ...rest]) => [
      ...lines(first ?? '', 0, bold),
      ...rest.flatMap((value, i) => lines(`${titles[i + 1]}: ${value.trim()}`, 2)),
    ])
    .join('\n');
}
