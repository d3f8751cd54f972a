/**
 * Sends what runs have not sent yet: from their spools to one server, each event once, however often it is asked.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { ExperimentError, RunError } from '../errors.ts';
import { tryLock } from '../machine/lock.mjs';
import { fate, ownMark } from '../machine/process-mark.mjs';
import type { PackageModel } from './delivery.ts';
import type { Target } from './mlflow.ts';
import { countUnsent, type Outcome, type SenderOptions, startSender } from './sender.ts';
import { readHistory } from './spool/history.ts';
import { spoolSize } from './spool/read.ts';
import { createSpool, spoolFile } from './spool/spool.ts';
import { readRunState, readSentState, writeRunState } from './spool/state.ts';

export interface SyncedRun {
  readonly runId: string;
  /** `busy`: another process is sending this run, as a running training does by itself. */
  readonly outcome: Outcome;
  /** Events that the server does not have yet. */
  readonly left: number;
  readonly mlflowRunId: string | undefined;
  readonly experimentId: string | undefined;
}

export interface SyncProgress {
  /** What writes models for MLflow. */
  readonly packageModel: PackageModel;
  /** How far a run is, 0 to 1 of its spool's bytes. */
  run(runId: string, fraction: number): void;
  /** Before each run: how many were looked at already, and how many there are. */
  next?(done: number, total: number): void;
  /** One sentence for the person. */
  notify(message: string): void;
  /** Waits between tries, as a sender's. */
  readonly backoff?: SenderOptions['backoff'];
}

/** A person waits: give up on a server that is away after some seconds. */
const PATIENCE = 5;

/**
 * @param runIds names of folders under `runsFolder`, or all that have a spool, oldest first
 * @returns one entry a run, in the same order
 * @throws ExperimentError `unknownRun` for runs that have no spool, all of them
 */
export async function syncRuns(
  runsFolder: string,
  runIds: readonly string[] | 'all',
  target: Target,
  progress: SyncProgress,
): Promise<SyncedRun[]> {
  const chosen = runIds === 'all' ? spooledRuns(runsFolder) : runIds;
  const unknown = chosen.filter((runId) => !existsSync(spoolFile(path.join(runsFolder, runId))));
  if (unknown.length > 0) {
    throw new ExperimentError(
      unknown.map((runId) => ({
        code: 'unknownRun',
        path: '',
        message: `expected a run in ${runsFolder}, found no "${runId}"`,
        hint: 'run list shows the runs.',
      })),
    );
  }
  const results: SyncedRun[] = [];
  let hindrance: 'away' | 'refused' | undefined;
  for (const [done, runId] of chosen.entries()) {
    progress.next?.(done, chosen.length);
    const folder = path.join(runsFolder, runId);
    try {
      markIfDead(folder);
    } catch (error) {
      if (!(error instanceof RunError)) throw error;
      // What its spool holds can be sent all the same.
      progress.notify(`${error.message}; whether run ${runId} is still running is not known`);
    }
    // A server that is away or refuses for one run does so for the next.
    const outcome: Outcome = hindrance ?? (await sendRun(folder, runId, target, progress));
    if (outcome === 'away' || outcome === 'refused') hindrance = outcome;
    const sent = readSentState(folder, target.key);
    const left = countUnsent(folder, target);
    results.push({ runId, outcome, left, mlflowRunId: sent?.mlflowRunId, experimentId: sent?.experimentId });
  }
  return results;
}

/**
 * Runs that have a spool, oldest first: their names begin with their date. A sweep comes before its trials, each of
 * which is its newest attempt: that goes on with the spool of the one before.
 */
export function spooledRuns(runsFolder: string): string[] {
  if (!existsSync(runsFolder)) return [];
  const folders = readdirSync(runsFolder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const names = folders.map(({ name }) => name).sort();
  return names.flatMap((name) => spooledOf(runsFolder, name));
}

/** A run, or a sweep and its trials, by the name of the folder: what has a spool. */
export function spooledOf(runsFolder: string, name: string): string[] {
  const all = [name, ...newestAttempts(runsFolder, name)];
  return all.filter((one) => existsSync(spoolFile(path.join(runsFolder, one))));
}

/** `<sweep>/trials/<trial>/attempt-2`, as src/sweep/ledger/ledger.ts lays them out. */
function newestAttempts(runsFolder: string, sweep: string): string[] {
  const trials = path.join(runsFolder, sweep, 'trials');
  if (!existsSync(trials)) return [];
  return readdirSync(trials).flatMap((trial) => {
    const numbers = readdirSync(path.join(trials, trial)).flatMap(
      (name) => /^attempt-(\d+)$/.exec(name)?.[1] ?? [],
    );
    const newest = Math.max(...numbers.map(Number));
    return numbers.length === 0 ? [] : [path.join(sweep, 'trials', trial, `attempt-${newest}`)];
  });
}

async function sendRun(
  folder: string,
  runId: string,
  target: Target,
  progress: SyncProgress,
): Promise<Outcome> {
  const total = Math.max(1, spoolSize(spoolFile(folder)));
  const sender = startSender({
    folder,
    target,
    notify: (message) => progress.notify(message),
    patience: PATIENCE,
    backoff: progress.backoff,
    once: true,
    packageModel: progress.packageModel,
    onSent: ({ ackedOffset }) => progress.run(runId, Math.min(1, ackedOffset / total)),
  });
  return sender.done;
}

/**
 * A run whose process died without a word has no end in its spool and would be shown as running for ever: it ends as
 * KILLED at the time of its last event.
 * @returns whether it was such a run
 * @throws RunError where state.json is damaged
 */
export function markIfDead(folder: string): boolean {
  const lock = tryLock(path.join(folder, 'state.lock'));
  if (!('release' in lock)) return false;
  try {
    const state = readRunState(folder);
    if (state?.status !== 'RUNNING') return false;
    const history = readHistory(spoolFile(folder));
    if (fate(state, { lastSign: Math.max(state.time, history.lastTime) }) !== 'gone') return false;
    if (history.first && history.ended === undefined) {
      const spool = createSpool(folder, { notify: () => undefined });
      spool.append({ type: 'end', time: history.lastTime, status: 'KILLED' });
      spool.close();
    }
    writeRunState(folder, { ...ownMark(), status: history.ended ?? 'KILLED' });
    return true;
  } finally {
    lock.release();
  }
}
