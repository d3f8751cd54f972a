/**
 * What the rest of the program tells of a run. Every call only appends a line to the run's spool; a sender reads the
 * spool and tells an MLflow server in its own time, so that no call waits for a server or fails because of one.
 */

import { statSync } from 'node:fs';
import path from 'node:path';
import { RunError } from '../errors.ts';
import { fate, isOwn, nameOf, ownMark, RUN_SILENCE_MS } from '../machine/process-mark.mjs';
import { makeFolder } from '../machine/whole.mjs';
import { createClient } from './client.ts';
import type { PackageModel } from './delivery.ts';
import type { Target } from './mlflow.ts';
import type { DatasetDescription, EndStatus, RunDescription } from './run.ts';
import { type Sender, type SenderOptions, startSender } from './sender.ts';
import { type AliasEvent, type ModelEvent, toSpoolNumber } from './spool/events.ts';
import { createSpool, type Spool, spoolFile } from './spool/spool.ts';
import { type RunState, readRunState, writeRunState } from './spool/state.ts';

export interface Tracker {
  /** Begins the run, or goes on with it where its folder has a spool already. */
  start(run: RunDescription): void;
  /** Values of one step, an integer. What an earlier attempt logged for (key, step) is not logged again. Non-finite values stay in the spool. */
  metrics(step: number, values: Readonly<Record<string, number>>): void;
  /** A file under the run's folder; it is read when it is sent, so it must stay as it is. */
  artifact(file: string, artifactPath: string): void;
  /** A picture in MLflow's image grid and, always the newest, as `plots/<key>.png`. At least 512 pixels wide looks well. One file a step. */
  image(key: string, step: number, pngFile: string): void;
  /** A table that MLflow shows as one: the artifact `<name>.json`. A table of the same name replaces it. */
  table(
    name: string,
    columns: readonly string[],
    rows: readonly (readonly (string | number | null)[])[],
  ): void;
  /** The run's model, and values of it that are the run's too. @param register name in MLflow's registry, if it is to be a version there */
  model(
    model: Pick<ModelEvent, 'name' | 'step' | 'register'> & { readonly folder: string },
    values: Readonly<Record<string, number>>,
  ): void;
  /** Of a sweep: `alias` is the version of the registered model that came from a run. */
  alias(alias: Pick<AliasEvent, 'model' | 'alias' | 'runId'>): void;
  dataset(dataset: DatasetDescription): void;
  tags(values: Readonly<Record<string, string>>): void;
  /** Values of the machine, by MLflow's names (`system/…`), on a time axis. */
  system(values: Readonly<Record<string, number>>): void;
  /** Ends the run: waits a bounded time for the server; what is not sent then stays for `run sync`. */
  end(status: EndStatus): Promise<void>;
}

export interface TrackerOptions {
  /** The folder that holds one folder a run. */
  readonly runsFolder: string;
  /** The run's own folder, where that is not named after it. */
  readonly folder?: string | undefined;
  /** The server; without one there is only the spool. */
  readonly target?: Target | undefined;
  /** Told, in one sentence each, what a person should know: the server is away, is back, refuses; events are kept. */
  readonly notify: (message: string) => void;
  /** How long `end` waits for the server, milliseconds: 10,000, or 3,000 for a run that was stopped. */
  readonly endTimeoutMs?: number | undefined;
  /** Whether somebody else sends what is left: then `end` waits for no server that does not answer. */
  readonly isSentLater?: boolean | undefined;
  readonly backoff?: SenderOptions['backoff'];
  /** What writes a model for MLflow; without it `model` is not sent, which is said. */
  readonly packageModel?: PackageModel | undefined;
}

/**
 * A tracker for one run.
 * @throws RunError from `start` where another process works on the same run, or a certificate file cannot be read
 */
