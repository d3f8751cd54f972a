/** JSON that this program wrote, read again: what was cut or overwritten is told with its place. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { RunError } from '../errors.ts';

/**
 * @returns undefined where there is no such file
 * @throws RunError where it can't be read or is no JSON
 */
export function readJsonFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new RunError(`${relative('', file)} can't be read: ${message}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = text.trim() === '' ? 'it is empty' : (cause as Error).message;
    throw damaged(file, `expected JSON: ${found}`, cause);
  }
}

/** @param what what was expected and what was found */
export function damaged(file: string, what: string, cause?: unknown): RunError {
  return new RunError(`${relative('', file)} is damaged: ${what}`, {
    hint: 'Put it back from a copy, or move its folder away.',
    cause,
  });
}
