/**
 * Arrays of jobs in Slurm's queue, and the folders that they are known by:
 *
 *   runs/<sweep>/slurm/<array>/
 *     batch.sh    what sbatch was given: options, jobs, environment; of passwords the names alone, Slurm takes them with it
 *     jobs.json   the jobs in the order of the tasks, written before sbatch is called
 *     3.log       what task 3 wrote; what its trial wrote is in the attempt's log.txt
 *
 * The name of an array leads to its folder, so a driver that starts later finds the tasks of one that was killed, whatever
 * their ids.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { RunError } from '../../../errors.ts';
import { variablesOf } from '../../../file/variables.ts';
import { writeWhole } from '../../../machine/whole.mjs';
import type { Job } from '../launcher.ts';
import { type QueuedTask, queuedTasks, submitArray } from './client.ts';
import { type BatchScript, batchScript } from './script.ts';

/** A task of an array of this sweep. */
export interface SweepTask extends QueuedTask {
  /** `NAME_TASK`, the same for whoever looks. */
  readonly task: string;
  readonly job: Job;
}

export interface SlurmArrays {
  /** Tasks of this sweep, whoever submitted them; undefined where the controller does not answer. */
  queued(): Promise<SweepTask[] | undefined>;
  /**
   * Gives jobs to the queue.
   * @param after id of an array that must end first
   * @returns the array's id, and the tasks in the order of the jobs; undefined where the controller can't be asked now
   * @throws RunError where sbatch refuses
   */
  submit(
    jobs: readonly Job[],
    after: string | undefined,
  ): Promise<{ readonly id: string; readonly tasks: readonly string[] } | undefined>;
  /** Why jobs end before their trials begin. @param task the last of them @param state in which it ended */
  stillbornError(task: string, state: string): RunError;
}

export function createSlurmArrays(
  sweepFolder: string,
  options: Pick<BatchScript, 'words' | 'throttle' | 'environment'>,
): SlurmArrays {
  const arrays = join(sweepFolder, 'slurm');
  const prefix = `${basename(sweepFolder)}.`;
  const jobsOf = new Map<string, readonly Job[]>();
  return { queued, submit, stillbornError };

  async function queued(): Promise<SweepTask[] | undefined> {
    const all = await queuedTasks();
    return all?.flatMap((one) => {
      const { name, index } = one;
      const job = name.startsWith(prefix) ? jobAt(name, index) : undefined;
      return job === undefined ? [] : [{ ...one, job, task: taskName(name, index) }];
    });
  }

  function jobAt(name: string, index: number): Job | undefined {
    let jobs = jobsOf.get(name);
    if (jobs === undefined) {
      const file = join(arrays, name.slice(prefix.length), 'jobs.json');
      if (!existsSync(file)) return undefined;
      jobs = JSON.parse(readFileSync(file, 'utf8')) as Job[];
      jobsOf.set(name, jobs);
    }
    return jobs[index];
  }

  async function submit(
    jobs: readonly Job[],
    after: string | undefined,
  ): Promise<{ id: string; tasks: string[] } | undefined> {
    const time = new Date().toISOString().slice(0, 19).replace(/[-:]/g, '');
    const own = `${time}-${randomUUID().slice(0, 4)}`;
    const folder = join(arrays, own);
    const name = `${prefix}${own}`;
    mkdirSync(folder, { recursive: true });
    writeWhole(join(folder, 'jobs.json'), jobs);
    jobsOf.set(name, jobs);
    const script = join(folder, 'batch.sh');
    const variables = variablesOf(readFileSync(join(sweepFolder, 'base.yaml'), 'utf8'));
    writeFileSync(script, batchScript({ ...options, sweepFolder, folder, name, jobs, after, variables }), {
      mode: 0o700,
    });
    let id: string | undefined;
    try {
      id = await submitArray(script);
    } catch (error) {
      rmSync(folder, { recursive: true });
      throw error;
    }
    return id === undefined ? undefined : { id, tasks: jobs.map((_, index) => taskName(name, index)) };
  }

  function stillbornError(task: string, state: string): RunError {
    const [, array, index] = /\.([^.]+)_(\d+)$/.exec(task)!;
    const log = join(arrays, array!, `${index}.log`);
    const words = existsSync(log) ? readFileSync(log, 'utf8').trim().slice(-500) : '';
    if (words === '')
      return new RunError(`Slurm's jobs end before their trials begin (${state}), and without a log`, {
        hint: `Every node must see ${sweepFolder} under this same path: set MANYHEADS_RUNS to a shared folder.`,
      });
    return new RunError(`Slurm's jobs end before their trials begin (${state}): ${words}`, {
      hint: `What the job was given is in ${join(arrays, array!, 'batch.sh')}.`,
    });
  }
}

const taskName = (name: string, index: number): string => `${name}_${index}`;
