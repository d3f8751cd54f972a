/** `run sweep FILE`: many trials of one experiment. `run best SWEEP`: the winning one, ready to run. */
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { ExperimentError } from '../../errors.ts';
import { type LauncherOptions, launcherNames } from '../../sweep/launch/launchers.ts';
import { type AddCommand, type ExitCode, type Output, withExample } from '../command.ts';
import { commandLine, interruption } from '../interruption.ts';
import { wholeNumber } from '../whole-number.ts';
import { launcherOption, launcherWords, ownOptions } from './launcher-options.ts';

export interface SweepArguments extends LauncherOptions {
  readonly dryRun?: boolean;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly resume?: boolean;
  readonly failed?: boolean;
  readonly force?: boolean;
}

/** Options that `run FILE` takes too, where the file is a sweep. */
function sweepOptions(): Option[] {
  return [
    new Option('--all', 'of a sweep, with --dry-run: show every trial of a long plan'),
    new Option('--failed', 'of a sweep: start failed trials again'),
    new Option('--force', 'of a sweep: start a new one, whatever was done before'),
    new Option('--parallel <count>', 'of a sweep: trials at a time').argParser(wholeNumber('--parallel', 1)),
    new Option('--per-gpu <count>', 'of a sweep: trials on one GPU at a time').argParser(
      wholeNumber('--per-gpu', 1),
    ),
    launcherOption(launcherNames, 'of a sweep, where trials run'),
    ...ownOptions(launcherNames, (names) => `of a sweep with --launcher ${names.join(' or ')}: `),
  ];
}

export function addSweepOptions(command: Command): Command {
  for (const option of sweepOptions()) command.addOption(option);
  return command;
}

/** @returns the first of these options that is given */
export function sweepOption(options: SweepArguments): string | undefined {
  const given = new Map(Object.entries(options));
  return sweepOptions().find((option) => given.has(option.attributeName()))?.long;
}

export const addSweep: AddCommand = (program, output, exit) => {
  const command = withExample(
    program
      .command('sweep')
      .description('run the trials of a sweep that are not done yet')
      .argument('<file>', 'sweep file, or the name of a sweep that was started')
      .argument('[overrides...]', 'values that replace those of the file')
      .option('--dry-run', 'show every trial with its cost, and run nothing')
      .option('--resume', 'continue a sweep; an error if it was never started')
      .option('--json', 'print the plan or the outcome as one JSON object'),
    'run sweep experiments/sweeps/backbones.yaml --dry-run',
    'run sweep experiments/sweeps/backbones.yaml --parallel 2',
    'run sweep experiments/sweeps/backbones.yaml --launcher slurm --sbatch "--gres=gpu:1 --time=4:00:00"',
  );
  addSweepOptions(command).action((file: string, overrides: string[], options: SweepArguments) =>
    startSweep(output, exit, file, overrides, options),
  );
};

export async function startSweep(
  output: Output,
  exit: (code: ExitCode) => void,
  file: string,
  overrides: readonly string[],
  options: SweepArguments,
): Promise<void> {
  if (options.dryRun) return showSweep(output, file, overrides, options);
  const { runSweep } = await import('../../sweep/sweep.ts');
  const { createSweepView } = await import('../../report/progress/sweep-progress.ts');
  const { sweepResult } = await import('../../report/tables/sweep-result.ts');
  const { resume = false, failed = false, force = false, json = false } = options;
  const view = createSweepView(output.screen.stream, output.screen);
  const report = await runSweep(file, {
    overrides,
    resume,
    force,
    failed,
    launcher: options,
    view,
    signal: () =>
      interruption(output.endNow, view.note, 'Stopping: each trial writes a checkpoint after its step.'),
  });
  if (json) output.printJson(report);
  if (report.status === 'interrupted') {
    const words = ['sweep', file, ...overrides, ...launcherWords(options)];
    output.say(`Stopped; to go on:\n  ${commandLine(words)}`);
    return exit(130);
  }
  if (report.status === 'failed') exit(1);
  if (!json) output.print(sweepResult(report, output.style));
}

/** What the trials of a sweep come to; nothing is run. */
export async function showSweep(
  { print, printJson, style }: Output,
  file: string,
  overrides: readonly string[],
  { json = false, all = false, force }: SweepArguments,
): Promise<void> {
  const { runsFolder } = await import('../../run/folders.ts');
  const { planWithRuns } = await import('../../sweep/ledger/open.ts');
  const { previewSweep } = await import('../../sweep/drive/preview.ts');
  const { sweepTable } = await import('../../report/tables/sweep-table.ts');
  const runs = runsFolder();
  const preview = previewSweep(planWithRuns(file, runs, overrides, false), runs, force);
  if (json) printJson(preview);
  else print(sweepTable(preview, all, style));
}

export const addBest: AddCommand = (program, { print, printJson }) => {
  withExample(
    program
      .command('best')
      .description(
        'print the best experiment of a sweep, ready to run: of the combination with the best mean',
      )
      .argument('<sweep>', 'name of the sweep, or the beginning of its name')
      .option('--trial', 'the best of all trials, however its combination does with other seeds')
      .option('--json', 'print its values and result as one JSON object'),
    'run best backbones-1f2e3d4c > best.yaml',
  ).action(async (name: string, options: { trial?: boolean; json?: boolean }) => {
    const { runsFolder } = await import('../../run/folders.ts');
    const { needSweep } = await import('../../sweep/ledger/open.ts');
    const { bestExperiment } = await import('../../sweep/ledger/best.ts');
    const folder = needSweep(runsFolder(), name);
    const best = bestExperiment(folder, options.trial ?? false);
    if (best === undefined) {
      const message = `no trial of ${basename(folder)} is done yet`;
      throw new ExperimentError([{ code: 'emptyData', path: '', message }]);
    }
    if (options.json) printJson({ ...best.result, combination: best.combination });
    else print(best.text);
  });
};
