/**
 * What tools write into a CSV besides the table: the index of pandas, the empty columns and the `sep=` line of Excel, lines
 * of comment above the header, the Ctrl-Z of old systems. In: records as parsed. Out: the table's own, where the meaning is
 * certain; what is not is left in, to be reported with a hint of `raggedHint`.
 */

export interface RawRow {
  readonly cells: readonly string[];
  /** Line of the file on which it begins, from 1. */
  readonly line: number;
}

/** Excel's first line, as `sep=;`. */
const SEPARATOR = /^sep=(.)\r?$/i;

/** What MS-DOS ended a text with. */
const CONTROL_Z = '\u001a';

/** @param firstLine of the file @returns the delimiter that it says, undefined where it is no such line */
export function saidSeparator(firstLine: string | undefined): string | undefined {
  return SEPARATOR.exec(firstLine ?? '')?.[1];
}

/**
 * @param records all of the file's, the header among them
 * @param firstLine of the file
 */
export function withoutHabits(records: readonly RawRow[], firstLine: string | undefined): readonly RawRow[] {
  const rows = withoutComments(records.slice(saidSeparator(firstLine) === undefined ? 0 : 1));
  const last = rows.at(-1);
  if (last?.cells.at(-1)?.endsWith(CONTROL_Z)) rows.splice(-1, 1, ...withoutEnd(last));
  const [header, ...others] = rows;
  if (header === undefined) return rows;
  const trailing = header.cells.length - (header.cells.findLastIndex((cell) => cell !== '') + 1);
  const width = header.cells.length - trailing;
  const isIndex = width > 1 && header.cells[0] === '';
  const isSurplus = (cells: readonly string[]): boolean => cells.slice(width).every((cell) => cell === '');
  // A name may be missing above cells that say something: then nothing is certain.
  const hasSurplus = width > 0 && others.every(({ cells }) => isSurplus(cells));
  const end = hasSurplus ? width : undefined;
  const cut = ({ cells, line }: RawRow): RawRow => ({ cells: cells.slice(isIndex ? 1 : 0, end), line });
  return isIndex || trailing > 0 || others.some(({ cells }) => cells.length > header.cells.length)
    ? rows.map(cut)
    : rows;
}

/** The last record without Ctrl-Z: none where it is nothing else. */
function withoutEnd({ cells, line }: RawRow): readonly RawRow[] {
  const text = cells.at(-1)!.slice(0, -1);
  return cells.length === 1 && text === '' ? [] : [{ cells: [...cells.slice(0, -1), text], line }];
}

/** First lines that begin with `#` are comments, but for one right above the rows that is as wide as they: a header. */
function withoutComments(rows: readonly RawRow[]): RawRow[] {
  const comments = rows.findIndex(({ cells }) => !cells[0]!.startsWith('#'));
  if (comments < 1) return [...rows];
  const isHeader = rows[comments - 1]!.cells.length === rows[comments]!.cells.length;
  return rows.slice(isHeader ? comments - 1 : comments);
}

/** @returns the habit behind a row that has not the header's number of cells, undefined for none that is known */
export function raggedHint(row: RawRow, width: number, delimiter: string): string | undefined {
  const [first = ''] = row.cells;
  if (first.startsWith('#'))
    return 'Lines that begin with # are comments only above the header: remove this one.';
  if (row.cells.length > width && row.cells.some((cell) => /^'[^']*$/.test(cell)))
    return `A cell with ${JSON.stringify(delimiter)} in it is quoted by " in a CSV, not by '.`;
  if (row.cells.length > width && row.cells.slice(width).every((cell) => cell === ''))
    return `Other rows have something in these columns: give them a name in the header, or remove the ${JSON.stringify(delimiter)} at the end.`;
  return undefined;
}
