/**
 * One sweep, from its file to its best trial.
 *
 *   1. launcher ─▶ 2. plan ─▶ 3. folder ─▶ 4. MLflow ─▶ 5. screen ─▶ 6. trials ─▶ 7. results
 *
 * Each trial is a process of its own, told from top to bottom in launch/trial.ts.
 */
import { basename } from 'node:path';
import { displayPath } from '../file/load.ts';
import { substituteText } from '../file/variables.ts';
import type { SweepView } from '../report/progress/sweep-progress.ts';
import { formatNumberOf } from '../report/text/format.ts';
import { runsFolder } from '../run/folders.ts';
import { chooseTarget } from '../track/mlflow.ts';
import { driveSweep, type SweepProgress } from './drive/drive.ts';
import { beginParent } from './drive/parent.ts';
import { createUnsent } from './drive/unsent.ts';
import { createWatch, outcomeOf, type SweepReport } from './drive/watch.ts';
import { DEFAULT_LAUNCHER, type LauncherOptions, launcherOf, openLauncher } from './launch/launchers.ts';
import { readSweep } from './ledger/ledger.ts';
import { type OpenOptions, openSweep } from './ledger/open.ts';

export interface SweepOptions extends OpenOptions {
  readonly launcher: LauncherOptions;
  /** Begin failed trials again. */
  readonly failed: boolean;
  readonly view: SweepView;
  /** Called when trials are about to start. Before that there is nothing to stop, and an interruption ends the process. */
  readonly signal: () => AbortSignal;
}

/**
 * @param file sweep file, or the name of a sweep that was begun
 * @throws ExperimentError for the input, RunError where the launcher can't work
 */
export async function runSweep(file: string, options: SweepOptions): Promise<SweepReport> {
  const { view, launcher: asked, force, failed } = options;
  const runs = runsFolder();

  // 1. The launcher: a queue or a cluster that can't be used is refused before anything is written.
  const launcherFor = await openLauncher(asked, view.note);

  // 2. The plan: axes (space/) become points (search/), points become trials (plan/). Every mistake of the file is found here.
  // 3. The folder: the plan, frozen on disk (ledger/). The same plan has the same folder, so that a second call continues it.
  const { folder, isNew } = openSweep(file, runs, options);
  const sweep = readSweep(folder);
  const { launcher, parallel } = launcherFor(folder);
  const begun = `${isNew ? 'New sweep' : 'Going on with'} ${displayPath(folder)}`;
  const { where } = launcherOf(asked.launcher ?? DEFAULT_LAUNCHER);
  view.note(`${begun}, ${formatNumberOf(parallel, 'trial')} at a time ${where}.`);

  // 4. MLflow: a run of the sweep's own, and what its trials could not tell.
  const target = chooseTarget(substituteText(sweep.tracking.uri));
  const parent = beginParent(folder, { sweep, runs, target, notify: view.note });
  const unsent = createUnsent(folder, runs, target, view.note);

  // 5. The screen.
  const watch = createWatch(folder, view, parallel);

  // 6. The trials (drive/): what can start is chosen from the folder, and chosen again each time a trial ends.
  const onChange = (progress: SweepProgress): void => {
    watch.onChange(progress);
    const { changed } = progress;
    for (const { status, trial } of changed === undefined ? progress.trials : [changed])
      if (status === 'done' || status === 'failed') unsent.add(trial.hash);
  };
  const outcome = await driveSweep({
    sweepFolder: folder,
    runs,
    launcher,
    failed,
    adopt: !force,
    signal: options.signal(),
    onChange,
    notify: view.note,
  }).finally(() => watch.close());

  // 7. The results.
  await parent.end(outcome);
  const left = await unsent.end();
  if (left > 0) {
    const trials = left === 1 ? 'trial has' : 'trials have';
    view.note(`${left} ${trials} more to tell ${target?.uri}: run sync ${basename(folder)} sends it.`);
  }
  return outcomeOf(folder, runs, outcome);
}
