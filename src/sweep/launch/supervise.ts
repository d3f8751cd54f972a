/**
 * Starts the process of a job and waits for its end, with the sweep's limits. In: a job. Out: how it ended, which is
 * also in the ledger: where the process could not write that itself, it is written here.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RunError } from '../../errors.ts';
import { tryLock } from '../../machine/lock.mjs';
import { exitCodes, leaseFile, readAttempts, readSweep, trialFolder, writeExit } from '../ledger/ledger.ts';
import type { Job } from './launcher.ts';

const LAUNCHER = fileURLToPath(new URL('../../launch.mjs', import.meta.url));
/** Where the kernel can be asked to end a process with its parent, it is: even one that computes hears that. */
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));
/** How long a process that was asked to stop may take: a step, and writing the checkpoint. */
const GRACE_MS = 60_000;
const WATCH_MS = 500;
/** Linux: size of a page in /proc/PID/statm. */
const PAGE_BYTES = 4096;
/** With what a process ends that has looked at the ledger. */
const known: readonly number[] = Object.values(exitCodes);
/** What is kept of the last words of a process. */
const LAST_WORDS = 2000;

export interface SuperviseOptions {
  readonly sweepFolder: string;
  /** In place of variables of this process: threads, GPUs. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Asks the process to stop with a checkpoint. */
  readonly signal: AbortSignal;
  /** How long it may take for that, ms, before it is killed; null where another says when the time is up. @default 60000 */
  readonly graceMs?: number | null;
}

/** @returns the exit code, null where a signal ended the process */
export async function superviseTrial(job: Job, options: SuperviseOptions): Promise<number | null> {
  const { sweepFolder, signal } = options;
  if (signal.aborted) return exitCodes.checkpointed;
  // Taken here and handed on, so that no process is started for a trial that another works on.
  const lease = tryLock(leaseFile(sweepFolder, job.trial));
  if (!('release' in lease)) return exitCodes.busy;
  try {
    return await run(job, options, lease.id);
  } finally {
    lease.release();
  }
}

function run(
  job: Job,
  { sweepFolder, environment, signal, graceMs = GRACE_MS }: SuperviseOptions,
  lease: string,
): Promise<number | null> {
  const { limits } = readSweep(sweepFolder);
  const folder = trialFolder(sweepFolder, job.trial);
  const spent = readAttempts(folder).reduce((sum, { exit }) => sum + (exit?.seconds ?? 0), 0);
  const started = performance.now();
  const seconds = (): number => (performance.now() - started) / 1000;

  const node = [
    process.execPath,
    LAUNCHER,
    'trial',
    sweepFolder,
    job.trial,
    '--with-parent',
    '--lease',
    lease,
  ];
  if (job.epochs !== null) node.push('--epochs', String(job.epochs));
  const [program, ...words] = SETPRIV === undefined ? node : [SETPRIV, '--pdeathsig', 'KILL', ...node];
  const child = spawn(program!, words, {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
    // A group of its own: Ctrl-C reaches whoever drives the sweep, who then asks each trial once.
    detached: true,
  });
  // It ends by itself when the other end of this pipe is gone.
  child.stdin.on('error', () => undefined);
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-LAST_WORDS);
  });

  let verdict: string | null = null;
  let force: NodeJS.Timeout | undefined;
  const stop = (grace: number | null): void => {
    child.kill('SIGTERM');
    if (grace !== null) force ??= setTimeout(() => child.kill('SIGKILL'), grace);
  };
  const onAbort = (): void => stop(graceMs);
  signal.addEventListener('abort', onAbort);
  const watch = setInterval(() => {
    if (verdict !== null) return;
    if (limits.hours !== null && spent + seconds() > limits.hours * 3600) {
      verdict = `it took longer than limits.hours: ${limits.hours}`;
      stop(GRACE_MS);
    }
    const memory = limits.memoryGigabytes === null ? undefined : residentBytes(child.pid);
    if (memory !== undefined && memory > limits.memoryGigabytes! * 1e9) {
      verdict = `it took more memory than limits.memoryGigabytes: ${limits.memoryGigabytes}`;
      child.kill('SIGKILL');
    }
  }, WATCH_MS);

  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearInterval(watch);
      clearTimeout(force);
      signal.removeEventListener('abort', onAbort);
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    child.on('close', (code, killedBy) => {
      settle();
      try {
        resolve(conclude(code, killedBy));
      } catch (error) {
        // The disk of the ledger is full or away: then no other trial can be written down either.
        reject(error);
      }
    });
  });

  function conclude(code: number | null, killedBy: NodeJS.Signals | null): number | null {
    const newest = readAttempts(folder).find(({ record }) => record?.pid === child.pid);
    const isUnbegun = newest === undefined && verdict === null && code !== null && !known.includes(code);
    // Trying again would only repeat it, for ever.
    if (isUnbegun)
      throw new RunError(
        `trial ${job.trial.slice(0, 8)} could not begin: ${lastWords.trim() || `its process ended with ${code}`}`,
      );
    if (newest === undefined || (verdict === null && newest.exit !== undefined)) return code;
    if (verdict !== null && code === exitCodes.done) return code;
    const how = killedBy === null ? `its process ended with ${code}` : `its process was ended by ${killedBy}`;
    const words = lastWords.trim() === '' ? '' : `; its last words: ${lastWords.trim()}`;
    writeExit(newest.folder, {
      code: verdict === null ? code : exitCodes.doNotRetry,
      reason: verdict ?? `${how}${words}`,
      ended: new Date().toISOString(),
      seconds: seconds(),
      epochs: newest.exit?.epochs ?? 0,
    });
    return verdict === null ? code : exitCodes.doNotRetry;
  }
}

/** @returns undefined where the system does not say */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}
