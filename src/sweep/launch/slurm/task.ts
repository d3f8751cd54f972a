/** The process of a task of an array: looks after the trial's own, and asks for another turn when the time is nearly up. */

import { exitCodes } from '../../ledger/ledger.ts';
import type { Job } from '../launcher.ts';
import { superviseTrial } from '../supervise.ts';
import { requeueTask } from './client.ts';

export interface OwnTask {
  /** `NAME_TASK`. Ids are given anew where a controller lost its state; the name of an array is never used again. */
  readonly job: string;
  /** `12_3`, for scontrol. */
  readonly id: string;
}

/** @returns the task of an array that this process is in */
export function ownTask(environment: NodeJS.ProcessEnv = process.env): OwnTask | undefined {
  const { SLURM_JOB_NAME: name, SLURM_ARRAY_JOB_ID: array, SLURM_ARRAY_TASK_ID: index } = environment;
  if (name === undefined || array === undefined || index === undefined) return undefined;
  return { job: `${name}_${index}`, id: `${array}_${index}` };
}

/**
 * SIGUSR1 comes before the time limit: the trial writes a checkpoint, and the job is queued again. SIGTERM comes from
 * scancel, and from a driver that was stopped: a checkpoint, and no more.
 * @returns the exit code
 */
export async function runTask(sweepFolder: string, job: Job): Promise<number> {
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
  const code = ended ?? (stop.signal.aborted ? exitCodes.checkpointed : 1);
  const own = ownTask();
  if (code === exitCodes.checkpointed && isTimeUp && own !== undefined) {
    const isQueued = await requeueTask(own.id);
    console.log(
      isQueued
        ? 'The time is nearly up: a checkpoint was written, and the job is queued again.'
        : 'The time is nearly up: a checkpoint was written. Slurm did not queue the job again; the driver will.',
    );
  }
  return code;
}
