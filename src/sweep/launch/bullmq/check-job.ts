/**
 * What a queue holds was written by whoever reaches it, and is checked like a file. In: the data of a job, the folder of the
 * runs. Out: the trial that it names, or what is wrong with it.
 */
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { QueuedTrial } from './connection.ts';

/** `kind` is `strange` for what no sweep has submitted, `elsewhere` for a sweep of another folder. */
export type CheckedJob =
  | { readonly kind: 'trial'; readonly trial: QueuedTrial }
  | { readonly kind: 'strange' | 'elsewhere'; readonly reason: string };

const HASH = /^[0-9a-f]{64}$/;

export function checkJob(data: unknown, runs: string): CheckedJob {
  const strange = (reason: string): CheckedJob => ({ kind: 'strange', reason });
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return strange('expected a map');
  const { sweepFolder, trial, epochs, stop }: Partial<Record<keyof QueuedTrial, unknown>> = data;
  if (typeof sweepFolder !== 'string' || !isAbsolute(sweepFolder) || sweepFolder.includes('\0'))
    return strange(`expected the absolute path of a sweep's folder, got ${shown(sweepFolder)}`);
  if (typeof trial !== 'string' || !HASH.test(trial))
    return strange(`expected the hash of a trial, 64 hexadecimal digits, got ${shown(trial)}`);
  if (epochs !== null && !(Number.isSafeInteger(epochs) && Number(epochs) > 0))
    return strange(`expected a number of epochs or null, got ${shown(epochs)}`);
  if (stop !== undefined && typeof stop !== 'boolean')
    return strange(`expected true or false, got ${shown(stop)}`);
  if (!isDirectlyIn(real(sweepFolder), real(runs)))
    return { kind: 'elsewhere', reason: `${shown(sweepFolder)} is not in ${runs}` };
  return {
    kind: 'trial',
    trial: { sweepFolder, trial, epochs: epochs as number | null, ...(stop && { stop }) },
  };
}

function isDirectlyIn(folder: string, runs: string): boolean {
  const way = relative(runs, folder);
  return way !== '' && way !== '..' && !way.includes('/') && !isAbsolute(way);
}

/** Links resolved where it is there. */
function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
