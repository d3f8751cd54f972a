/**
 * What is said of bad images. In: which rows, and why. Out: a problem for each with its line of the table, or one for all
 * of them where a mistake of the whole column is behind it: then it says which mistake.
 */
import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import type { Problem } from '../errors.ts';
import { displayPath } from '../file/load.ts';
import type { Table } from '../table/table.ts';
import type { BadImage } from './cache.ts';

/** Fewer rows of one fault are listed one by one. */
const FEWEST = 4;
/** Paths that a guess about all of them is tried on. */
const TRIED = 20;

export interface ReadImages {
  /** Folder that paths start from, and what the table has for each of its rows; null where it is not known. */
  readonly paths: { readonly folder: string; readonly cells: readonly string[] } | null;
  /** How many rows were looked at. */
  readonly rows: number;
  /** What to do about bad images, one sentence or two. */
  readonly hint: string;
}

export function badImageProblems(table: Table, bad: readonly BadImage[], images: ReadImages): Problem[] {
  const reasons = new Set(bad.map(({ reason }) => reason));
  const problems = bad.map((image) => problemOf(table, image));
  if (bad.length === images.rows && bad.length >= FEWEST && reasons.size === 1) {
    const [first] = problems;
    const message = `expected images, found the same fault in all ${bad.length} rows; the first is ${displayPath(bad[0]!.path)}: ${bad[0]!.reason}`;
    const hint = hintFor(bad, images);
    return [{ ...first!, message, hint }];
  }
  return problems.map((problem, i) => (i === bad.length - 1 ? { ...problem, hint: images.hint } : problem));
}

function problemOf(table: Table, image: BadImage): Problem {
  const found = image.path === '' ? 'no path' : `${displayPath(image.path)}: ${image.reason}`;
  return {
    code: 'badImage',
    path: '',
    message: `expected an image, found ${found}`,
    place: { file: table.file, line: table.lines[image.row]!, column: 1, text: '' },
  };
}

/** What is likely wrong with all paths. */
function hintFor(bad: readonly BadImage[], { paths, hint }: ReadImages): string {
  const reason = bad[0]!.reason;
  if (/read are JPEG/.test(reason))
    return `Convert them, with ImageMagick for example: magick mogrify -format jpg '*${extname(bad[0]!.path)}'. Then change the paths in the table.`;
  if (reason !== ABSENT || paths === null) return hint;
  const { folder, cells } = paths;
  const tried = bad.slice(0, TRIED).map(({ row }) => cells[row]!);
  const all = (test: (cell: string) => boolean): boolean => tried.every(test);
  const isThere = (...path: string[]): boolean => existsSync(join(...path));
  if (all((cell) => /^https?:\/\//.test(cell)))
    return 'They are addresses: download the images, and write where the files are.';
  if (all((cell) => cell.includes('\\') && isThere(folder, cell.replaceAll('\\', '/'))))
    return 'The paths are written with \\, as on Windows: write / in its place.';
  if (all((cell) => cell !== cell.trim() && isThere(folder, cell.trim())))
    return 'There are blanks before or after the paths: take them out of the table.';
  if (all((cell) => isThere(dirname(folder), cell)))
    return `The paths start from the folder above: dataset.images: ${shown(dirname(folder))}.`;
  if (all((cell) => isThere(folder, basename(cell))))
    return `The files are in ${shown(folder)} itself: take ${dirname(tried[0]!)}/ out of the paths, or set dataset.images to the folder that the paths start from.`;
  const ending = endings(folder, tried[0]!).find((one) => all((cell) => isThere(folder, cell + one)));
  if (ending !== undefined) return `The names of the files end in ${ending}, which the paths leave out.`;
  if (all((cell) => namesLike(folder, cell).length > 0))
    return `The names of the files differ in small and capital letters: there is ${namesLike(folder, tried[0]!)[0]}.`;
  return `dataset.images is the folder that the paths start from; now it is ${shown(folder)}.`;
}

const ABSENT = 'there is no such file';

const shown = (path: string): string => relative('', path) || '.';

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Endings of files that are named as the path is, but for that. */
function endings(folder: string, cell: string): string[] {
  const path = join(folder, cell);
  return namesIn(dirname(path))
    .filter((name) => name.startsWith(`${basename(path)}.`))
    .map((name) => name.slice(basename(path).length));
}

function namesLike(folder: string, cell: string): string[] {
  const path = join(folder, cell);
  const name = basename(path).toLowerCase();
  return namesIn(dirname(path)).filter((other) => other.toLowerCase() === name);
}
