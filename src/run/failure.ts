/** What a run failed by, in words for a person. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { RunError } from '../errors.ts';
import { diskError } from '../machine/disk-error.ts';

/** @throws RunError where somebody has removed the run's folder, which nothing that is written would tell */
export function assertStillThere(folder: string): void {
  if (!existsSync(join(folder, 'run.json'))) throw removed(folder);
}

/** @param folder of the run */
export function failureIn(folder: string, error: unknown): unknown {
  const failure = diskError(error, folder) ?? error;
  return existsSync(folder) ? failure : removed(folder, failure);
}

function removed(folder: string, cause?: unknown): RunError {
  return new RunError(`${relative('', folder)} was removed while the run was at work in it`, {
    hint: 'Its results are lost. Start it again.',
    cause,
    isCertain: false,
  });
}
