/**
 * Which images of a data set are not as they were. In: a list that was kept beside a cache, and the contents as they are now.
 * Paths are kept from their innermost common folder on, so that a data set may move.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, sep } from 'node:path';
import { writeWholeText } from '../machine/whole.mjs';
import type { Content } from './contents.ts';
import { whereAllowed } from './touch.ts';

export interface ImageChange {
  /** Absolute path. */
  readonly path: string;
  readonly what: 'changed' | 'new' | 'gone';
}

/** Of a SHA-256: enough to tell two contents of one path apart. */
const DIGITS = 16;

type Contents = ReadonlyMap<string, Content>;

/** Writes the list where there is none, or one of other names for the same images. */
export function keepContents(file: string, contents: Contents): void {
  const lines = [...byName(contents)].map(([name, { digest }]) => `${JSON.stringify([name, digest])}\n`);
  const text = lines.join('');
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text)
    whereAllowed(() => writeWholeText(file, text, { isHasty: true }));
}

/** @returns undefined where no list was kept, or it can't be read */
export function changedImages(file: string, contents: Contents): ImageChange[] | undefined {
  const before = readList(file);
  if (before === undefined) return undefined;
  return [...byName(contents)].flatMap(([name, { path, digest }]): ImageChange[] => {
    const old = before.get(name);
    if (old === digest) return [];
    if (digest === null) return [{ path, what: 'gone' }];
    return [{ path, what: old === undefined || old === null ? 'new' : 'changed' }];
  });
}

function readList(file: string): Map<string, string | null> | undefined {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return new Map(lines.map((line) => JSON.parse(line) as [string, string | null]));
  } catch {
    return undefined;
  }
}

function byName(contents: Contents): Map<string, { readonly path: string; readonly digest: string | null }> {
  const folder = commonFolder([...contents.keys()]);
  return new Map(
    [...contents].map(([path, { digest }]) => [
      relative(folder, path),
      { path, digest: digest?.slice(0, DIGITS) ?? null },
    ]),
  );
}

/** The innermost folder that all of these files are in. */
export function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0] ?? sep);
  while (!paths.every((path) => path.startsWith(folder === sep ? sep : folder + sep)))
    folder = dirname(folder);
  return folder;
}
