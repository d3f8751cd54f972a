/** What a person points at to paths of images: files, folders, tables with a column of paths, lines on standard input. */
import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ExperimentError, type Problem } from '../errors.ts';
import { imagePath, linksOutside, pathsOutside } from '../table/image-paths.ts';
import { cellsOf } from '../table/labels.ts';
import { readTable } from '../table/read.ts';

export interface Source {
  /** As answers name it: what was given, with the way into a folder; the cell of a table; the line. */
  readonly name: string;
  /** Path of the file; empty where the table or the line names none. */
  readonly path: string;
}

export interface Sources {
  /** Null where they come as somebody writes them. */
  readonly count: number | null;
  /** Files of the folders that are no images by their endings, and were left out. */
  readonly others: number;
  images(signal: AbortSignal): AsyncIterable<Source> | Iterable<Source>;
}

export interface SourceOptions {
  /** Column of a table that holds the paths. */
  readonly column: string;
  /** Between the columns of a table; a tab for .tsv and .tab. */
  readonly delimiter: string;
  /** Folder that paths of a table are relative to. @default the folder of the table */
  readonly images?: string | undefined;
  /** Whether a table may name images outside that folder. */
  readonly allowOutside: boolean;
  /** Standard input, for `-`. */
  readonly lines: NodeJS.ReadableStream;
}

/** Files of a folder are told by these; a file that is named may be called anything. */
const imageEndings = new Set(['.jpg', '.jpeg', '.png', '.webp', '.gif', '.tif', '.tiff', '.avif']);
const tableEndings = new Set(['.csv', '.tsv', '.tab']);

/**
 * @param given paths of images, folders and tables in any number, or `-` alone
 * @throws ExperimentError where one is not there, holds no image, or is no table that has the column: all of them at once
 */
export function openSources(given: readonly string[], options: SourceOptions): Sources {
  if (given.includes('-')) {
    if (given.length > 1) {
      const message = `expected - alone, found it among ${given.length} inputs`;
      throw new ExperimentError([{ code: 'badArgument', path: '', message }]);
    }
    return { count: null, others: 0, images: (signal) => linesOf(options.lines, signal) };
  }
  const problems: Problem[] = [];
  let others = 0;
  const sources = given.flatMap((path): Source[] => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) {
      problems.push({
        code: 'fileNotFound',
        path: '',
        message: `expected an image, a folder or a table, found nothing at ${path}`,
      });
      return [];
    }
    if (stats.isDirectory()) {
      const found = imagesIn(path);
      others += found.others;
      if (found.images.length > 0) return found.images;
      const endings = [...imageEndings].join(' ');
      problems.push({
        code: 'emptyData',
        path: '',
        message: `expected images in ${path}, found ${found.others} other files`,
        hint: `Images in a folder are known by their endings: ${endings}.`,
      });
      return [];
    }
    if (!tableEndings.has(extname(path).toLowerCase())) return [{ name: path, path }];
    try {
      return rowsOf(path, options);
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      // They speak of the keys of an experiment's file.
      problems.push(...error.problems.map((problem) => ({ ...problem, path: '', hint: hintOf(problem) })));
      return [];
    }
  });
  if (problems.length > 0) throw new ExperimentError(problems);
  return { count: sources.length, others, images: () => sources };
}

/** Recursive, in the order of their paths. Links are followed, but not in circles: a folder counts once. */
function imagesIn(folder: string): { images: Source[]; others: number } {
  const images: Source[] = [];
  let others = 0;
  const seen = new Set<string>();
  const look = (at: string): void => {
    const { dev, ino } = statSync(at);
    if (seen.has(`${dev} ${ino}`)) return;
    seen.add(`${dev} ${ino}`);
    for (const name of readdirSync(at).sort()) {
      const path = join(at, name);
      // A link that leads nowhere is a file like any other: what is wrong with it is said in its line.
      if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) look(path);
      else if (imageEndings.has(extname(name).toLowerCase())) images.push({ name: path, path });
      else others += 1;
    }
  };
  look(folder);
  return { images, others };
}

function hintOf({ code, hint }: Problem): string | undefined {
  if (code === 'unknownColumn')
    return `${hint} --column names another one, --delimiter what stands between them.`;
  return code === 'fileNotFound' || hint?.includes('dataset.') ? undefined : hint;
}

/** What a command is told where images outside a table's folder are meant. */
export const OUTSIDE_OPTION = '--allow-outside reads such images too.';

function rowsOf(
  table: string,
  { column, delimiter, images = dirname(table), allowOutside }: SourceOptions,
): Source[] {
  const ofFile = extname(table).toLowerCase() === '.csv' ? delimiter : '\t';
  const read = readTable(table, { delimiter: ofFile, isOneColumnEnough: true });
  const cells = cellsOf(read, column, '--column');
  const outside = allowOutside
    ? []
    : [
        ...pathsOutside(read, cells, images, OUTSIDE_OPTION),
        ...linksOutside(read, cells, cells.keys(), images, OUTSIDE_OPTION),
      ];
  if (outside.length > 0) throw new ExperimentError(outside);
  return cells.map((cell) => ({ name: cell, path: imagePath(images, cell) }));
}

/** Blank lines are none. */
async function* linesOf(stream: NodeJS.ReadableStream, signal: AbortSignal): AsyncGenerator<Source> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY, signal });
  for await (const line of lines) if (line.trim() !== '') yield { name: line, path: line };
}
