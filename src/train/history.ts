/**
 * `history.jsonl` in a run's folder: one line an epoch, as the run tells it. Others read it while the run writes, and after
 * it was killed, so what stands behind the last newline is not a line yet.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EpochReport } from './events.ts';

const NAME = 'history.jsonl';

/** @param run a run's folder @returns its epochs from the first on; none where it has no history, or was removed */
export function readHistory(run: string): EpochReport[] {
  return wholeLines(run).map((line) => JSON.parse(line) as EpochReport);
}

/** How many epochs the history has, without a look into them. @param run a run's folder */
export function countEpochs(run: string): number {
  return wholeLines(run).length;
}

/** In place of what was there. @param run a run's folder */
export function writeHistory(run: string, history: readonly EpochReport[]): void {
  writeFileSync(join(run, NAME), history.map(lineOf).join(''));
}

/** @param run a run's folder */
export function appendHistory(run: string, report: EpochReport): void {
  appendFileSync(join(run, NAME), lineOf(report));
}

const lineOf = (report: EpochReport): string => `${JSON.stringify(report)}\n`;

function wholeLines(run: string): string[] {
  const file = join(run, NAME);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
