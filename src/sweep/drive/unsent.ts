/**
 * What trials could not tell MLflow: a trial whose server is away ends all the same, and whoever
 * drives the sweep sends the rest when the server is back. In: trials that have ended. Out: each event at the server, once.
 */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageModel } from '../../export/mlflow/package.ts';
import type { Target } from '../../track/mlflow.ts';
import { countUnsent } from '../../track/sender.ts';
import { spoolFile } from '../../track/spool/spool.ts';
import { syncRuns } from '../../track/sync.ts';
import { readAttempts, trialFolder } from '../ledger/ledger.ts';

const RETRY_MS = 10_000;

export interface Unsent {
  /** A trial that has ended; one that has told all costs a look at its folder. @param hash of the trial */
  add(hash: string): void;
  /** Tries once more. @returns how many trials have something left */
  end(): Promise<number>;
}

/** @param target the server; without one there is nothing to send */
export function createUnsent(
  sweepFolder: string,
  runs: string,
  target: Target | undefined,
  notify: (message: string) => void,
): Unsent {
  /** Folders of the newest attempts, relative to that of the runs. */
  const waiting = new Set<string>();
  const told = new Set<string>();
  const sayOnce = (message: string): void => {
    if (!told.has(message)) notify(message);
    told.add(message);
  };
  const ending = new AbortController();
  const loop = target === undefined ? undefined : keepSending(target);

  async function keepSending(server: Target): Promise<void> {
    while (!ending.signal.aborted) {
      await send(server);
      await sleep(RETRY_MS, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
    }
  }

  async function send(server: Target): Promise<void> {
    if (waiting.size === 0) return;
    const synced = await syncRuns(runs, [...waiting], server, {
      run: () => undefined,
      notify: sayOnce,
      packageModel,
    });
    for (const { runId, left } of synced) if (left === 0) waiting.delete(runId);
  }

  return {
    add(hash) {
      if (target === undefined) return;
      // A result of another sweep has no attempt here; its own sweep sends it.
      const newest = readAttempts(trialFolder(sweepFolder, hash)).at(-1);
      if (newest === undefined || !existsSync(spoolFile(newest.folder))) return;
      if (countUnsent(newest.folder, target) > 0) waiting.add(relative(runs, newest.folder));
    },
    async end() {
      ending.abort();
      await loop;
      if (target !== undefined) await send(target);
      return waiting.size;
    },
  };
}
