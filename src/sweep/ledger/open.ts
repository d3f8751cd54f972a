/** From what a person names to a planned sweep on disk: a sweep file, or a sweep that was begun. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { ExperimentError } from '../../errors.ts';
import { namesHint } from '../../file/names.ts';
import { planSweep, type SweepPlan } from '../plan/plan.ts';
import { speedOf } from '../plan/price.ts';
import { labelAt } from '../space/points.ts';
import type { DiffedTrial } from './diff.ts';
import { freezeSweep } from './freeze.ts';
import { recentResults, sweepFolders } from './known.ts';
import { readTrials } from './ledger.ts';

/** @returns the folder of a sweep that was begun, by its path, its name or the beginning of it; undefined where none is meant */
export function findSweep(runs: string, name: string): string | undefined {
  if (existsSync(join(name, 'sweep.json'))) return resolve(name);
  const folders = sweepFolders(runs);
  const exact = folders.find((folder) => basename(folder) === name);
  const fitting = folders.filter((folder) => basename(folder).startsWith(name));
  if (exact !== undefined || fitting.length === 1) return exact ?? fitting[0];
  return undefined;
}

/** @throws ExperimentError where there is none */
export function needSweep(runs: string, name: string): string {
  const found = findSweep(runs, name);
  if (found !== undefined) return found;
  const names = sweepFolders(runs).map((folder) => basename(folder));
  const hint = names.length === 0 ? 'No sweep has been begun yet.' : namesHint(name, names);
  const fitting = names.filter((one) => one.startsWith(name)).length;
  const message =
    fitting > 1
      ? `"${name}" is the beginning of ${fitting} sweeps`
      : `there is no sweep "${name}" in ${runs}`;
  throw new ExperimentError([{ code: 'unknownRun', path: '', message, hint }]);
}

export interface OpenOptions {
  readonly overrides: readonly string[];
  /** Refuse to begin a new sweep. */
  readonly resume: boolean;
  /** Begin a new sweep even where the same was begun before. */
  readonly force: boolean;
}

/** Plans against the runs that are there. @throws ExperimentError */
export function planWithRuns(
  file: string,
  runs: string,
  overrides: readonly string[],
  needTable: boolean,
): SweepPlan {
  return planSweep(file, { overrides, needTable, speed: speedOf(recentResults(runs)) });
}

/**
 * @returns the folder with the frozen plan, and whether it is new
 * @throws ExperimentError
 */
export function openSweep(
  file: string,
  runs: string,
  options: OpenOptions,
): { folder: string; isNew: boolean } {
  const begun = existsSync(file) && !existsSync(join(file, 'sweep.json')) ? undefined : findSweep(runs, file);
  if (begun !== undefined && options.overrides.length > 0) {
    const message = `the plan of ${basename(begun)} is frozen, so ${options.overrides.join(' ')} can't change it`;
    throw new ExperimentError([
      { code: 'badArgument', path: '', message, hint: 'Name the sweep file to plan another sweep.' },
    ]);
  }
  if (begun !== undefined) return { folder: begun, isNew: false };
  const plan = planWithRuns(file, runs, options.overrides, true);
  const frozen = freezeSweep(plan, runs, options);
  if (frozen === undefined) {
    const names = sweepFolders(runs).map((folder) => basename(folder));
    const message = 'there is no sweep of this plan to go on with';
    const known = names.length === 0 ? 'No sweep has been begun yet.' : `There are: ${names.join(', ')}.`;
    const hint = `A change of the file, the base or an argument makes another plan. ${known}`;
    throw new ExperimentError([{ code: 'unknownRun', path: '', message, hint }]);
  }
  return frozen;
}

/** The trials of a sweep that was begun, or of a file. @throws ExperimentError */
export function plannedTrials(name: string, runs: string): readonly DiffedTrial[] {
  const begun = isSweepFile(name) ? undefined : findSweep(runs, name);
  if (begun !== undefined) return readTrials(begun);
  const { axes, trials } = planWithRuns(name, runs, [], false);
  return trials.map(({ hash, earlierHashes, point }) => ({
    hash,
    earlierHashes,
    label: labelAt(axes, point),
  }));
}

function isSweepFile(name: string): boolean {
  return existsSync(name) && !existsSync(join(name, 'sweep.json'));
}
