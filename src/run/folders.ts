/** The folders under `runs/`: one a run, with its plan, its spool, its checkpoints and what it ended with. */

import { accessSync, constants, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { modelFiles } from '../bundle/model.ts';
import { ExperimentError, RunError } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import { diskError } from '../machine/disk-error.ts';
import { readJsonFile } from '../machine/json-file.ts';
import { nameOf, RUN_SILENCE_MS } from '../machine/process-mark.mjs';
import { makeFolder, writeWhole } from '../machine/whole.mjs';
import { knownHashes } from '../plan/hash/hash.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageResult } from '../train/position.ts';
import type { Metrics } from '../train/score/metrics.ts';
import { checkPlan, checkResult } from './check-files.ts';
import { lastSign, type RunNow, readRecord, runNow } from './record.ts';

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

/**
 * @returns undefined where the run has not come to its end
 * @throws RunError where the file is damaged
 */
export function readResult(folder: string): RunResult | undefined {
  const file = join(folder, 'result.json');
  const result = readJsonFile(file);
  if (result !== undefined) checkResult(result, file);
  return result as RunResult | undefined;
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
  if (environment.MANYHEADS_RUNS) return namedFolder(environment.MANYHEADS_RUNS);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const candidate = join(folder, 'runs');
    if (existsSync(candidate) && statSync(candidate).isDirectory()) return candidate;
    if (dirname(folder) === folder) return resolve('runs');
  }
}

function namedFolder(named: string): string {
  const folder = resolve(named);
  let isFile: boolean;
  try {
    isFile = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch (error) {
    throw cannotBeKept(folder, error);
  }
  if (isFile) throw badRunsFolder(`expected a folder for the runs, found the file ${folder}`);
  return folder;
}

function cannotBeKept(runs: string, error: unknown): ExperimentError {
  const reason = diskError(error)?.message ?? (error as Error).message;
  return badRunsFolder(`runs can't be kept in ${runs}: ${reason}`);
}

function badRunsFolder(message: string): ExperimentError {
  const path = process.env.MANYHEADS_RUNS ? 'MANYHEADS_RUNS' : '';
  const hint = 'MANYHEADS_RUNS names the folder of the runs; without it that is runs/.';
  return new ExperimentError([{ code: 'badArgument', path, message, hint }]);
}

/**
 * Makes the folder of the runs where there is none.
 * @throws ExperimentError where nothing can be written there
 */
export function makeRunsFolder(runs: string): void {
  try {
    makeFolder(runs);
    accessSync(runs, constants.W_OK);
  } catch (error) {
    throw cannotBeKept(runs, error);
  }
}

/** Time, name and the plan's hash: sorted by time, told apart at a glance. */
export function newRunId(plan: Plan, now: Date): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return stamp + nameEnding(plan.name, plan.hash);
}

function nameEnding(name: string, hash: string): string {
  return `-${name}-${hash.slice(0, 6)}`;
}

