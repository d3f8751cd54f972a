/**
 * Tells one server what stands in one run's spool, one request at a time, beside the training and never in its way.
 * A server that is away is tried again for ever; one that refuses is left alone with a word of advice.
 */
import { randomInt } from 'node:crypto';
import { tryLock } from '../machine/lock.mjs';
import { type Client, createClient } from './client.ts';
import type { PackageModel } from './delivery.ts';
import type { Target } from './mlflow.ts';
import { Refusal } from './refusal.ts';
import { openSession, type Session } from './session.ts';
import { allEvents } from './spool/read.ts';
import { spoolFile } from './spool/spool.ts';
import { readSentState, type SentState, sentLockFile } from './spool/state.ts';

export interface SenderOptions {
  /** The run's folder. */
  readonly folder: string;
  readonly target: Target;
  readonly client?: Client | undefined;
  readonly notify: (message: string) => void;
  /** What writes a model for MLflow; without it models are not sent, which is said. */
  readonly packageModel?: PackageModel | undefined;
  /** Waits after failures: the first and the longest, milliseconds; by default 500 and 30,000. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number } | undefined;
  /** Failures in a row after which to give up; by default never. */
  readonly patience?: number | undefined;
  /** Stop when all is sent, or when another process is sending this run, instead of waiting for more. */
  readonly once?: boolean | undefined;
  /** Whether somebody else sends what is left: then the end waits for no server that does not answer. */
  readonly isSentLater?: boolean | undefined;
  /** Called after each acknowledged request. */
  readonly onSent?: ((sent: SentState) => void) | undefined;
}

/**
 * `refused`: a person must do something. `gone`: the server has this run no more. `away`: no answer. `busy`: another
 * process sends this run.
 */
export type Outcome = 'sent' | 'refused' | 'gone' | 'away' | 'busy' | 'stopped';

export interface Sender {
  /** There are new lines. */
  wake(): void;
  /** Sends what is left. @returns how many events are not sent after `timeoutMs` */
  finish(timeoutMs: number): Promise<number>;
  /** Settles when the sender has stopped; never rejects. */
  readonly done: Promise<Outcome>;
}

const LOCK_RETRY_MS = 1000;
/** A server that takes so long for one request does not answer, to one who need not wait for it. */
const SILENT_MS = 5000;
const LOOK_MS = 100;

/** @throws RunError where a certificate file named by a variable cannot be read */
export function startSender(options: SenderOptions): Sender {
  const { folder, target, notify, packageModel } = options;
  const { firstMs, longestMs } = options.backoff ?? { firstMs: 500, longestMs: 30_000 };
  const client = options.client ?? createClient(target);
  const stop = new AbortController();
  let finishing = options.once ?? false;
  let woken = false;
  let idle = false;
  let failures = 0;
  /** When the request under way began, by `performance.now`; null between requests. */
  let askedAt: number | null = null;
  let ring = (): void => undefined;

  /** Until the time is over or somebody rings. Beside a training the timer does not keep the process alive. */
  const wait = (ms?: number) =>
    new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      if (options.once !== true) timer?.unref();
      ring = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const attempt = async (
    session: Session | undefined,
  ): Promise<{ session: Session | undefined; more: boolean }> => {
    const current =
      session ?? (await openSession({ folder, target, client, signal: stop.signal, notify, packageModel }));
    return { session: current, more: current ? await current.sendNext() : false };
  };

  const send = async (): Promise<Outcome> => {
    let session: Session | undefined;
    while (!stop.signal.aborted) {
      woken = false;
      try {
        askedAt = performance.now();
        const result = await attempt(session);
        askedAt = null;
        session = result.session;
        if (failures > 1) notify(`${target.uri} answers again; what was kept is being sent`);
        failures = 0;
        if (result.more && session) options.onSent?.(session.sent);
        if (!result.more && !woken) {
          if (finishing) return 'sent';
          idle = true;
          await wait();
          idle = false;
        }
      } catch (error) {
        askedAt = null;
        if (stop.signal.aborted) break;
        if (!(error instanceof Refusal) || error.kind !== 'retry') {
          notify(`${(error as Error).message}. Nothing more is sent; the events are kept in ${folder}`);
          return error instanceof Refusal && error.kind === 'gone' ? 'gone' : 'refused';
        }
        failures++;
        if (failures >= (options.patience ?? Number.POSITIVE_INFINITY)) return 'away';
        // One failure may be a restart; the second says that the server is away.
        if (failures === 2)
          notify(
            `${target.uri} does not answer (${error.message}); events are kept and sent when it is back`,
          );
        const longest = Math.min(longestMs, firstMs * 2 ** (failures - 1));
        const backoffMs = (longest * (50 + randomInt(51))) / 100;
        await wait(Math.max(backoffMs, Math.min(error.retryAfterMs ?? 0, 10 * longestMs)));
      }
    }
    return 'stopped';
  };

  const run = async (): Promise<Outcome> => {
    try {
      for (;;) {
        const lock = tryLock(sentLockFile(folder, target.key));
        if ('release' in lock) {
          try {
            return await send();
          } finally {
            lock.release();
          }
        }
        if (options.once === true) return 'busy';
        if (stop.signal.aborted) return 'stopped';
        await wait(LOCK_RETRY_MS);
      }
    } catch (error) {
      notify(
        `sending to ${target.uri} failed: ${(error as Error).message}. The events are kept in ${folder}`,
      );
      return 'refused';
    } finally {
      client.close();
    }
  };

  const done = run();
  return {
    done,
    wake() {
      woken = true;
      // New lines are no reason to try a server sooner that is away.
      if (idle) ring();
    },
    async finish(timeoutMs) {
      finishing = true;
      ring();
      const began = performance.now();
      const look = setInterval(() => {
        const now = performance.now();
        const isSilent = failures > 0 || (askedAt !== null && now - askedAt > SILENT_MS);
        if (now - began < timeoutMs && !(options.isSentLater && isSilent)) return;
        stop.abort();
        ring();
      }, LOOK_MS);
      await done;
      clearInterval(look);
      return countUnsent(folder, target);
    },
  };
}

/** Events of a run that a server has not acknowledged. */
export function countUnsent(folder: string, target: Target): number {
  let count = 0;
  for (const { event } of allEvents(spoolFile(folder), readSentState(folder, target.key)?.ackedOffset ?? 0)) {
    if (event.type !== 'name') count++;
  }
  return count;
}
