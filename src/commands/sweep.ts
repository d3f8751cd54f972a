/** `run sweep FILE`: many trials of one experiment. `run best SWEEP`: the winning one, ready to run. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { ExperimentError } from '../errors.ts';
import { displayPath } from '../file/load.ts';
import type { SweepProgress } from '../sweep/drive/drive.ts';
import { type AddCommand, type ExitCode, type Output, withExample } from './command.ts';
import { commandLine, interruption } from './interruption.ts';

export interface SweepArguments {
  readonly dryRun?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly resume?: boolean;
  readonly failed?: boolean;
  readonly force?: boolean;
  readonly parallel?: number;
  readonly perGpu?: number;
  readonly launcher?: LauncherName;
  readonly sbatch?: string;
  readonly queue?: string;
}

type LauncherName = 'local' | 'bullmq' | 'slurm';

/** Options that `run FILE` takes too, where the file is a sweep. */
export function addSweepOptions(command: Command): Command {
  return command
    .option('--all', 'of a sweep, with --dry-run: show every trial of a long plan')
    .option('--failed', 'of a sweep: begin failed trials again')
    .option('--force', 'of a sweep: a new one, whatever was done before')
    .option('--parallel <count>', 'of a sweep: trials at a time', wholeNumber)
    .option('--per-gpu <count>', 'of a sweep: trials on one GPU at a time', wholeNumber)
    .option(
      '--launcher <name>',
      'of a sweep: local, bullmq for workers on any machines, or slurm for a cluster',
      launcherName,
    )
    .option('--sbatch <options>', 'of a sweep with --launcher slurm: what to ask of the cluster')
    .option('--queue <url>', 'of a sweep with --launcher bullmq: redis[s]://user:password@host:port/db');
}

/** @returns the first of these options that is given */
export function sweepOption(options: SweepArguments): string | undefined {
  const { all, failed, force, parallel, perGpu, launcher, sbatch, queue } = options;
  const given = {
    '--all': all,
    '--failed': failed,
    '--force': force,
    '--parallel': parallel,
    '--per-gpu': perGpu,
    '--launcher': launcher,
    '--sbatch': sbatch,
    '--queue': queue,
  };
  return Object.entries(given).find(([, value]) => value !== undefined)?.[0];
}

export const addSweep: AddCommand = (program, output, exit) => {
  const command = withExample(
    program
      .command('sweep')
      .description('run the trials of a sweep; what is done is not done again')
      .argument('<file>', 'sweep file, or the name of a sweep that was begun')
      .argument('[overrides...]', 'values that stand in for those of the file')
      .option('--dry-run', 'show every trial with its cost, and run nothing')
      .option('--resume', 'go on with a sweep that was begun; an error where there is none')
      .option('--json', 'print the plan or the outcome as one JSON object'),
    'run sweep experiments/sweeps/backbones.yaml --dry-run',
    'run sweep experiments/sweeps/backbones.yaml --parallel 2',
    'run sweep experiments/sweeps/backbones.yaml --launcher slurm --sbatch "--gres=gpu:1 --time=4:00:00"',
  );
  addSweepOptions(command).action((file: string, overrides: string[], options: SweepArguments) =>
    startSweep(output, exit, file, overrides, options),
  );
};

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  const message = `expected a whole number above 0, got ${JSON.stringify(text)}`;
  throw new ExperimentError([{ code: 'badArgument', path: '', message }]);
}

function launcherName(text: string): LauncherName {
  if (text === 'local' || text === 'bullmq' || text === 'slurm') return text;
  const message = `expected local, bullmq or slurm, got ${JSON.stringify(text)}`;
  throw new ExperimentError([{ code: 'badArgument', path: '--launcher', message }]);
}

