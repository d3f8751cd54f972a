/** The process of a task of an array: looks after the trial's own, and asks for another turn when the time is nearly up. */
import { exitCodes, type TrialExit, trialExitOf } from '../../ledger/ledger.ts';
import type { Job } from '../launcher.ts';
import { superviseTrial } from '../supervise.ts';
import { requeueTask } from './client.ts';
import { ownTask } from './own-task.ts';

/**
 * SIGUSR1 comes before the time limit: the trial writes a checkpoint, and the job is queued again. SIGTERM comes from
 * scancel, and from a driver that was stopped: a checkpoint, and no more.
 * @param say goes to the task's log
 */
export async function runTask(
  sweepFolder: string,
  job: Job,
  say: (message: string) => void,
): Promise<TrialExit> {
  const stop = new AbortController();
  let isTimeUp = false;
  process.on('SIGUSR1', () => {
    isTimeUp = true;
    stop.abort();
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());

  // Slurm alone knows how long there is before the limit, and kills after it: a shorter wait of our own would end a trial
  // whose step, or whose start on a busy node, takes longer than that.
  const ended = await superviseTrial(job, { sweepFolder, signal: stop.signal, graceMs: null });
  // A process that was stopped before it listened has nothing to lose.
  const code = ended === null && stop.signal.aborted ? exitCodes.checkpointed : trialExitOf(ended);
  const own = ownTask(process.env);
  if (code === exitCodes.checkpointed && isTimeUp && own !== undefined) {
    const isQueued = await requeueTask(own.id);
    say(
      isQueued
        ? 'The time is nearly up: a checkpoint was written, and the job is queued again.'
        : 'The time is nearly up: a checkpoint was written. Slurm did not queue the job again; the driver will.',
    );
  }
  return code;
}
