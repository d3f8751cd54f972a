/**
 * Trials that were chosen while their sweep ran, as files: `suggestions/<number of the combination>.json`, linked into place
 * before the first of its trials starts. Of all that drive a sweep, the first to come to a number decides, and whoever
 * goes on with the sweep finds what was decided.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeOnce } from '../../machine/whole.mjs';
import type { FrozenTrial } from './freeze.ts';
import type { WrittenPoint } from './frozen-space.ts';

export interface Suggestion {
  /** Of the combination, counted from 0 with those that were planned. */
  readonly number: number;
  readonly point: WrittenPoint;
  /** Whether results had a part in it; else it was drawn. */
  readonly isEstimated: boolean;
  /** Numbers of the combinations that had no result yet when it was chosen. */
  readonly pending: readonly number[];
  /** Numbers of those that had failed by then; all others had a result. */
  readonly failed: readonly number[];
  /** One, or one for each seed. */
  readonly trials: readonly FrozenTrial[];
}

const DIGITS = 6;

/** By number. @param from only those of this number and higher ones */
export function readSuggestions(sweepFolder: string, from = 0): Suggestion[] {
  const folder = join(sweepFolder, 'suggestions');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json') && Number.parseInt(name, 10) >= from)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Suggestion);
}

/** @returns whether this one stands; false where another was first */
export function writeSuggestion(sweepFolder: string, suggestion: Suggestion): boolean {
  const folder = join(sweepFolder, 'suggestions');
  mkdirSync(folder, { recursive: true });
  return writeOnce(join(folder, `${String(suggestion.number).padStart(DIGITS, '0')}.json`), suggestion);
}
