/**
 * The launcher of a queue: jobs wait in Redis for workers (`run worker`) on any number of machines that see the sweep's
 * folder. Redis holds nothing that cannot be lost: a job that is gone from it has ended, and the driver, who looks at
 * the ledger then, submits what has no result again.
 */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Job as QueueJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { RunError } from '../../../errors.ts';
import { readAttempts, trialFolder } from '../../ledger/ledger.ts';
import type { Job, Launcher } from '../launcher.ts';
import { checkQueue, createClient, OPEN_PASSWORD, QUEUE, type QueuedTrial } from './connection.ts';
import { queueAddress } from './url.ts';

/** Jobs that a sweep has in the queue at a time: enough for any number of workers, few enough to ask about each. */
const CAPACITY = 1000;
const POLL_MS = 500;
/** How long `stop` waits for workers: longer than a trial may take to write its checkpoint. */
const STOP_MS = 75_000;

/**
 * @param given value of `--queue`
 * @returns makes the launcher of a sweep, by its folder and how many trials the queue may have at a time
 * @throws ExperimentError for a wrong address, RunError where there is no server that can hold the queue
 */
export async function openQueue(
  given: string | undefined,
  say: (message: string) => void,
): Promise<(sweepFolder: string, atATime: number) => Launcher> {
  const address = queueAddress(given);
  if (address.isPasswordOpen) say(OPEN_PASSWORD);
  await checkQueue(address);
  return (sweepFolder, atATime) =>
    createQueueLauncher(sweepFolder, createClient(address, say), Math.min(atATime, CAPACITY), say);
}

/** @param client from `createClient`; closed with the launcher */
function createQueueLauncher(
  sweepFolder: string,
  client: Redis,
  capacity: number,
  say: (message: string) => void,
): Launcher {
  const queue = new Queue<QueuedTrial>(QUEUE, { connection: client });
  let failure: string | undefined;
  queue.on('error', (error) => {
    failure = error.message;
  });
  /** Jobs that are in the queue, by their id, and whom to tell of their end. */
  const pending = new Map<string, () => void>();
  let isClosed = false;
  let isPolling = false;

  async function add(jobs: readonly { id: string; job: Job }[]): Promise<void> {
    for (let wait = POLL_MS; !isClosed; wait = Math.min(2 * wait, 20 * POLL_MS)) {
      try {
        await queue.addBulk(
          jobs.map(({ id, job }) => ({
            name: 'trial',
            data: { sweepFolder: resolve(sweepFolder), ...job },
            opts: { jobId: id, attempts: 1, removeOnComplete: true, removeOnFail: true },
          })),
        );
        return;
      } catch (error) {
        const { message } = error as Error;
        if (/NOPERM|READONLY|MOVED/.test(message)) throw queueRefusal(message);
        say(`The queue did not take ${jobs.length} jobs (${message}); trying again in ${wait / 1000} s.`);
        await sleep(wait);
      }
    }
  }

  /** Whose job is gone has ended. */
  async function look(): Promise<void> {
    const ids = [...pending.keys()];
    const pipeline = client.pipeline();
    for (const id of ids) pipeline.exists(queue.toKey(id));
    const answers = (await pipeline.exec()) ?? [];
    ids.forEach((id, i) => {
      const [error, count] = answers[i] ?? [new Error('no answer'), null];
      if (error !== null || count !== 0) return;
      pending.get(id)?.();
    });
  }

  async function poll(): Promise<void> {
    isPolling = true;
    while (pending.size > 0 && !isClosed) {
      await sleep(POLL_MS);
      // Waits where the connection is lost.
      await look().catch((error: Error) => {
        failure = error.message;
      });
    }
    isPolling = false;
  }

  return {
    capacity,
    submit(jobs) {
      const named = jobs.map((job) => ({ id: jobId(sweepFolder, job), job }));
      const added = add(named);
      return named.map(
        ({ id }) =>
          new Promise<void>((done, reject) => {
            const end = (): void => {
              pending.delete(id);
              done();
            };
            added.then(() => {
              if (isClosed) return end();
              pending.set(id, end);
              if (!isPolling) void poll();
            }, reject);
          }),
      );
    },
    async stop() {
      const began = performance.now();
      const withdraw = async (id: string): Promise<void> => {
        const job = await QueueJob.fromId<QueuedTrial>(queue, id);
        if (job === undefined) return pending.get(id)?.();
        try {
          await job.remove();
          pending.get(id)?.();
        } catch {
          // A worker has it; it looks at this every second.
          await job.updateData({ ...job.data, stop: true }).catch(() => undefined);
        }
      };
      if (client.status === 'ready') {
        const all = Promise.all([...pending.keys()].map(withdraw)).catch((error: Error) => {
          failure = error.message;
        });
        await Promise.race([all, sleep(STOP_MS, undefined, { ref: false })]);
      }
      while (pending.size > 0 && client.status === 'ready' && performance.now() - began < STOP_MS)
        await sleep(POLL_MS);
      if (pending.size > 0)
        say(
          `${pending.size} jobs could not be taken back${failure === undefined ? '' : ` (${failure})`}; workers go on with them.`,
        );
      isClosed = true;
      for (const end of [...pending.values()]) end();
    },
    async close() {
      isClosed = true;
      for (const end of [...pending.values()]) end();
      // Without waiting for a server that may be away.
      client.disconnect();
      await queue.close().catch(() => undefined);
    },
  };
}

/**
 * The same job twice is one: two who drive a sweep wait for the same. After an attempt it is another, as then the trial
 * has a round more behind it.
 */
function jobId(sweepFolder: string, { trial, epochs }: Job): string {
  const sweep = createHash('sha256').update(resolve(sweepFolder)).digest('hex').slice(0, 12);
  const round = readAttempts(trialFolder(sweepFolder, trial)).length;
  return `${sweep}-${trial.slice(0, 16)}-${round}${epochs === null ? '' : `-${epochs}`}`;
}

function queueRefusal(message: string): RunError {
  return new RunError(`the queue takes no jobs (${message})`, {
    hint: `The user's rights must include ~bull:${QUEUE}:* +@all -@admin -@dangerous +info, on a server that is no replica and no cluster.`,
  });
}
