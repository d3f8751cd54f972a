/**
 * Where a table's paths of images lead. In: cells, the folder that they start from. Out: absolute paths, or a problem for
 * each row whose image is not in that folder; `allowOutside` lets it be elsewhere. A table may come from anywhere, and what it names is read and copied; so
 * that whether a file is there outside the folder is not told either.
 */
import { lstatSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Table } from './table.ts';

/** Rows that are listed; of more, their number. */
const LISTED = 20;

/** @returns the absolute path that a cell means, empty where it names none */
export function imagePath(folder: string, cell: string): string {
  return cell === '' ? '' : resolve(folder, cell);
}

/**
 * Rows whose images are outside the folder, by what is written alone. No file is looked at.
 * @param cells paths by row of the table
 * @param hint how to read them nevertheless
 */
export function pathsOutside(
  table: Pick<Table, 'file' | 'lines'>,
  cells: readonly string[],
  folder: string,
  hint: string,
): Problem[] {
  const rows = [...cells.keys()].filter((row) => isOutside(folder, cells[row]!));
  return problemsOf(table, rows, hint, (row) => JSON.stringify(cells[row]!));
}

/**
 * The same of links: rows whose paths lie behind one that does not lead to something in the folder.
 * @param rows numbers of those whose images are read
 */
export function linksOutside(
  table: Pick<Table, 'file' | 'lines'>,
  cells: readonly string[],
  rows: Iterable<number>,
  folder: string,
  hint: string,
): Problem[] {
  const root = resolve(folder);
  const known = new Map<string, boolean>([[root, true]]);
  const isInside = (path: string): boolean => {
    const before = known.get(path);
    if (before !== undefined) return before;
    const inside = path === dirname(path) || (isInside(dirname(path)) && leadsInside(path, root));
    known.set(path, inside);
    return inside;
  };
  const found: number[] = [];
  for (const row of rows) {
    if (cells[row] === '' || isOutside(folder, cells[row]!)) continue;
    const path = resolve(folder, cells[row]!);
    // Files are not kept: there may be millions, and most are named once.
    if (path !== root && !(isInside(dirname(path)) && leadsInside(path, root))) found.push(row);
  }
  return problemsOf(
    table,
    found,
    hint,
    (row) => `${JSON.stringify(cells[row]!)}, behind a link that does not lead to an image there`,
  );
}

function isOutside(folder: string, cell: string): boolean {
  // Nearly every path: nothing in it can lead out.
  if (!isAbsolute(cell) && !cell.includes('..')) return false;
  return cell !== '' && !isWithin(resolve(folder), resolve(folder, cell));
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What is not there leads nowhere: that it is absent is said where images are read. */
function leadsInside(path: string, root: string): boolean {
  try {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return true;
  } catch {
    return true;
  }
  try {
    return isWithin(realpathSync.native(root), realpathSync.native(path));
  } catch {
    return false;
  }
}

function problemsOf(
  { file, lines }: Pick<Table, 'file' | 'lines'>,
  rows: readonly number[],
  hint: string,
  found: (row: number) => string,
): Problem[] {
  const more = rows.length - LISTED;
  return rows.slice(0, LISTED).map((row, i): Problem => {
    const isLast = i === Math.min(rows.length, LISTED) - 1;
    return {
      code: 'outsideFolder',
      path: '',
      message: `expected an image in the folder of the images, found ${found(row)}`,
      place: { file, line: lines[row]!, column: 1, text: '' },
      hint: isLast ? `${more > 0 ? `So do ${more} more rows. ` : ''}${hint}` : undefined,
    };
  });
}
