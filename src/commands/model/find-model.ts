/**
 * What a person names to a model's folder: a run, the beginning of its name, `latest`, a sweep for its best trial, or a path.
 * Used by every command that takes a MODEL.
 */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { modelFiles } from '../../bundle/model.ts';
import { ExperimentError, type RunError } from '../../errors.ts';
import { namesHint } from '../../file/names.ts';
import { hasModel, listRuns, modelFolder } from '../../run/folders.ts';
import type { OldModelOptions } from '../../run/old-model.ts';

/** For the help of a command. */
export const MODEL_ARGUMENT =
  'a run or the beginning of its name, `latest`, a sweep (its best trial), or the folder of a model';

/**
 * @param name as a person wrote it
 * @param runs folder of the runs
 * @param options what a run of version 0.1.0 has its model written with
 * @returns folder of the model; written first where the run has none
 * @throws ExperimentError where none or several are meant, or the run did not come to its end; RunError where the run that is
 *   meant, or may be, is damaged; other damaged ones do no harm
 */
export async function findModel(name: string, runs: string, options: OldModelOptions): Promise<string> {
  const path = pathOf(name);
  if (path !== undefined) return path.isRun ? ofRun(path.folder, options) : path.folder;
  return ofRun(await runFolder(name, runs), options);
}

async function ofRun(folder: string, options: OldModelOptions): Promise<string> {
  if (hasModel(folder)) return modelFolder(folder);
  const { modelOfRun } = await import('../../run/old-model.ts');
  return modelOfRun(folder, options);
}

function pathOf(name: string): { folder: string; isRun: boolean } | undefined {
  if (existsSync(join(name, modelFiles.description))) return { folder: resolve(name), isRun: false };
  if (basename(name) === modelFiles.description && existsSync(name))
    return { folder: resolve(name, '..'), isRun: false };
  return existsSync(join(name, 'run.json')) ? { folder: resolve(name), isRun: true } : undefined;
}

async function runFolder(name: string, runs: string): Promise<string> {
  const { sweepFolders } = await import('../../sweep/ledger/known.ts');
  const damaged = new Map<string, RunError>();
  const records = listRuns(runs, (id, error) => damaged.set(id, error));
  const ids = [...records.map(({ runId }) => runId), ...damaged.keys()].sort();
  const sweeps = sweepFolders(runs).map((folder) => basename(folder));
  const all = [...ids, ...sweeps];
  if (name === 'latest' && !all.includes(name)) {
    const finished = records.filter(({ status }) => status === 'finished').at(-1);
    // It may be the one that is meant.
    const [newest, error] = [...damaged].at(-1) ?? [];
    if (error !== undefined && (finished === undefined || newest! > finished.runId)) throw error;
    if (finished !== undefined) return join(runs, finished.runId);
    throw unknown(`no run in ${runs} has come to its end`, 'Train one: `run experiments/quickstart.yaml`.');
  }
  const fitting = all.includes(name) ? [name] : all.filter((one) => one.startsWith(name));
  if (fitting.length > 1) {
    throw unknown(
      `"${name}" is the beginning of ${fitting.length} runs and sweeps`,
      namesHint(name, fitting),
    );
  }
  const [found] = fitting;
  if (found === undefined) {
    const hint = all.length === 0 ? 'No run has been made yet.' : namesHint(name, ['latest', ...all]);
    throw unknown(`there is no run, no sweep and no model "${name}" (runs are in ${runs})`, hint);
  }
  const error = damaged.get(found);
  if (error !== undefined) throw error;
  return sweeps.includes(found) ? bestTrial(join(runs, found), runs) : join(runs, found);
}

async function bestTrial(sweep: string, runs: string): Promise<string> {
  const { bestResult } = await import('../../sweep/ledger/best.ts');
  const best = bestResult(sweep);
  if (best === undefined)
    throw unknown(
      `no trial of ${basename(sweep)} is done yet`,
      `\`run sweep ${basename(sweep)}\` goes on with it.`,
    );
  const { result } = best;
  const folder = join(runs, result.directory);
  if (existsSync(folder)) return folder;
  throw unknown(
    `the best trial of ${basename(sweep)}, ${result.label}, was trained elsewhere: there is no ${folder}`,
    'Copy its folder here, or name the path of its model.',
  );
}

function unknown(message: string, hint: string | undefined): ExperimentError {
  return new ExperimentError([{ code: 'unknownRun', path: '', message, hint }]);
}
