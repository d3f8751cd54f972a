/**
 * Columns of the table to classes and labels. In: a table, a column, the cells that mean "not known".
 * Out: class indices by row, -1 where the label is not known.
 */
import { ExperimentError, type Problem } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import type { HeadColumn, Labels, Table } from './table.ts';

/** Index of a label that is not known. */
export const unknownLabel = -1;

const columns = new WeakMap<Table, Map<string, readonly string[]>>();

/**
 * Cells of one column, by row; always the same list.
 * @param path place in the language that names the column, for the message
 * @throws ExperimentError `unknownColumn` with the nearest name
 */
export function cellsOf(table: Table, column: string, path: string): readonly string[] {
  const index = table.columns.indexOf(column);
  if (index < 0) throw new ExperimentError([unknownColumn(table, column, path)]);
  const ofTable = columns.get(table) ?? new Map<string, readonly string[]>();
  columns.set(table, ofTable);
  const cells = ofTable.get(column) ?? table.rows.map((row) => row[index]!);
  ofTable.set(column, cells);
  return cells;
}

/** The problem of a column that the table does not have. */
export function unknownColumn(table: Table, column: string, path: string): Problem {
  return {
    code: 'unknownColumn',
    path,
    message: `expected a column of ${table.file}, found "${column}"`,
    hint: namesHint(column, table.columns, 'Its columns'),
  };
}

/**
 * The distinct labels of a column, sorted by code point. The empty cell is never a class, nor is one in `missing`.
 * @throws ExperimentError `unknownColumn`
 */
export function findClasses(table: Table, column: string, missing: readonly string[]): string[] {
  const unknown = new Set(['', ...missing]);
  const index = table.columns.indexOf(column);
  if (index < 0) throw new ExperimentError([unknownColumn(table, column, 'dataset.attributes')]);
  const found = new Set<string>();
  for (const cells of table.rows) found.add(cells[index]!);
  for (const word of unknown) found.delete(word);
  return [...found].sort(byCodePoint);
}

/**
 * Labels of one head. The word `None` is a class like any other unless `missing` lists it.
 * @returns one problem for each distinct label that is not among the classes, at the first row that holds it
 */
export function readLabels(
  table: Table,
  head: HeadColumn,
  missing: readonly string[],
): { labels: Labels; problems: Problem[] } {
  const path = `dataset.attributes.${head.name}`;
  const column = table.columns.indexOf(head.column);
  const labels = new Int32Array(table.rows.length).fill(unknownLabel);
  if (column < 0) return { labels, problems: [unknownColumn(table, head.column, path)] };
  const unknown = new Set(['', ...missing]);
  const indices = new Map(head.classes.map((name, index) => [name, index]));
  const strangers = new Map<string, { count: number; line: number }>();
  table.rows.forEach((cells, row) => {
    const cell = cells[column]!;
    if (unknown.has(cell)) return;
    const index = indices.get(cell);
    if (index !== undefined) {
      labels[row] = index;
      return;
    }
    const stranger = strangers.get(cell) ?? { count: 0, line: table.lines[row]! };
    stranger.count += 1;
    strangers.set(cell, stranger);
  });
  const problems = [...strangers].map(([label, { count, line }]): Problem => {
    const rows = count === 1 ? 'in 1 row' : `in ${count} rows, this one first`;
    return {
      code: 'unknownClass',
      path,
      message: `expected one of the ${head.classes.length} classes of ${head.name}, found "${label}" in column "${head.column}" (${rows})`,
      place: { file: table.file, line, column: 1, text: '' },
      hint: `${namesHint(label, head.classes, 'The classes')} A label that means "not known" goes into dataset.missing.`,
    };
  });
  return { labels, problems };
}

/**
 * Rows of each class, among the rows given.
 * @param classes number of classes
 */
export function countClasses(labels: Labels, rows: Int32Array, classes: number): Int32Array {
  const counts = new Int32Array(classes);
  for (const row of rows) {
    const label = labels[row]!;
    if (label !== unknownLabel) counts[label]! += 1;
  }
  return counts;
}

/** Order by code point: the same in every locale, and unlike UTF-16 order also beyond the basic plane. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
