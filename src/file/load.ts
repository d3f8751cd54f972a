/** A file's text, or the problem of why there is none, with the nearest names of its folder. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Place, Problem } from '../errors.ts';
import { readRegularFile } from '../machine/regular-file.mjs';
import { meantName, nearestFirst } from './names.ts';

const endings = ['.yaml', '.yml', '.json'];
/** Longer than any experiment, and read in a moment. */
const MOST_BYTES = 1_000_000;

/** @returns the path as a person would type it: relative to the current folder where the file lies within it */
export function displayPath(absolute: string): string {
  const path = relative('', absolute);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? absolute : path;
}

/**
 * @param absolute path of the file
 * @param from what names the file: the line of an `extends`
 */
export function loadText(
  absolute: string,
  from: { place: Place; path: string } | undefined,
): { text: string } | { problem: Problem } {
  const refuse = (message: string, hint?: string, code: Problem['code'] = 'fileNotFound') => {
    return { problem: { code, path: from?.path ?? '', message, place: from?.place, hint } };
  };
  const name = displayPath(absolute);
  try {
    if (statSync(absolute).isDirectory())
      return refuse(`expected a file, but ${name} is a folder`, filesHint(absolute, ''));
    // Errors quote the file that they are about: it must be one that is meant to be read as an experiment.
    if (![absolute, realpathSync(absolute)].every((path) => endings.includes(extname(path))))
      return refuse(
        `expected a file that ends in .yaml, .yml or .json, got ${name}`,
        'Give an experiment such a name; a link must lead to one.',
        'notYaml',
      );
    const bytes = readRegularFile(absolute, MOST_BYTES);
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch {
      return refuse(`expected UTF-8 text, but ${name} holds other bytes`, 'Save it as UTF-8.', 'notYaml');
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTREG') return refuse(`expected a regular file, but ${name} is a pipe or a device`);
    if (code === 'EFBIG')
      return refuse(
        `expected a file of at most ${MOST_BYTES / 1e6} MB, but ${name} is longer`,
        'An experiment of a thousand classes has 50 kB. Is it another kind of file?',
        'notYaml',
      );
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      return refuse(`the file ${name} can't be read (${code})`, 'Check its permissions.');
    return refuse(`there is no file ${name}`, missingHint(absolute));
  }
}

function missingHint(absolute: string): string | undefined {
  let folder = dirname(absolute);
  if (isFolder(folder)) return filesHint(folder, basename(absolute));
  while (!isFolder(dirname(folder)) && folder !== dirname(folder)) folder = dirname(folder);
  return `There is no folder ${displayPath(folder)}.`;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function filesHint(folder: string, name: string): string | undefined {
  const files = readdirSync(folder).filter((file) => endings.includes(extname(file)));
  if (files.length === 0) return `The folder ${displayPath(resolve(folder))} holds no YAML file.`;
  const meant = meantName(name, files);
  if (meant !== undefined) return `Did you mean ${displayPath(join(folder, meant))}?`;
  return `The folder holds: ${nearestFirst(name, files).slice(0, 10).join(', ')}${files.length > 10 ? ', …' : ''}.`;
}
