/** `run trial SWEEP HASH`: one trial of a sweep; for launchers, not for people. */
import { Option } from 'commander';
import type { AddCommand } from './command.ts';

interface TrialArguments {
  readonly epochs?: string;
  readonly withParent?: boolean;
  readonly lease?: string;
  readonly slurm?: boolean;
}

export const addTrial: AddCommand = (program) => {
  program
    .command('trial', { hidden: true })
    .description('run one trial of a planned sweep')
    .argument('<folder>', 'folder of the sweep')
    .argument('<hash>', 'hash of the trial')
    .option('--epochs <count>', 'stop with a checkpoint after so many epochs of the trial')
    .option('--with-parent', 'end when standard input ends')
    .option('--slurm', "the process of a Slurm job: look after the trial's own")
    .addOption(new Option('--lease <id>', 'lease that was taken for this process').hideHelp())
    .action(async (folder: string, hash: string, options: TrialArguments) => {
      const epochs = options.epochs === undefined ? null : Number(options.epochs);
      if (options.slurm) {
        const { runTask } = await import('../sweep/launch/slurm/task.ts');
        process.exitCode = await runTask(folder, { trial: hash, epochs });
        return;
      }
      if (options.withParent) endWithParent();
      const signal = stopSignal();
      const { runTrial } = await import('../sweep/launch/trial.ts');
      const { createProgress } = await import('../report/progress/progress.ts');
      const code = await runTrial(folder, {
        trial: hash,
        epochs,
        lease: options.lease,
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
      process.exitCode = code;
      // Standard input, when it is watched, would keep the process.
      process.stdin.destroy();
    });
};

function endWithParent(): void {
  process.stdin.on('end', () => process.exit(75));
  process.stdin.on('error', () => process.exit(75));
  process.stdin.resume();
}

/** SIGUSR1 is what a scheduler sends before its time limit. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGUSR1'] as const)
    process.on(signal, () => controller.abort());
  return controller.signal;
}
