/**
 * The run at the server that belongs to a run's folder: found by our tag or created, and how far it has been told.
 */
import path from 'node:path';
import { withLock } from '../machine/lock.mjs';
import { type Api, createApi, type ServerRun } from './api.ts';
import type { Client } from './client.ts';
import { deliver, deliverMetrics } from './deliver.ts';
import { type Delivery, type PackageModel, RUN_ID_TAG } from './delivery.ts';
import type { Target } from './mlflow.ts';
import { createModelApi } from './models/api.ts';
import { Refusal } from './refusal.ts';
import { encodeRecord, encodeTag, encodeText } from './spool/encode.ts';
import type { MetricsEvent, RunEvent } from './spool/events.ts';
import { readEvents, type SpooledEvent, spoolSize } from './spool/read.ts';
import { spoolFile } from './spool/spool.ts';
import { creationLockFile, readSentState, type SentState, writeSentState } from './spool/state.ts';

export interface Session {
  readonly sent: SentState;
  /** Sends the next event, or all metrics up to the next other event. @returns false where all is sent */
  sendNext(): Promise<boolean>;
}

export interface SessionOptions {
  readonly folder: string;
  readonly target: Target;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly notify: (message: string) => void;
  readonly packageModel?: PackageModel | undefined;
}

/**
 * @returns nothing where the spool does not say yet how the run began
 * @throws Refusal
 */
export async function openSession(options: SessionOptions): Promise<Session | undefined> {
  const { folder, target, client, signal, notify, packageModel } = options;
  const file = spoolFile(folder);
  const first = readEvents(file, 0).find(({ event }) => event?.type === 'run')?.event as RunEvent | undefined;
  if (!first) return undefined;
  const api = createApi(client, signal);
  const before = readSentState(folder, target.key);
  const known = before && (await api.getRun(before.mlflowRunId));
  const { parent } = first.run;
  const family = parent === undefined ? folder : path.resolve(folder, parent.folder);
  // MLflow would make a second run of our id: all that may make the same one wait for each other here.
  const create = () => findOrCreate(api, target, first);
  const run = known ?? (await withLock(creationLockFile(family, target.key), create, undefined, signal));
  if (run.isDeleted) {
    throw new Refusal('gone', `the run was deleted at ${target.uri}: restore it there to send the rest`);
  }
  const isSame = known !== undefined && before !== undefined && before.ackedOffset <= spoolSize(file);
  let sent: SentState = {
    uri: target.uri,
    experimentId: run.experimentId,
    mlflowRunId: run.runId,
    artifactUri: run.artifactUri,
    ackedOffset: isSame ? before.ackedOffset : 0,
  };
  writeSentState(folder, target.key, sent);
  const models = createModelApi(client, signal);
  const delivery: Delivery = { api, models, run, folder, first, notify, packageModel };
  let ahead: SpooledEvent[] = [];

  return {
    get sent() {
      return sent;
    },
    async sendNext() {
      if (ahead.length === 0) ahead = readEvents(file, sent.ackedOffset);
      const [head] = ahead;
      if (!head) return false;
      const stretch = metricsAtStart(ahead);
      if (stretch.length > 0) await deliverMetrics(delivery, stretch);
      else if (head.event && !isMetrics(head))
        await deliver(delivery, head.event as Exclude<typeof head.event, MetricsEvent>);
      const count = Math.max(1, stretch.length);
      sent = { ...sent, ackedOffset: ahead[count - 1]!.end };
      ahead = ahead.slice(count);
      writeSentState(folder, target.key, sent);
      return true;
    },
  };
}

async function findOrCreate(api: Api, target: Target, first: RunEvent): Promise<ServerRun> {
  const { run, time } = first;
  const experimentId = await api.experiment(encodeText(target.experiment ?? run.experiment));
  const found = await api.findRun(experimentId, RUN_ID_TAG, run.runId);
  if (found) return found;
  const tags = encodeRecord({ [RUN_ID_TAG]: run.runId }, encodeTag);
  if (run.parent !== undefined) {
    const { runId, name } = run.parent;
    const parent =
      (await api.findRun(experimentId, RUN_ID_TAG, runId)) ??
      (await api.createRun(
        experimentId,
        encodeText(name),
        time,
        encodeRecord({ [RUN_ID_TAG]: runId }, encodeTag),
      ));
    tags.push(...encodeRecord({ 'mlflow.parentRunId': parent.runId }, encodeTag));
  }
  return api.createRun(experimentId, encodeText(run.name), time, tags);
}

function isMetrics({ event }: SpooledEvent): boolean {
  return event?.type === 'metrics' || event?.type === 'system';
}

/** About one request's worth. */
const STRETCH_VALUES = 1000;

function metricsAtStart(events: readonly SpooledEvent[]): MetricsEvent[] {
  const stretch: MetricsEvent[] = [];
  let values = 0;
  for (const spooled of events) {
    if (!isMetrics(spooled)) break;
    const event = spooled.event as MetricsEvent;
    values += Object.keys(event.values).length;
    if (values > STRETCH_VALUES && stretch.length > 0) break;
    stretch.push(event);
  }
  return stretch;
}
