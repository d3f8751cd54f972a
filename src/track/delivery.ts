/** What everything that is told to a server is told with: to whom, in requests of a size that it takes, and what it refuses. */
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { type Api, BATCH_LIMITS, type ServerRun } from './api.ts';
import type { ModelApi } from './models/api.ts';
import { Refusal } from './refusal.ts';
import type { MetricField, TextField } from './spool/encode.ts';
import type { RunEvent } from './spool/events.ts';

/** The tag that finds our run at the server again. */
export const RUN_ID_TAG = 'manyheads.run_id';

export interface PackageWanted {
  /** The model's folder. */
  readonly model: string;
  /** An empty folder. */
  readonly into: string;
  /** By which MLflow knows the model and its run. */
  readonly modelId: string;
  readonly runId: string;
}

/** Writes what MLflow wants of a model into a folder, `MLmodel` among it. */
export type PackageModel = (wanted: PackageWanted) => Promise<void>;

export interface Delivery {
  readonly api: Api;
  readonly models: ModelApi;
  readonly run: ServerRun;
  /** The run's folder. */
  readonly folder: string;
  /** How the run began, to tell what a later attempt changed. */
  readonly first: RunEvent;
  readonly notify: (message: string) => void;
  /** What writes a model for MLflow; without it models are not sent. */
  readonly packageModel?: PackageModel | undefined;
}

/** Sends fields in requests within the limits; a request that is refused is halved until the culprit is alone. */
export async function inBatches<T extends MetricField | TextField>(
  delivery: Delivery,
  fields: readonly T[],
  kind: 'metrics' | 'params' | 'tags',
): Promise<void> {
  const send = async (some: readonly T[]): Promise<void> => {
    try {
      await delivery.api.logBatch(delivery.run.runId, { [kind]: some });
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      if (some.length === 1) return reject(delivery, some[0], error.message);
      const half = some.length >> 1;
      await send(some.slice(0, half));
      await send(some.slice(half));
    }
  };
  for (let start = 0; start < fields.length; ) {
    let end = start;
    for (let bytes = 0; end < fields.length && end - start < BATCH_LIMITS[kind]; end++) {
      bytes += Buffer.byteLength(JSON.stringify(fields[end])) + 1;
      if (bytes > BATCH_LIMITS.bytes && end > start) break;
    }
    await send(fields.slice(start, end));
    start = end;
  }
}

/** What the server refuses by itself is noted, and no reason to stop. */
export async function orReject(delivery: Delivery, what: unknown, send: () => Promise<void>): Promise<void> {
  try {
    await send();
  } catch (error) {
    const isOurs = error instanceof TypeError || (error instanceof Refusal && error.kind === 'invalid');
    if (!isOurs) throw error;
    reject(delivery, what, (error as Error).message);
  }
}

/** Notes what the server does not take, and says so. */
export function reject(delivery: Delivery, what: unknown, reason: string): void {
  const file = path.join(delivery.folder, 'rejected.jsonl');
  appendFileSync(file, `${JSON.stringify({ time: Date.now(), what, reason })}\n`);
  delivery.notify(`MLflow does not take ${JSON.stringify(what).slice(0, 200)} (${reason}); noted in ${file}`);
}
