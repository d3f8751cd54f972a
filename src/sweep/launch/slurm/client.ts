/** Slurm's own programs: what they are asked, and what their words mean. */
import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { RunError } from '../../../errors.ts';

/** One task of an array, as the queue has it. */
export interface QueuedTask {
  /** `12_3`: what scancel and scontrol call it. */
  readonly id: string;
  /** Id of the whole array. */
  readonly array: string;
  readonly index: number;
  /** PENDING, RUNNING, COMPLETED, …: squeue(1). */
  readonly state: string;
  /** Why it waits: Resources, Priority, PartitionDown, …: squeue(1). */
  readonly reason: string;
  /** Name of the job. */
  readonly name: string;
}

interface Answer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A controller that is down, starting or overloaded; the request may have been carried out all the same. */
const PASSING =
  /unable to contact slurm controller|timed out|connection refused|temporarily|backup controller|zero bytes/i;

/** @throws RunError where Slurm's programs are not there, or its controller does not answer */
export async function checkSlurm(): Promise<void> {
  const { code, stderr } = await call('squeue', ['--noheader', '--states=RUNNING', '--user', user()]);
  if (code === 0) return;
  throw new RunError(`Slurm does not answer: ${lastLine(stderr)}`, {
    hint: 'Start the sweep where `squeue` works: a login node, or with SLURM_CONF set.',
  });
}

/** Asks whether the cluster would take such a job, and submits nothing. @throws RunError with its refusal */
export async function checkOptions(words: readonly string[]): Promise<void> {
  const { code, stderr } = await call('sbatch', ['--test-only', ...words, '--wrap', 'true']);
  if (code !== 0) throw await refusal(stderr);
}

/**
 * @param script file, with its options in it
 * @returns the array's id; undefined where the controller can't be asked now, and may have taken it all the same
 * @throws RunError with its refusal
 */
export async function submitArray(script: string): Promise<string | undefined> {
  const { code, stdout, stderr } = await call('sbatch', ['--parsable', script]);
  if (code === 0) return stdout.trim().split(';')[0]!;
  if (PASSING.test(stderr)) return undefined;
  throw await refusal(stderr);
}

/** @returns undefined where the controller does not answer, which says nothing of the jobs */
export async function queuedTasks(): Promise<QueuedTask[] | undefined> {
  const format = '%F|%K|%T|%j|%r';
  const { code, stdout } = await call('squeue', [
    '--noheader',
    '--array',
    '--states=all',
    '--user',
    user(),
    '--format',
    format,
  ]);
  if (code !== 0) return undefined;
  return stdout.split('\n').flatMap((line) => {
    const [, array, index, state, name, reason] =
      /^(\d+)\|(\d+)\|(\w+)\|(.*)\|([^|]*)$/.exec(line.trim()) ?? [];
    if (!array || !index || !state || name === undefined || reason === undefined) return [];
    return [{ id: `${array}_${index}`, array, index: Number(index), state, reason, name }];
  });
}

/** Takes back those tasks of arrays that have not begun. */
export async function cancelPending(arrays: readonly string[]): Promise<void> {
  await call('scancel', ['--state=PENDING', ...arrays]);
}

/** A signal to the batch script's process alone, without Slurm's own KILL after it. */
export async function signalTasks(ids: readonly string[], signal: 'TERM'): Promise<void> {
  await call('scancel', ['--batch', `--signal=${signal}`, ...ids]);
}

/** From within a job: the same job again, with its place and its log. @returns whether it will */
export async function requeueTask(id: string): Promise<boolean> {
  return (await call('scontrol', ['requeue', id])).code === 0;
}

/** How many tasks an array may have. @returns Slurm's own default where the controller does not say */
export async function maxArraySize(): Promise<number> {
  const { stdout } = await call('scontrol', ['show', 'config']);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(stdout)?.[1] ?? 1001);
}

async function refusal(stderr: string): Promise<RunError> {
  const quoted = stderr
    .split('\n')
    .map((line) => line.replace(/^sbatch: (error: )?/, '').trim())
    .filter((line) => line !== '' && line !== 'allocation failure: Unspecified error');
  return new RunError(`sbatch refused: ${quoted.join('; ')}`, { hint: await cure(stderr), isCertain: true });
}

async function cure(stderr: string): Promise<string> {
  if (!/partition/i.test(stderr)) return 'Change --sbatch; `man sbatch` has its options.';
  const { stdout } = await call('sinfo', ['--noheader', '--format', '%R']);
  const names = [...new Set(stdout.split('\n').map((line) => line.trim()))].filter((name) => name !== '');
  return `The partitions here: ${names.join(', ')}.`;
}

const user = (): string => userInfo().username;
const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function call(program: string, words: readonly string[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // What a person set for their own sbatch and squeue must not change ours.
    const own = Object.entries(process.env).filter(([name]) => !/^(SBATCH|SQUEUE|SCANCEL|SINFO)_/.test(name));
    const options = { env: Object.fromEntries(own), maxBuffer: 2 ** 28, timeout: 120_000 };
    execFile(program, words, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      if (error.code === 'ENOENT')
        return reject(
          new RunError(`the program ${program} of Slurm is not on this machine`, {
            hint: 'Start the sweep on a machine that submits to the cluster, or leave --launcher slurm out.',
            isCertain: true,
          }),
        );
      const code = typeof error.code === 'number' ? error.code : 1;
      resolve({ code, stdout, stderr: error.killed ? `${program} timed out` : stderr });
    });
  });
}
