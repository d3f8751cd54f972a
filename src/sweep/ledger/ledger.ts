/**
 * A sweep on disk, the one truth about it: what a queue says is a hint. Everything is a small file that is written whole
 * and renamed, so that any number of processes on any machines that share the folder can work on one sweep.
 *
 *   runs/<name>-<first 8 digits of the sweep's hash>/
 *     sweep.json             the frozen plan's head (`FrozenSweep`); this, base.yaml and trials.jsonl are written once
 *     base.yaml              the base experiment, resolved, with absolute paths
 *     trials.jsonl           one line a trial (`FrozenTrial`), in the order of the plan
 *     space.json, suggestions/       of a strategy that chooses trials from results: see frozen-space.ts, suggestions.ts
 *     sweep/                 the sweep file as written, and what it extends
 *     teller.json            which of those that drive the sweep tells MLflow of it; touched every 10 s
 *     trials/<first 16 digits of the trial's hash>/         there once a trial was begun
 *       lease.json           who works on it now; its owner touches it every 10 s
 *       attempt-1/           one folder an attempt: a run's folder (run.json, history.jsonl, metrics.jsonl, checkpoint/ …)
 *         attempt.json       when, where and by which process; which attempt's checkpoint it went on from
 *         log.txt            what its process wrote
 *         exit.json          how it ended (`ExitRecord`), by the trial itself or by whoever stopped it
 *         result.json        as in every finished run (`RunResult`)
 *       attempt-2/ …
 *       rung-9.json, promoted-9.json …      of a strategy that stops trials: see rungs.ts
 *       result.json          the trial's result (`TrialResult`), linked into place: the first attempt to finish wins
 *     prefixes/              stages that several trials begin with, trained by one of them: see prefixes.ts
 *
 * A trial is known by its hash, the hash of its plan as `run plan` gives it, and never by the id of a job. A trial that
 * has no result and no lease is to be done; one that has a lease whose owner died is to be taken over. An attempt
 * without exit.json and without a live lease was killed.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { damaged, readJsonFile } from '../../machine/json-file.ts';
import { lockOwner } from '../../machine/lock.mjs';
import type { ProcessMark } from '../../machine/process-mark.mjs';
import { writeOnce, writeWhole } from '../../machine/whole.mjs';
import { checkResult } from '../../run/check-files.ts';
import type { RunResult } from '../../run/folders.ts';
import type { FrozenSweep, FrozenTrial } from './freeze.ts';
import { readSuggestions } from './suggestions.ts';

/** How a trial's process ends. Anything else, a signal included, is a failure that is worth another try. */
export const exitCodes = {
  /** The result is published: by this attempt, or by another before it. */
  done: 0,
  /** It would fail again in the same way: wrong input, changed data, a loss that is not finite, a limit. EX_USAGE. */
  doNotRetry: 64,
  /** Another process works on this trial. EX_UNAVAILABLE. */
  busy: 69,
  /** Stopped before its end, with a checkpoint that the next attempt goes on from. EX_TEMPFAIL. */
  checkpointed: 75,
} as const;

/** What a trial's process ends with: one of these, or 1 for a failure that is worth another try. */
export type TrialExit = (typeof exitCodes)[keyof typeof exitCodes] | 1;

/** @param code that a process ended with, null where a signal ended it */
export function trialExitOf(code: number | null): TrialExit {
  return Object.values(exitCodes).find((known) => known === code) ?? 1;
}

/** `exit.json` of an attempt. */
export interface ExitRecord {
  /** As above; null where a signal ended the process. */
  readonly code: number | null;
  /** Why, in a sentence; null where it is done. */
  readonly reason: string | null;
  /** ISO 8601. */
  readonly ended: string;
  /** By the clock, of this attempt alone. */
  readonly seconds: number;
  /** Epochs of the trial that its checkpoint holds, those of earlier attempts among them. */
  readonly epochs: number;
  /** Those of them that other trials trained. */
  readonly carriedEpochs?: number;
}

/** `attempt.json` of an attempt. */
export interface AttemptRecord extends ProcessMark {
  readonly trial: string;
  readonly attempt: number;
  /** The attempt whose checkpoint it goes on from; null where it starts from the beginning. */
  readonly from: number | null;
  /** Name of the job that it ran in, where a launcher's queue started its process; else null. */
  readonly job: string | null;
  /** Of the run: the same for all attempts of a trial, so that MLflow shows one. */
  readonly runId: string;
}

/** `result.json` of a trial. */
export interface TrialResult extends RunResult {
  /** The trial's hash. */
  readonly trial: string;
  readonly label: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The sweep's metric. */
  readonly metric: number;
  /** Epochs that were trained. */
  readonly epochs: number;
  /** By the clock, all attempts together. */
  readonly seconds: number;
  /** Folder of the run, relative to the folder of the runs. */
  readonly directory: string;
}

export interface Attempt {
  readonly number: number;
  readonly folder: string;
  readonly record: AttemptRecord | undefined;
  readonly exit: ExitRecord | undefined;
}

/** `killed` and `checkpointed` are waiting to go on, `failed` to be tried again. */
export type TrialStatus = 'waiting' | 'running' | 'done' | 'checkpointed' | 'killed' | 'failed';

