/** Sweeps of a tiny experiment that real processes run: their files, their folders, and what they left in the ledger. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { SweepReport } from '../../src/sweep/drive/watch.ts';
import { readTrialState, readTrials, type TrialState } from '../../src/sweep/ledger/ledger.ts';
import { readHistory } from '../../src/train/history.ts';
import type { Finished } from '../run/command.ts';
import type { Tiny } from '../run/tiny.ts';
import { smallest } from './smallest.ts';

export function newRuns(): string {
  return mkdtempSync(join(tmpdir(), 'manyheads-runs-'));
}

/**
 * Trials of the smallest network and one stage, each epoch of three steps where the data has 30 images.
 * @param more axes, limits, strategy: the rest of the file
 */
export function writeSweep(tiny: Tiny, name: string, more: string, epochs: number): string {
  const stage = `{ name: only, imageSize: 16, epochs: ${epochs}, batchSize: 8 }`;
  const file = join(tiny.folder, `${name}.yaml`);
  writeFileSync(
    file,
    `name: ${name}\nbase: tiny.yaml\nvalues:\n  ${smallest}\n  stages: [${stage}]\n${more}`,
  );
  return file;
}

/** Waits for two minutes, for a machine that others use too. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    if (isSo()) return;
    await sleep(50);
  }
  assert.fail(`${what} did not come in two minutes`);
}

/** Once its plan is there. */
export async function begunSweep(runs: string, name: string): Promise<string> {
  await until(`the sweep ${name}`, () => findSweep(runs, name) !== undefined);
  return findSweep(runs, name)!;
}

/** @param name all of it up to the hash */
export function sweepFolder(runs: string, name: string): string {
  const folder = findSweep(runs, name);
  assert.ok(folder, `a sweep ${name} in ${readdirSync(runs)}`);
  return folder;
}

function findSweep(runs: string, name: string): string | undefined {
  const found = readdirSync(runs).find((entry) => entry.startsWith(`${name}-`));
  return found !== undefined && existsSync(join(runs, found, 'trials.jsonl')) ? join(runs, found) : undefined;
}

/** In the order of the plan. */
export function states(folder: string): TrialState[] {
  return readTrials(folder).map(({ hash }) => readTrialState(folder, hash));
}

export function hasCheckpoint({ attempts: [first] }: TrialState): boolean {
  return first !== undefined && existsSync(join(first.folder, 'checkpoint/last.safetensors'));
}

/** @param expected exit code; 1 where a trial failed */
export function reportOf({ code, stdout, stderr }: Finished, expected = 0): SweepReport {
  assert.equal(code, expected, stderr);
  return JSON.parse(stdout) as SweepReport;
}

/** Hashes of the trials' weights, in the order of the plan. */
function weights(finished: Finished): (string | null)[] {
  return reportOf(finished).trials.map(({ weightsHash }) => weightsHash);
}

/** A sweep that has ended, and the folder that its runs are in. */
export interface Ended {
  readonly finished: Finished;
  readonly runs: string;
}

/** Each trial ended with the same weights; where not, the message says from which epoch on it went another way. */
export function assertSameWeights(one: Ended, other: Ended): void {
  const [weightsOfOne, weightsOfOther] = [weights(one.finished), weights(other.finished)];
  if (isDeepStrictEqual(weightsOfOne, weightsOfOther)) return;
  const [historiesOfOne, historiesOfOther] = [histories(one), histories(other)];
  const parted = historiesOfOne.map((history, trial) => {
    const epoch = history.findIndex((text, at) => text !== historiesOfOther[trial]![at]);
    return epoch < 0
      ? `trial ${trial} told the same of each epoch`
      : `trial ${trial} from epoch ${epoch + 1} on:\n  ${history[epoch]}\n  ${historiesOfOther[trial]![epoch]}`;
  });
  assert.deepEqual(weightsOfOne, weightsOfOther, parted.join('\n'));
}

/** Of each trial, what its epochs measured. */
function histories({ finished, runs }: Ended): string[][] {
  return reportOf(finished).trials.map(({ directory }) =>
    readHistory(join(runs, directory!)).map(({ training, validation }) =>
      JSON.stringify({ training: training.loss, validation: validation.loss }),
    ),
  );
}

/** Exactly one result, from an attempt that says so, and no other attempt that finished. */
export function assertOneResult(folder: string): void {
  for (const { status, result, attempts } of states(folder)) {
    assert.equal(status, 'done');
    const finished = attempts.filter((attempt) => attempt.exit?.code === 0);
    assert.equal(finished.length, 1, JSON.stringify(attempts.map(({ exit }) => exit)));
    assert.equal(join(folder, '..', result!.directory), finished[0]!.folder);
    assert.ok(existsSync(join(finished[0]!.folder, 'checkpoint/best.safetensors')));
  }
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // One that has ended and whose parent is gone may stay as a zombie for a while.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
