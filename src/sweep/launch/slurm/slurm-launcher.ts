/**
 * The launcher of a Slurm cluster: jobs become tasks of arrays. In: jobs. Out: arrays, and a look at the queue now and then.
 * The ledger says how a trial ended. The queue only says that a task is no longer there, and why a process that could not
 * write its own end died.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, Launcher } from '../launcher.ts';
import { createSlurmArrays, type SweepTask } from './arrays.ts';
import { cancelPending, maxArraySize, type QueuedTask, signalTasks } from './client.ts';
import { isDone, recordEnd } from './ends.ts';
import { cureOfWaiting, isEnded } from './states.ts';

export interface SlurmOptions {
  /** For sbatch, checked. */
  readonly words: readonly string[];
  /** Tasks at a time; undefined leaves it to the cluster. */
  readonly throttle: number | undefined;
  /** Jobs that the queue shall hold. */
  readonly capacity: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Told why jobs do not start. */
  readonly say: (message: string) => void;
}

interface Waiting {
  readonly job: Job;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A job that the queue has, or should have. */
interface Sent extends Waiting {
  /** Name of the array and number of the task: `NAME_TASK`. */
  readonly task: string;
  /** By `performance.now`. */
  readonly since: number;
  state: string;
}

/** The queue is asked again after so long, and after twice as long each time that nothing has changed. */
const FIRST_LOOK_MS = 1000;
const LONGEST_LOOK_MS = 15_000;
/** A task that the controller does not know after so long is lost. */
const UNKNOWN_MS = 15_000;
/** So many jobs in a row that end before their trials begin are the cluster's fault, and would go on for ever. */
const MOST_STILLBORN = 3;

export function createSlurmLauncher(sweepFolder: string, options: SlurmOptions): Launcher {
  const arrays = createSlurmArrays(sweepFolder, options);
  const sent = new Map<string, Sent>();
  const told = new Set<string>();
  let waiting: Waiting[] = [];
  let stillborn = 0;
  let largest: number | undefined;
  let isStopping = false;
  let isClosed = false;
  let rounds: Promise<void> | undefined;
  let wake = new AbortController();

  return {
    capacity: options.capacity,
    submit(jobs) {
      const ends = jobs.map(
        (job) =>
          new Promise<void>((resolve, reject) => {
            waiting.push({ job, resolve, reject });
          }),
      );
      begin();
      return ends;
    },
    async stop() {
      isStopping = true;
      for (const { resolve } of waiting) resolve();
      waiting = [];
      begin();
      await rounds;
    },
    async close() {
      isClosed = true;
      wake.abort();
      await rounds;
    },
  };

  function begin(): void {
    wake.abort();
    rounds ??= goRound();
  }

  async function goRound(): Promise<void> {
    let pause = FIRST_LOOK_MS;
    const asked = new Set<string>();
    try {
      for (;;) {
        wake = new AbortController();
        const tasks = await arrays.queued();
        if (tasks !== undefined) attach(tasks);
        for (const task of tasks ?? []) tellWaiting(task);
        const isChanged = look(tasks);
        if (isStopping && tasks !== undefined && !(await stopTasks(tasks, asked))) return;
        if (isClosed || (!isStopping && waiting.length === 0 && sent.size === 0)) return;
        const isSent = tasks !== undefined && !isStopping && (await send(tasks));
        pause = isChanged || isSent ? FIRST_LOOK_MS : Math.min(pause * 2, LONGEST_LOOK_MS);
        const isWoken = await pauseFor(isStopping ? FIRST_LOOK_MS : pause);
        // New jobs come when others have ended by the ledger: the queue will soon see that too, and have room.
        if (isWoken) pause = FIRST_LOOK_MS / 2;
      }
    } catch (error) {
      for (const { reject } of [...waiting, ...sent.values()]) reject(error as Error);
      waiting = [];
      sent.clear();
    } finally {
      // In the same turn as the last look at what waits, so that no job comes in between.
      rounds = undefined;
    }
  }

  /**
   * Until the queue is asked again; the ledger, which costs nobody anything, is looked at each second.
   * @returns whether it was cut short
   */
  async function pauseFor(ms: number): Promise<boolean> {
    const until = performance.now() + ms;
    while (performance.now() < until && !wake.signal.aborted) {
      const step = Math.min(FIRST_LOOK_MS, until - performance.now());
      await sleep(step, undefined, { signal: wake.signal }).catch(() => undefined);
      look(undefined);
    }
    return wake.signal.aborted;
  }

  /** Once for each reason. */
  function tellWaiting({ id, state, reason }: QueuedTask): void {
    const cure = state === 'PENDING' ? cureOfWaiting(reason) : undefined;
    if (cure === undefined || told.has(reason)) return;
    told.add(reason);
    options.say(`Slurm does not start job ${id} (${reason}). ${cure}`);
  }

  /** A job that the queue has already is not given to it again. */
  function attach(tasks: readonly SweepTask[]): void {
    const keyOf = ({ trial, epochs }: Job): string => `${trial} ${epochs}`;
    const there = new Map<string, SweepTask>();
    for (const one of tasks) if (!isEnded(one.state)) there.set(keyOf(one.job), one);
    waiting = waiting.filter((one) => {
      const found = there.get(keyOf(one.job));
      if (found === undefined || sent.has(found.task)) return true;
      const { task, state } = found;
      sent.set(task, { ...one, task, since: performance.now(), state });
      return false;
    });
  }

  /** @param tasks undefined to look at the ledger alone @returns whether anything has changed */
  function look(tasks: readonly SweepTask[] | undefined): boolean {
    const states = tasks && new Map(tasks.map(({ task, state }) => [task, state]));
    let isChanged = false;
    for (const one of sent.values()) {
      const state = states?.get(one.task);
      if (isDone(sweepFolder, one.job)) {
        stillborn = 0;
      } else if (state !== undefined && isEnded(state)) {
        conclude(one, state);
      } else {
        const isLost = states && state === undefined && performance.now() - one.since > UNKNOWN_MS;
        isChanged ||= state !== undefined && state !== one.state;
        one.state = state ?? one.state;
        if (!isLost) continue;
      }
      isChanged = true;
      sent.delete(one.task);
      one.resolve();
    }
    return isChanged;
  }

  /** @throws RunError where no trial gets as far as to begin */
  function conclude({ job, task }: Sent, state: string): void {
    if (!recordEnd(sweepFolder, job, { task, state })) stillborn = 0;
    else if (++stillborn >= MOST_STILLBORN) throw arrays.stillbornError(task, state);
  }

  /** @returns whether anything was submitted */
  async function send(tasks: readonly QueuedTask[]): Promise<boolean> {
    const { throttle } = options;
    const live = tasks.filter(({ state }) => !isEnded(state)).length;
    // An array's own throttle holds only within it: beside others, no more than what they leave.
    const count = throttle === undefined || live === 0 ? waiting.length : Math.max(0, throttle - live);
    const chosen = waiting.slice(0, count);
    if (chosen.length === 0) return false;
    largest ??= await maxArraySize();
    let after: string | undefined;
    for (let start = 0; start < chosen.length; start += largest) {
      const part = chosen.slice(start, start + largest);
      const jobs = part.map(({ job }) => job);
      const array = await arrays.submit(jobs, throttle === undefined ? undefined : after);
      // Where the controller can't be asked now, what is left waits, and so does this: it may be in the queue, by name.
      if (array === undefined) return start > 0;
      const since = performance.now();
      part.forEach((one, i) => {
        const task = array.tasks[i]!;
        sent.set(task, { ...one, task, since, state: 'PENDING' });
      });
      const taken = new Set(part);
      waiting = waiting.filter((one) => !taken.has(one));
      after = array.id;
    }
    return true;
  }

  /**
   * Takes back what has not begun, and asks each that runs once.
   * @param asked ids of tasks that were asked
   * @returns whether any is left
   */
  async function stopTasks(tasks: readonly QueuedTask[], asked: Set<string>): Promise<boolean> {
    const live = tasks.filter(({ state }) => !isEnded(state));
    const pending = new Set(live.filter(({ state }) => state === 'PENDING').map(({ array }) => array));
    if (pending.size > 0) await cancelPending([...pending]);
    const running = live.filter(({ id, state }) => state === 'RUNNING' && !asked.has(id)).map(({ id }) => id);
    for (const id of running) asked.add(id);
    if (running.length > 0) await signalTasks(running, 'TERM');
    if (live.length > 0) return true;
    for (const { resolve } of sent.values()) resolve();
    sent.clear();
    return false;
  }
}
