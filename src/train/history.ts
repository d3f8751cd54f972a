/**
 * `history.jsonl` in a run's folder: one line an epoch, as the run tells it. Others read it while the run writes, and after
 * it was killed, so what stands behind the last newline is not a line yet.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fieldOf } from '../machine/fields.ts';
import { damaged } from '../machine/json-file.ts';
import { appendWhole, writeWholeText } from '../machine/whole.mjs';
import type { EpochReport } from './events.ts';

const NAME = 'history.jsonl';

/**
 * @param run a run's folder
 * @returns its epochs from the first on; none where it has no history, or was removed
 * @throws RunError where a line is no epoch
 */
export function readHistory(run: string): EpochReport[] {
  return wholeLines(run).map((line, i) => {
    const { report, problem } = reportOf(line);
    if (report === undefined) throw damaged(join(run, NAME), `line ${i + 1}: ${problem}`);
    return report;
  });
}

/** How many epochs the history has, without a look into them. @param run a run's folder */
export function countEpochs(run: string): number {
  return wholeLines(run).length;
}

/** The epochs that are told one after the other, from the first of the run on. @param run a run's folder */
export function readWholeEpochs(run: string): EpochReport[] {
  const epochs: EpochReport[] = [];
  for (const line of wholeLines(run)) {
    const { report } = reportOf(line);
    if (report?.runEpoch !== epochs.length + 1) break;
    epochs.push(report);
  }
  return epochs;
}

/** In place of what was there. @param run a run's folder */
export function writeHistory(run: string, history: readonly EpochReport[]): void {
  writeWholeText(join(run, NAME), history.map(lineOf).join(''));
}

/** @param run a run's folder */
export function appendHistory(run: string, report: EpochReport): void {
  appendWhole(join(run, NAME), lineOf(report));
}

const lineOf = (report: EpochReport): string => `${JSON.stringify(report)}\n`;

function wholeLines(run: string): string[] {
  const file = join(run, NAME);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

/** What its readers rely on is there, and of the right kind. */
function reportOf(line: string): { report?: EpochReport; problem?: string } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return { problem: `expected JSON: ${(error as Error).message}` };
  }
  let problem: string | undefined;
  const report = fieldOf(value, (path, expected, found) => {
    problem ??= `${path}: expected ${expected}, found ${found}`;
  });
  for (const key of ['stage', 'epoch', 'runEpoch'])
    report.at(key).count(key === 'stage' ? 0 : 1, Number.MAX_SAFE_INTEGER);
  for (const key of ['learningRate', 'seconds']) report.at(key).number();
  report.at('stageName').text();
  for (const key of ['training', 'validation'])
    for (const part of ['heads', 'mean']) report.at(key).at(part).entries();
  return problem === undefined ? { report: value as EpochReport } : { problem };
}
