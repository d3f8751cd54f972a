/** `run trial SWEEP HASH`: one trial of a sweep; for launchers, not for people. */
import { Option } from 'commander';
import { type LauncherName, launcherNames, launcherOf } from '../../sweep/launch/launchers.ts';
import type { AddCommand } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';

interface TrialArguments extends Readonly<Partial<Record<LauncherName, boolean>>> {
  readonly epochs?: number;
  readonly withParent?: boolean;
  readonly lease?: string;
}

export const addTrial: AddCommand = (program, { say, endNow }, exit) => {
  const queues = launcherNames.filter((name) => launcherOf(name).task !== null);
  const command = program
    .command('trial', { hidden: true })
    .description('run one trial of a planned sweep')
    .argument('<folder>', 'folder of the sweep')
    .argument('<hash>', 'hash of the trial')
    .option(
      '--epochs <count>',
      'stop with a checkpoint after so many epochs of the trial',
      wholeNumber('--epochs', 1),
    )
    .option('--with-parent', 'end when standard input ends')
    .addOption(new Option('--lease <id>', 'lease that was taken for this process').hideHelp());
  for (const name of queues)
    command.option(`--${name}`, `a job that ${name} has started: look after the trial's own process`);
  command.action(async (folder: string, trial: string, options: TrialArguments) => {
    const { epochs = null, lease, withParent } = options;
    const queue = queues.find((name) => options[name]);
    if (queue !== undefined) return exit(await launcherOf(queue).task!.run(folder, { trial, epochs }, say));
    const { exitCodes } = await import('../../sweep/ledger/ledger.ts');
    if (withParent) whenParentIsGone(() => endNow(exitCodes.checkpointed));
    const signal = stopSignal();
    const { runTrial } = await import('../../sweep/launch/trial.ts');
    const { createProgress } = await import('../../report/progress/progress.ts');
    const code = runTrial(folder, {
      trial,
      epochs,
      lease,
      signal,
      progressTo: (write) => {
        const stream = {
          rows: 24,
          write(text: string) {
            write(text);
            return true;
          },
        };
        return createProgress(stream, { terminal: false, columns: () => 100, colour: false });
      },
    });
    // Standard input, when it is watched, would keep the process, also one that could not write how it ended.
    exit(await code.finally(() => process.stdin.destroy()));
  });
};

function whenParentIsGone(end: () => void): void {
  process.stdin.on('end', end);
  process.stdin.on('error', end);
  process.stdin.resume();
}

/** SIGUSR1 is what a scheduler sends before its time limit. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1'] as const)
    process.on(signal, () => controller.abort());
  return controller.signal;
}