export function createTracker(options: TrackerOptions): Tracker {
  let open: { spool: Spool; folder: string; runId: string; sender: Sender | undefined } | undefined;
  const running = () => {
    if (!open) throw new Error('tracker: start must come first, and nothing may follow end');
    return open;
  };
  const place = (file: string): string => {
    const { folder } = running();
    const relative = path.relative(folder, path.resolve(folder, file));
    if (relative.startsWith('..') || path.isAbsolute(relative)) {
      throw new Error(`tracker: ${file} must lie under the run's folder ${folder}`);
    }
    return relative;
  };

  return {
    start(run) {
      if (open) throw new Error('tracker: started already');
      const { target, notify, backoff, isSentLater, packageModel } = options;
      const client = target && createClient(target);
      const folder = options.folder ?? path.join(options.runsFolder, run.runId);
      makeFolder(folder);
      const before = stateBefore(folder, notify);
      if (before?.status === 'RUNNING' && !isOwn(before) && isWorkedOn(folder, before)) {
        throw new RunError(`run ${run.runId} is being worked on by ${nameOf(before)}`, {
          hint: 'Wait for it, or stop that process first.',
        });
      }
      writeRunState(folder, { ...ownMark(), status: 'RUNNING' });
      let sender: Sender | undefined;
      const spool = createSpool(folder, { notify, onFlush: () => sender?.wake() });
      spool.begin(run);
      spool.flush();
      if (target)
        sender = startSender({ folder, target, client, notify, backoff, isSentLater, packageModel });
      open = { spool, folder, runId: run.runId, sender };
    },
    metrics(step, values) {
      running().spool.metrics(step, values);
    },
    system(values) {
      running().spool.system(values);
    },
    artifact(file, artifactPath) {
      running().spool.append({ type: 'artifact', time: Date.now(), file: place(file), artifactPath });
    },
    image(key, step, pngFile) {
      running().spool.image(key, step, place(pngFile));
    },
    table(name, columns, rows) {
      running().spool.append({ type: 'table', time: Date.now(), name, columns, rows });
    },
    model({ name, step, folder, register }, values) {
      const { spool } = running();
      const time = Date.now();
      spool.metrics(step, values, time);
      const numbers = Object.entries(values).map(([key, value]) => [key, toSpoolNumber(value)]);
      const metrics = Object.fromEntries(numbers) as ModelEvent['metrics'];
      spool.append({ type: 'model', time, folder: place(folder), name, step, metrics, register });
    },
    alias(alias) {
      running().spool.append({ type: 'alias', time: Date.now(), ...alias });
    },
    dataset(dataset) {
      running().spool.append({ type: 'dataset', time: Date.now(), dataset });
    },
    tags(values) {
      running().spool.append({ type: 'tags', time: Date.now(), values });
    },
    async end(status) {
      const { spool, folder, sender } = running();
      open = undefined;
      spool.append({ type: 'end', time: Date.now(), status });
      spool.close();
      writeRunState(folder, { ...ownMark(), status });
      if (!sender) return;
      const kept = await sender.finish(options.endTimeoutMs ?? (status === 'KILLED' ? 3_000 : 10_000));
      if (kept > 0) {
        // A trial's run is sent with its sweep.
        const [name] = path.relative(options.runsFolder, folder).split(path.sep);
        options.notify(
          `${kept} ${kept === 1 ? 'event is' : 'events are'} not at ${options.target?.uri} yet; kept in ${folder}: run sync ${name} sends them`,
        );
      }
    },
  };
}

/** Damaged, it hinders nobody: who works on a run has its lock. */
function stateBefore(folder: string, notify: (message: string) => void): RunState | undefined {
  try {
    return readRunState(folder);
  } catch (error) {
    if (!(error instanceof RunError)) throw error;
    notify(`warning: ${error.message}; it is written anew`);
    return undefined;
  }
}

/** A run writes to its spool every few seconds. */
function isWorkedOn(folder: string, state: RunState): boolean {
  const written = statSync(spoolFile(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return fate(state, { lastSign: Math.max(state.time, written), silenceMs: RUN_SILENCE_MS }) !== 'gone';
}