/** Makes the folder of a new run; a second run in the same second gets a number. @returns its absolute path */
export function createRunFolder(runs: string, plan: Plan, now: Date): { runId: string; folder: string } {
  makeRunsFolder(runs);
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

/** @throws RunError where it is not there or not whole */
export function readPlan(folder: string): Plan {
  const file = join(folder, 'plan.json');
  const plan = readJsonFile(file);
  if (plan === undefined) throw new RunError(`${file} is not there`);
  checkPlan(plan, file);
  return plan as Plan;
}

/** Names of the folders of runs, oldest first. */
function runNames(runs: string): string[] {
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .filter((name) => existsSync(join(runs, name, 'run.json')))
    .sort();
}

/**
 * All runs as they are now, oldest first. One whose process is gone without a word is interrupted.
 * @param onDamaged told of each whose run.json is damaged, which is then left out; without it, the first of them is thrown
 */
export function listRuns(
  runs: string,
  onDamaged = (_name: string, error: RunError): void => {
    throw error;
  },
): RunNow[] {
  return runNames(runs).flatMap((name) => {
    const folder = join(runs, name);
    try {
      return [runNow(folder, readRecord(folder))];
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      onDamaged(name, error);
      return [];
    }
  });
}

/**
 * The folder of a run, by its name or the beginning of it.
 * @throws ExperimentError where none or several fit
 */
export function findRun(runs: string, name: string): string {
  const all = runNames(runs);
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
 * @throws RunError where a newer one, by its name of this plan, has a damaged run.json
 */
export function findUnfinished(runs: string, plan: Plan): FoundRun {
  const hashes = knownHashes(plan.settings);
  const endings = [...hashes.keys()].map((hash) => nameEnding(plan.name, hash));
  const unread: (readonly [name: string, error: RunError])[] = [];
  const ofPlan = listRuns(runs, (name, error) => {
    if (endings.some((ending) => name.includes(ending))) unread.push([name, error]);
  }).filter(({ planHash }) => hashes.has(planHash));
  const newest = ofPlan.filter(({ status }) => status === 'interrupted' || status === 'failed').at(-1);
  // It may be the one that was meant.
  const [unreadName, error] = unread.at(-1) ?? [];
  if (error !== undefined && (newest === undefined || unreadName! > newest.runId)) throw error;
  if (newest) {
    const { runId, planHash } = newest;
    return { runId, folder: join(runs, runId), planHash };
  }
  const changed = ofPlan.length === 0 ? ofOtherTable(runs, plan) : undefined;
  if (changed !== undefined) throw new ExperimentError([{ code: 'dataChanged', path: '', ...changed }]);
  throw new ExperimentError([{ code: 'unknownRun', path: '', ...noneToGoOnWith(runs, plan, ofPlan.at(-1)) }]);
}

/** An unfinished run whose plan would be this one, had the table not changed since. */
function ofOtherTable(runs: string, plan: Plan): { message: string; hint: string } | undefined {
  const { settings, locations } = plan;
  const found = listRuns(runs, () => undefined).filter(({ runId, name, status, planHash }) => {
    if (name !== plan.name || (status !== 'interrupted' && status !== 'failed')) return false;
    try {
      const { tableDigest } = readPlan(join(runs, runId)).settings.dataset;
      return knownHashes({ ...settings, dataset: { ...settings.dataset, tableDigest } }).has(planHash);
    } catch {
      // It was stopped before it could write its plan, or the plan is damaged.
      return false;
    }
  });
  const newest = found.at(-1);
  return (
    newest && {
      message: `${relative('', locations.table)} has changed since ${newest.runId} was begun, which can't go on with other rows or labels`,
      hint: 'Bring the table back; or start a new run, with --resume --anyway or without --resume.',
    }
  );
}

function noneToGoOnWith(
  runs: string,
  plan: Plan,
  last: RunNow | undefined,
): { message: string; hint: string } {
  if (last === undefined)
    return {
      message: `there is no run of this plan (${plan.hash.slice(0, 12)}) in ${runs}`,
      hint: 'A change of the file or of an argument makes another plan; without --resume a new run is started.',
    };
  const message = `there is no run of this plan to go on with: the newest, ${last.runId}, is ${last.status}`;
  if (last.status !== 'running') return { message, hint: 'Start a new one without --resume.' };
  const where = ` (${nameOf(last.process)})`;
  if (last.elsewhere === null)
    return {
      message: message + where,
      hint: 'Wait for its end, stop it, or start a new one without --resume.',
    };
  const seconds = Math.max(0, Math.round((Date.now() - lastSign(join(runs, last.runId))) / 1000));
  return {
    message: `${message}${where}; its last sign of life was ${seconds} s ago`,
    hint: `Wait for its end, or stop it there; without a sign for ${RUN_SILENCE_MS / 60_000} minutes it counts as interrupted.`,
  };
}
