/** What earlier runs tell a sweep: which of its trials are done already, here or elsewhere, and how fast this machine is. */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type RunResult, readResult } from '../../run/folders.ts';
import type { FrozenTrial } from './freeze.ts';
import { begunTrials, readTrialResult } from './ledger.ts';

export interface KnownResult {
  readonly result: RunResult;
  /** Folder of the run, relative to the folder of the runs. */
  readonly directory: string;
  /** Whether it was computed under earlier numerics than those of the trial's hash. */
  readonly isEarlier: boolean;
}

type Wanted = Pick<FrozenTrial, 'hash' | 'earlierHashes'>;

/** Folders of sweeps under `runs`. */
export function sweepFolders(runs: string): string[] {
  return foldersWith(runs, 'sweep.json');
}

function foldersWith(runs: string, file: string): string[] {
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(runs, name))
    .filter((folder) => existsSync(join(folder, file)));
}

/**
 * Results of the trials of all sweeps and of runs that stand alone.
 * @returns of these trials, by their hash; a result under the trial's own numerics counts before one under earlier ones
 */
export function knownResults(runs: string, trials: Iterable<Wanted>): Map<string, KnownResult> {
  const wanted = new Map<string, string>();
  for (const { hash, earlierHashes = [] } of trials)
    for (const one of [hash, ...earlierHashes]) wanted.set(one, hash);
  const known = new Map<string, KnownResult>();
  const take = (result: RunResult, directory: string): void => {
    const hash = wanted.get(result.planHash);
    if (hash === undefined) return;
    const before = known.get(hash);
    const isEarlier = result.planHash !== hash;
    if (before === undefined || (before.isEarlier && !isEarlier))
      known.set(hash, { result, directory, isEarlier });
  };
  const folders = sweepFolders(runs);
  const byFolder = new Map<string, string>();
  if (folders.length > 0) for (const hash of wanted.keys()) byFolder.set(hash.slice(0, 16), hash);
  for (const folder of folders) {
    for (const name of begunTrials(folder)) {
      const hash = byFolder.get(name);
      const result = hash === undefined ? undefined : readTrialResult(folder, hash);
      if (result) take(result, result.directory);
    }
  }
  for (const folder of foldersWith(runs, 'result.json')) {
    const result = readResult(folder)!;
    take(result, relative(runs, folder));
  }
  return known;
}

/** More results than this tell nothing new about the speed of the machine. */
const ENOUGH = 200;

/** The newest results, of runs and of trials. */
export function recentResults(runs: string): RunResult[] {
  const results: RunResult[] = [];
  for (const folder of sweepFolders(runs).reverse()) {
    for (const name of begunTrials(folder)) {
      if (results.length >= ENOUGH) break;
      const result = readResult(join(folder, 'trials', name));
      if (result) results.push(result);
    }
  }
  for (const folder of foldersWith(runs, 'result.json').reverse().slice(0, ENOUGH))
    results.push(readResult(folder)!);
  return results;
}
