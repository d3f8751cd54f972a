/**
 * A worker of the queue: takes jobs of any sweep, each a child process in a slot of this machine. The processes compute;
 * this one only watches, so that it renews its locks in time.
 *
 *   take ─▶ supervise the trial's process ─▶ done, whatever came of it: the ledger says it, not the queue
 */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { RunError } from '../../../errors.ts';
import { runsFolder } from '../../../run/folders.ts';
import { exitCodes, readTrial, readTrialState } from '../../ledger/ledger.ts';
import type { WorkerOptions, WorkerReport } from '../launcher-def.ts';
import type { Slot } from '../slots.ts';
import { superviseTrial } from '../supervise.ts';
import { checkJob } from './check-job.ts';
import { QUEUE, type QueuedTrial } from './connection.ts';

const POLL_MS = 1000;
/** How long Redis may take to hear that this worker ends. */
const CLOSE_MS = 5000;
/** A job that this machine can't run waits so long, by when this worker has let go of the queue. */
const PUT_BACK_MS = 3000;
/** Each time a worker dies its trial is put back; what ends this is the ledger's count of failures, not the queue. */
const MOST_TAKEOVERS = 1000;

/**
 * @param client from `connectQueue`; closed at the end
 * @throws RunError where a job's sweep is not on this machine
 */
export async function runWorker(client: Redis, options: WorkerOptions): Promise<WorkerReport> {
  const { slots, drain, stop, takeoverSeconds, say } = options;
  const report: WorkerReport = { done: 0, checkpointed: 0, failed: 0, busy: 0, dropped: 0 };
  const free = [...slots];
  const queue = new Queue<QueuedTrial>(QUEUE, { connection: client });
  const ending = new AbortController();
  let failure: RunError | undefined;
  let running = 0;
  let idleSince = performance.now();

  const worker = new Worker<QueuedTrial>(QUEUE, inSlot, {
    connection: client,
    name: `${hostname()}-${process.pid}`,
    concurrency: slots.length,
    lockDuration: takeoverSeconds * 1000,
    stalledInterval: (takeoverSeconds * 1000) / 2,
    maxStalledCount: MOST_TAKEOVERS,
    autorun: false,
  });
  // What the connection says, it says itself; that a lock was lost shows when another asks for the trial's lease.
  worker.on('error', () => undefined);
  queue.on('error', () => undefined);

  async function inSlot(job: Job<QueuedTrial>, token?: string): Promise<void> {
    const runs = runsFolder();
    const checked = checkJob(job.data, runs);
    if (checked.kind === 'strange') {
      report.dropped++;
      return say(`dropped a job that no sweep has submitted: ${checked.reason}`);
    }
    const { sweepFolder } = job.data;
    if (checked.kind === 'elsewhere') {
      const hint = `This worker's runs are in ${runs}: set MANYHEADS_RUNS to the folder of the sweep's.`;
      return handleMissing(job, token, hint);
    }
    if (!existsSync(join(sweepFolder, 'sweep.json'))) return handleMissing(job, token);
    if (job.data.stop) return;
    const slot = free.shift()!;
    running++;
    try {
      await runJob(job, slot);
    } finally {
      running--;
      free.push(slot);
      idleSince = performance.now();
    }
  }

  async function handleMissing(
    job: Job<QueuedTrial>,
    token: string | undefined,
    hint = 'Mount it under the same path, as its data set too; where the sweep was deleted, say --drop-missing.',
  ): Promise<void> {
    const { sweepFolder } = job.data;
    if (options.dropMissing) {
      report.dropped++;
      return say(`dropped a job of ${sweepFolder}, which is not here`);
    }
    failure ??= new RunError(`the queue has a trial of ${sweepFolder}, which is not on this machine`, {
      hint: `${hint} The trial was put back.`,
    });
    ending.abort();
    await job.moveToDelayed(Date.now() + PUT_BACK_MS, token);
    throw new DelayedError();
  }

  async function runJob(job: Job<QueuedTrial>, slot: Slot): Promise<void> {
    const { sweepFolder, trial: hash, epochs } = job.data;
    const place = slots.length === 1 ? '' : `slot ${slot.name}: `;
    const label = readTrial(sweepFolder, hash)?.label ?? hash;
    if (readTrialState(sweepFolder, hash).status === 'done') return;
    say(`${place}begins  ${label}`);
    const cancelled = new AbortController();
    const watch = setInterval(() => {
      queue
        .getJob(job.id!)
        .then((now) => now?.data.stop && cancelled.abort())
        // Without a connection nobody can ask for it.
        .catch(() => undefined);
    }, POLL_MS);
    try {
      const code = await superviseTrial(
        { trial: hash, epochs },
        {
          sweepFolder,
          environment: slot.environment,
          signal: AbortSignal.any([stop, cancelled.signal]),
        },
      );
      say(`${place}${count(report, code, sweepFolder, hash)}  ${label}`);
    } finally {
      clearInterval(watch);
    }
  }

  /** Whether there is nothing that this worker could take, or soon could. */
  async function isEmpty(): Promise<boolean> {
    if (running > 0 || client.status !== 'ready') return false;
    return (await queue.getJobCountByTypes('waiting', 'delayed', 'prioritized', 'active')) === 0;
  }

  async function untilIdle(seconds: number): Promise<void> {
    while (!ending.signal.aborted) {
      await sleep(POLL_MS, undefined, { signal: ending.signal }).catch(() => undefined);
      if (!(await isEmpty().catch(() => false))) idleSince = performance.now();
      else if (performance.now() - idleSince >= seconds * 1000) {
        say(`The queue has been empty for ${seconds} s.`);
        return;
      }
    }
  }

  const works = worker.run();
  const reasons: Promise<unknown>[] = [aborted(drain), aborted(stop), aborted(ending.signal)];
  if (options.idleExitSeconds !== null) reasons.push(untilIdle(options.idleExitSeconds));
  await Promise.race([...reasons, works]);
  ending.abort();
  await letGo();
  if (failure !== undefined) throw failure;
  return report;

  async function letGo(): Promise<void> {
    // Waits for what runs, and renews its locks meanwhile.
    const closing = worker.close().catch(() => undefined);
    while (running > 0) await sleep(100);
    // Without a connection there is nobody to tell; whoever drives the sweep reads the ledger.
    await Promise.race([closing, sleep(CLOSE_MS, undefined, { ref: false })]);
    client.disconnect();
    await queue.close().catch(() => undefined);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** @returns the end in words */
function count(report: WorkerReport, code: number | null, sweepFolder: string, hash: string): string {
  if (code === exitCodes.done) {
    report.done++;
    return 'done';
  }
  if (code === exitCodes.checkpointed) {
    report.checkpointed++;
    return 'stopped with a checkpoint';
  }
  if (code === exitCodes.busy) {
    report.busy++;
    return 'left to the process that works on it';
  }
  report.failed++;
  const reason = readTrialState(sweepFolder, hash).exit?.reason;
  return `failed${reason === undefined || reason === null ? '' : `: ${reason.split('\n')[0]}`}`;
}
