/** A file's text, or the problem of why there is none, with the nearest names of its folder. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Place, Problem } from '../errors.ts';
import { meantName, nearestFirst } from './names.ts';

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
    const bytes = readFileSync(absolute);
    try {
      return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
    } catch {
      return refuse(`expected UTF-8 text, but ${name} holds other bytes`, 'Save it as UTF-8.', 'notYaml');
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
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
  const files = readdirSync(folder).filter((file) => ['.yaml', '.yml', '.json'].includes(extname(file)));
  if (files.length === 0) return `The folder ${displayPath(resolve(folder))} holds no YAML file.`;
  const meant = meantName(name, files);
  if (meant !== undefined) return `Did you mean ${displayPath(join(folder, meant))}?`;
  return `The folder holds: ${nearestFirst(name, files).slice(0, 10).join(', ')}${files.length > 10 ? ', …' : ''}.`;
}
