/** The folders under `runs/`: one a run, with its plan, its spool, its checkpoints and what it ended with. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { modelFiles } from '../bundle/model.ts';
import { ExperimentError } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import { writeWhole } from '../machine/whole.ts';
import { knownHashes } from '../plan/hash/hash.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageResult } from '../train/position.ts';
import type { Metrics } from '../train/score/metrics.ts';

export type RunStatus = 'running' | 'finished' | 'failed' | 'interrupted';

/** `run.json` of a run's folder. */
export interface RunRecord {
  readonly runId: string;
  readonly name: string;
  /** The hash that the run was begun with; that of its plan under earlier numerics, where they have been raised since. */
  readonly planHash: string;
  /** All that its numbers are computed under, ascending; 1 alone where it is left out. */
  readonly numerics?: readonly number[];
  readonly status: RunStatus;
  /** Process that works on it, or worked last. */
  readonly pid: number;
  /** Times in ISO 8601. */
  readonly started: string;
  readonly ended: string | null;
  /** As given on the command line. */
  readonly file: string;
  readonly overrides: readonly string[];
  /** Validation loss at the end, null before. */
  readonly loss: number | null;
  readonly error: string | null;
}

/** What the epochs of one stage took. */
export interface StageCost {
  /** Floating-point operations of one training step, as the plan says. */
  readonly flopsPerStep: number;
  /** Of all its epochs, validation included. */
  readonly flops: number;
  readonly seconds: number;
}

/** `result.json` of a run that was trained to its end. */
export interface RunResult {
  readonly runId: string;
  readonly planHash: string;
  readonly ended: string;
  /** Machine that ended it. */
  readonly host: string;
  readonly stages: readonly StageResult[];
  /** Validation metrics of the weights that training ended with. */
  readonly metrics: Metrics;
  readonly weightsHash: string;
  readonly timeToFirstStepSeconds: number | null;
  readonly peakMemoryBytes: number;
  readonly costs: readonly StageCost[];
}

export function writeResult(folder: string, result: RunResult): void {
  writeWhole(join(folder, 'result.json'), result);
}

/** @returns undefined where the run has not come to its end */
export function readResult(folder: string): RunResult | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as RunResult;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Where a run's model is (src/bundle/README.md). @param run folder of the run */
export function modelFolder(run: string): string {
  return join(run, 'model');
}

export function hasModel(run: string): boolean {
  return existsSync(join(modelFolder(run), modelFiles.description));
}

/**
 * The folder that holds the runs: `MANYHEADS_RUNS`, else the nearest `runs` from the current folder upwards, else a
 * new one in the current folder.
 */
export function runsFolder(environment: NodeJS.ProcessEnv = process.env): string {
  if (environment.MANYHEADS_RUNS) return resolve(environment.MANYHEADS_RUNS);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'runs');
    if (existsSync(candidate) && statSync(candidate).isDirectory()) return candidate;
    if (dirname(folder) === folder) return resolve('runs');
  }
}

/** Time, name and the plan's hash: sorted by time, told apart at a glance. */
export function newRunId(plan: Plan, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${plan.name}-${plan.hash.slice(0, 6)}`;
}

/** Makes the folder of a new run; a second run in the same second gets a number. @returns its absolute path */
export function createRunFolder(runs: string, plan: Plan, now: Date): { runId: string; folder: string } {
  mkdirSync(runs, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const runId = newRunId(plan, now) + (attempt === 1 ? '' : `-${attempt}`);
    const folder = join(runs, runId);
    try {
      mkdirSync(folder);
      return { runId, folder };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

export function writeRecord(folder: string, record: RunRecord): void {
  writeWhole(join(folder, 'run.json'), record);
}

export function readRecord(folder: string): RunRecord {
  return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord;
}

/** All runs, oldest first. A run that calls itself running but whose process is gone is shown as interrupted. */
export function listRuns(runs: string): RunRecord[] {
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => existsSync(join(runs, name, 'run.json')))
    .sort()
    .map((name) => readRecord(join(runs, name)))
    .map((record) =>
      record.status === 'running' && !isAlive(record.pid) ? { ...record, status: 'interrupted' } : record,
    );
}

/**
 * The folder of a run, by its name or the beginning of it.
 * @throws ExperimentError where none or several fit
 */
export function findRun(runs: string, name: string): string {
  const all = listRuns(runs).map(({ runId }) => runId);
  const fitting = all.includes(name) ? [name] : all.filter((runId) => runId.startsWith(name));
  if (fitting.length === 1) return join(runs, fitting[0]!);
  const message =
    fitting.length === 0
      ? `there is no run "${name}" in ${runs}`
      : `"${name}" is the beginning of ${fitting.length} runs`;
  throw new ExperimentError([
    {
      code: 'unknownRun',
      path: '',
      message,
      hint: all.length === 0 ? 'No run has been made yet.' : namesHint(name, all),
    },
  ]);
}

export interface FoundRun {
  readonly runId: string;
  readonly folder: string;
  /** The hash that it was begun with. */
  readonly planHash: string;
}

/**
 * The newest run of this plan, under whatever numerics, that was not finished and that no process works on.
 * @throws ExperimentError where there is none
 */
export function findUnfinished(runs: string, plan: Plan): FoundRun {
  const hashes = knownHashes(plan.settings);
  const ofPlan = listRuns(runs).filter(({ planHash }) => hashes.has(planHash));
  const newest = ofPlan.filter(({ status }) => status === 'interrupted' || status === 'failed').at(-1);
  if (newest) {
    const { runId, planHash } = newest;
    return { runId, folder: join(runs, runId), planHash };
  }
  const last = ofPlan.at(-1);
  const message = last
    ? `there is no run of this plan to go on with: the newest, ${last.runId}, is ${last.status}`
    : `there is no run of this plan (${plan.hash.slice(0, 12)}) in ${runs}`;
  const hint = last
    ? 'Start a new one without --resume.'
    : 'A change of the file or of an argument makes another plan; without --resume a new run is started.';
  throw new ExperimentError([{ code: 'unknownRun', path: '', message, hint }]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
