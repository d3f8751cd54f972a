/** `run worker`: runs trials of a queue, on as many machines as you like. */
import {
  type LauncherName,
  type OwnOptions,
  openWorker,
  workedLaunchers,
} from '../../sweep/launch/launchers.ts';
import { type AddCommand, type ExitCode, type Output, withExample } from '../command.ts';
import { wholeNumber } from '../whole-number.ts';
import { launcherOption, ownOptions } from './launcher-options.ts';

interface WorkerArguments extends OwnOptions {
  readonly launcher: LauncherName;
  readonly parallel?: number;
  readonly perGpu?: number;
  readonly idleExit?: number;
  readonly drainTimeout?: number;
  readonly takeover: number;
  readonly dropMissing?: boolean;
  readonly json?: boolean;
}

/** Seconds of silence after which BullMQ's own default has a job taken over. */
const TAKEOVER_SECONDS = 30;

export const addWorker: AddCommand = (program, output, exit) => {
  const callers = workedLaunchers.map((name) => `\`run sweep --launcher ${name}\``).join(' and ');
  const command = program
    .command('worker')
    .description(`run trials of a queue, for ${callers}`)
    .addOption(launcherOption(workedLaunchers, 'whose queue').default(workedLaunchers[0]));
  for (const option of ownOptions(workedLaunchers)) command.addOption(option);
  withExample(
    command
      .option('--parallel <count>', 'trials at a time', wholeNumber('--parallel', 1))
      .option('--per-gpu <count>', 'trials on one GPU at a time', wholeNumber('--per-gpu', 1))
      .option(
        '--idle-exit <seconds>',
        'end when the queue has been empty for this long',
        wholeNumber('--idle-exit', 0),
      )
      .option(
        '--drain-timeout <seconds>',
        'after Ctrl-C: stop what has not finished by then, with a checkpoint',
        wholeNumber('--drain-timeout', 0),
      )
      .option(
        '--takeover <seconds>',
        'take over the trials of a worker that was silent for this long',
        wholeNumber('--takeover', 1),
        TAKEOVER_SECONDS,
      )
      .option('--drop-missing', 'throw away jobs of sweeps whose folder is not here')
      .option('--json', 'print what it did as one JSON object'),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a person writes.
    "run worker --queue 'rediss://sweep:${env:REDIS_PASSWORD}@host:6379'",
    'run worker --queue redis://host --parallel 2 --idle-exit 300',
  ).action((options: WorkerArguments) => startWorker(output, exit, options));
};

async function startWorker(
  output: Output,
  exit: (code: ExitCode) => void,
  options: WorkerArguments,
): Promise<void> {
  const { slotsOf, thisMachine } = await import('../../sweep/launch/slots.ts');

  const { parallel, perGpu, idleExit = null, drainTimeout, takeover, dropMissing = false } = options;
  const { say } = output;
  const worker = await openWorker(options.launcher, options, say);
  const machine = thisMachine();
  // Trials of any size may come, so without GPUs only a number that was given makes more than one.
  const count = parallel ?? (machine.gpus.length > 0 ? undefined : 1);
  const slots = slotsOf(machine, { parallel: count, perGpu, trialBytes: 1 });
  const at = slots.length === 1 ? 'one trial' : `${slots.length} trials`;
  say(`Takes trials from ${worker.shown}, ${at} at a time. Ctrl-C finishes what runs.`);
  const { drain, stop } = stopSignals(say, drainTimeout);
  const report = await worker.run({
    slots,
    drain,
    stop,
    idleExitSeconds: idleExit,
    takeoverSeconds: takeover,
    dropMissing,
    say,
  });
  if (options.json) output.printJson(report);
  else
    say(
      `Ended: ${report.done} done, ${report.checkpointed} stopped with a checkpoint, ${report.failed} failed.`,
    );
  if (stop.aborted) exit(130);
}

/** The first signal drains, the second has checkpoints written, the third ends the process. */
function stopSignals(
  say: (message: string) => void,
  drainTimeout: number | undefined,
): { drain: AbortSignal; stop: AbortSignal } {
  const drain = new AbortController();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      if (drain.signal.aborted) {
        say(
          'Stopping: each trial writes a checkpoint after its step. Once more to stop at once, without one.',
        );
        stop.abort();
        return;
      }
      say('Takes no more trials and finishes what runs. Once more to stop them with a checkpoint.');
      drain.abort();
      if (drainTimeout === undefined) return;
      const late = (): void => {
        say(`${drainTimeout} s have passed: each trial writes a checkpoint after its step.`);
        stop.abort();
      };
      setTimeout(late, drainTimeout * 1000).unref();
    });
  }
  return { drain: drain.signal, stop: stop.signal };
}