export interface TrialState {
  readonly status: TrialStatus;
  readonly result: TrialResult | undefined;
  readonly attempts: readonly Attempt[];
  /** How the newest attempt ended. */
  readonly exit: ExitRecord | undefined;
  /** Attempts that count against `limits.retries`. */
  readonly failures: number;
}

export function readSweep(folder: string): FrozenSweep {
  const file = join(folder, 'sweep.json');
  const sweep = readJsonFile(file);
  if (sweep === undefined) throw damaged(file, 'there is no such file');
  return sweep as FrozenSweep;
}

/** In the order of the plan; then those that were chosen since. */
export function readTrials(folder: string): FrozenTrial[] {
  const file = join(folder, 'trials.jsonl');
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  const planned = lines.map((line, i) => {
    try {
      return JSON.parse(line) as FrozenTrial;
    } catch (cause) {
      throw damaged(file, `line ${i + 1}: expected JSON: ${(cause as Error).message}`, cause);
    }
  });
  return [...planned, ...readSuggestions(folder).flatMap(({ trials }) => trials)];
}

/** One of them; the others are not parsed. */
export function readTrial(folder: string, hash: string): FrozenTrial | undefined {
  const text = readFileSync(join(folder, 'trials.jsonl'), 'utf8');
  const at = text.indexOf(`"hash":"${hash}"`);
  if (at === -1)
    return readSuggestions(folder)
      .flatMap(({ trials }) => trials)
      .find((trial) => trial.hash === hash);
  const end = text.indexOf('\n', at);
  return JSON.parse(text.slice(text.lastIndexOf('\n', at) + 1, end === -1 ? undefined : end)) as FrozenTrial;
}

export function trialFolder(sweepFolder: string, hash: string): string {
  return join(sweepFolder, 'trials', hash.slice(0, 16));
}

export function leaseFile(sweepFolder: string, hash: string): string {
  return join(trialFolder(sweepFolder, hash), 'lease.json');
}

/** Folder names of the trials that were begun, for a look at all of them with one call. */
export function begunTrials(sweepFolder: string): Set<string> {
  const folder = join(sweepFolder, 'trials');
  return new Set(existsSync(folder) ? readdirSync(folder) : []);
}

export function readTrialState(sweepFolder: string, hash: string): TrialState {
  const folder = trialFolder(sweepFolder, hash);
  const attempts = readAttempts(folder);
  const exit = attempts.at(-1)?.exit;
  const failures = attempts.filter((attempt) => isFailure(attempt.exit)).length;
  const result = readTrialResult(sweepFolder, hash);
  return { status: statusOf(), result, attempts, exit, failures };

  function statusOf(): TrialStatus {
    if (result !== undefined) return 'done';
    if (lockOwner(leaseFile(sweepFolder, hash)) !== undefined) return 'running';
    if (attempts.length === 0) return 'waiting';
    if (exit === undefined) return 'killed';
    return exit.code === exitCodes.checkpointed ? 'checkpointed' : 'failed';
  }
}

function isFailure(exit: ExitRecord | undefined): boolean {
  return exit !== undefined && exit.code !== exitCodes.done && exit.code !== exitCodes.checkpointed;
}

export function readTrialResult(sweepFolder: string, hash: string): TrialResult | undefined {
  const file = join(trialFolder(sweepFolder, hash), 'result.json');
  const result = readJsonFile(file);
  if (result !== undefined) checkResult(result, file);
  return result as TrialResult | undefined;
}

/** Oldest first. @param folder of the trial */
export function readAttempts(folder: string): Attempt[] {
  if (!existsSync(folder)) return [];
  const numbers = readdirSync(folder).flatMap((name) => {
    const number = /^attempt-(\d+)$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
  return numbers
    .sort((a, b) => a - b)
    .map((number) => {
      const own = attemptFolder(folder, number);
      return {
        number,
        folder: own,
        record: readJsonFile(join(own, 'attempt.json')) as AttemptRecord | undefined,
        exit: readJsonFile(join(own, 'exit.json')) as ExitRecord | undefined,
      };
    });
}

export function attemptFolder(folder: string, number: number): string {
  return join(folder, `attempt-${number}`);
}

/** Makes the folder of the next attempt; two processes never get the same. @param folder of the trial */
export function createAttempt(folder: string): { number: number; folder: string } {
  mkdirSync(folder, { recursive: true });
  for (let number = (readAttempts(folder).at(-1)?.number ?? 0) + 1; ; number++) {
    const own = attemptFolder(folder, number);
    try {
      mkdirSync(own);
      return { number, folder: own };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export function writeAttempt(folder: string, record: AttemptRecord): void {
  writeWhole(join(folder, 'attempt.json'), record);
}

export function writeExit(folder: string, record: ExitRecord): void {
  writeWhole(join(folder, 'exit.json'), record);
}

/** @returns whether this is the trial's result; false where another attempt was first */
export function publishResult(sweepFolder: string, result: TrialResult): boolean {
  const folder = trialFolder(sweepFolder, result.trial);
  mkdirSync(folder, { recursive: true });
  return writeOnce(join(folder, 'result.json'), result);
}