export async function startSweep(
  output: Output,
  exit: (code: ExitCode) => void,
  file: string,
  overrides: readonly string[],
  options: SweepArguments,
): Promise<void> {
  const { runsFolder } = await import('../run/folders.ts');
  const runs = runsFolder();
  if (options.dryRun) return showSweep(output, runs, file, overrides, options);
  const { openSweep } = await import('../sweep/ledger/open.ts');
  const { driveSweep } = await import('../sweep/drive/drive.ts');
  const { chooseLauncher } = await import('../sweep/launch/launchers.ts');
  const { createWatch, outcomeOf } = await import('../sweep/drive/watch.ts');
  const { beginParent } = await import('../sweep/drive/parent.ts');
  const { createUnsent } = await import('../sweep/drive/unsent.ts');
  const { readSweep } = await import('../sweep/ledger/ledger.ts');
  const { chooseTarget } = await import('../track/mlflow.ts');
  const { createSweepView } = await import('../report/progress/sweep-progress.ts');

  const { resume = false, failed = false, force = false } = options;
  // What can't be is said before anything is written.
  let note = output.say;
  const createLauncher = await chooseLauncher(options, (message) => note(message));
  const { folder, isNew } = openSweep(file, runs, { overrides, resume, force });
  const { launcher, parallel } = createLauncher(folder);
  const terminal = process.stderr.isTTY === true;
  const view = createSweepView(process.stderr, {
    terminal,
    columns: () => process.stderr.columns ?? 80,
    colour: terminal && pc.isColorSupported,
  });
  note = view.note;
  const at = parallel === 1 ? 'one trial' : `${parallel} trials`;
  const where = launcher.name === 'local' ? '' : ` by ${launcher.name}`;
  view.note(`${isNew ? 'New sweep' : 'Going on with'} ${displayPath(folder)}, ${at} at a time${where}.`);
  const sweep = readSweep(folder);
  const target = chooseTarget(sweep.tracking.uri);
  const parent = beginParent(folder, { sweep, runs, target, notify: view.note });
  const unsent = createUnsent(folder, runs, target, view.note);
  const watch = createWatch(folder, view, parallel);
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
    signal: interruption(view.note, 'Stopping: each trial writes a checkpoint after its step.'),
    onChange,
    notify: view.note,
  }).finally(() => watch.close());
  await parent.end(outcome);
  const left = await unsent.end();
  if (left > 0)
    output.say(
      `${left} ${left === 1 ? 'trial has' : 'trials have'} more to tell ${target?.uri}: run sync ${basename(folder)} sends it.`,
    );

  const result = outcomeOf(folder, runs, outcome);
  if (options.json) output.printJson(result);
  if (outcome.status === 'interrupted') {
    output.say(
      `Stopped; to go on:\n  ${commandLine(['sweep', file, ...overrides, ...launcherWords(options)])}`,
    );
    return exit(130);
  }
  if (outcome.status === 'failed') exit(1);
  if (options.json) return;
  const { sweepResult } = await import('../report/tables/sweep-result.ts');
  output.print(sweepResult(result, output.style));
}

/** What the next call must say again, without a password. */
function launcherWords({ launcher, parallel, sbatch, queue }: SweepArguments): string[] {
  const given = {
    '--launcher': launcher,
    '--parallel': parallel,
    '--sbatch': sbatch,
    '--queue': queue?.replace(/^(\w+:\/\/[^:@/]*):(?!\$\{env:).*@/, '$1:…@'),
  };
  return Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, `${value}`]));
}

async function showSweep(
  { print, printJson, style }: Output,
  runs: string,
  file: string,
  overrides: readonly string[],
  options: SweepArguments,
): Promise<void> {
  const { planWithRuns } = await import('../sweep/ledger/open.ts');
  const { previewSweep } = await import('../sweep/drive/preview.ts');
  const plan = planWithRuns(file, runs, overrides, false);
  const preview = previewSweep(plan, runs, options.force);
  if (options.json) return printJson(preview);
  const { sweepTable } = await import('../report/tables/sweep-table.ts');
  print(sweepTable(preview, options.all ?? false, style));
}

export const addBest: AddCommand = (program, { print, printJson }) => {
  withExample(
    program
      .command('best')
      .description("print a sweep's winning experiment, ready to run")
      .argument('<sweep>', 'name of the sweep or the beginning of it')
      .option('--json', 'print its values and result as one JSON object'),
    'run best backbones-1f2e3d4c > best.yaml',
  ).action(async (name: string, options: { json?: boolean }) => {
    const { runsFolder } = await import('../run/folders.ts');
    const { needSweep } = await import('../sweep/ledger/open.ts');
    const { bestExperiment } = await import('../sweep/ledger/best.ts');
    const runs = runsFolder();
    const folder = needSweep(runs, name);
    const best = bestExperiment(folder);
    if (best === undefined) {
      const message = `no trial of ${basename(folder)} is done yet`;
      throw new ExperimentError([{ code: 'emptyData', path: '', message }]);
    }
    if (options.json) printJson(best.result);
    else print(best.text);
  });
};
