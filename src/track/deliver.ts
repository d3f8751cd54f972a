/**
 * Tells one server one event of the spool, or a stretch of metrics at once. Doing it twice does no harm: points are
 * equal, files go to the same names. What the server refuses by itself goes to `rejected.jsonl`, never in the way.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { type Delivery, inBatches, orReject, RUN_ID_TAG, reject } from './delivery.ts';
import { deliverAlias, deliverModel } from './models/deliver.ts';
import {
  encodeArtifactPath,
  encodeMetric,
  encodeName,
  encodeParameter,
  encodeRecord,
  encodeTag,
  encodeText,
  type MetricField,
  type TextField,
} from './spool/encode.ts';
import type {
  DatasetEvent,
  ImageEvent,
  MetricsEvent,
  RunEvent,
  SpoolEvent,
  TableEvent,
} from './spool/events.ts';

const DIGEST_LIMIT = 36;
/** MLflow's columns for a dataset's profile and schema. */
const PROFILE_LIMIT = 16_777_215;
const SCHEMA_LIMIT = 1_048_575;

/** The finite values of consecutive events. @returns when the server has them */
export async function deliverMetrics(delivery: Delivery, events: readonly MetricsEvent[]): Promise<void> {
  const fields: MetricField[] = [];
  for (const event of events) {
    for (const [name, value] of Object.entries(event.values)) {
      if (typeof value === 'string') continue;
      try {
        fields.push(encodeMetric(encodeName(name), value, event.time, event.step));
      } catch (error) {
        reject(delivery, { key: name, value, step: event.step }, (error as Error).message);
      }
    }
  }
  await inBatches(delivery, fields, 'metrics');
}

/** Any event but metrics. @returns when the server has it */
export async function deliver(delivery: Delivery, event: Exclude<SpoolEvent, MetricsEvent>): Promise<void> {
  switch (event.type) {
    case 'run':
      return deliverRun(delivery, event);
    case 'name':
      return;
    case 'tags':
      return deliverTags(delivery, encodeRecord(event.values, encodeTag));
    case 'dataset':
      return deliverDataset(delivery, event);
    case 'artifact':
      return deliverFile(delivery, event.artifactPath, path.join(delivery.folder, event.file));
    case 'image':
      return deliverImage(delivery, event);
    case 'table':
      return deliverTable(delivery, event);
    case 'model':
      return deliverModel(delivery, event);
    case 'alias':
      return deliverAlias(delivery, event);
    case 'end':
      return delivery.api.updateRun(delivery.run.runId, event.status, event.time);
  }
}

async function deliverRun(delivery: Delivery, event: RunEvent): Promise<void> {
  const { run, attempt } = event;
  let parameters = encodeRecord(run.parameters, encodeParameter);
  if (attempt > 1) {
    await delivery.api.updateRun(delivery.run.runId, 'RUNNING');
    // MLflow never changes a parameter: what a later attempt does otherwise stands beside it.
    const before = new Map(
      encodeRecord(delivery.first.run.parameters, encodeParameter).map(({ key, value }) => [key, value]),
    );
    parameters = parameters
      .filter(({ key, value }) => before.get(key) !== value)
      .map(({ key, value }) => ({ key: encodeName(`resume${attempt - 1}.${key}`), value }));
  }
  await inBatches(delivery, parameters, 'params');
  const own: Record<string, string> = { [RUN_ID_TAG]: run.runId };
  if (run.note !== undefined) own['mlflow.note.content'] = run.note;
  if (attempt > 1) own.attempt = String(attempt);
  await deliverTags(delivery, encodeRecord({ ...run.tags, ...own }, encodeTag));
}

function deliverTags(delivery: Delivery, tags: readonly TextField[]): Promise<void> {
  return inBatches(delivery, tags, 'tags');
}

async function deliverDataset(delivery: Delivery, { dataset }: DatasetEvent): Promise<void> {
  const profile = encodeText(JSON.stringify(dataset.profile));
  const schema = dataset.schema === undefined ? undefined : encodeText(JSON.stringify(dataset.schema));
  await orReject(delivery, { dataset: dataset.name }, () =>
    delivery.api.logInput(delivery.run.runId, {
      name: encodeText(dataset.name).slice(0, 500),
      digest: encodeText(dataset.digest).slice(0, DIGEST_LIMIT),
      source: encodeText(JSON.stringify({ uri: dataset.source })),
      profile: profile.length <= PROFILE_LIMIT ? profile : '{"note":"too long for MLflow"}',
      ...(schema !== undefined && schema.length <= SCHEMA_LIMIT && { schema }),
      context: dataset.context,
    }),
  );
}

function deliverFile(delivery: Delivery, artifactPath: string, content: string | Buffer): Promise<void> {
  return orReject(delivery, { artifactPath }, () =>
    delivery.api.putArtifact(delivery.run, artifactPath, content),
  );
}

/**
 * MLflow's image grid knows a picture by its name, and wants a second, smaller one; a browser shows PNG bytes under
 * the name of a WebP file as well.
 */
async function deliverImage(delivery: Delivery, event: ImageEvent): Promise<void> {
  const key = encodeName(event.key);
  const file = path.join(delivery.folder, event.file);
  // The same name whenever this event is sent, so that a second sending replaces the first.
  const digest = createHash('sha256').update(`${key} ${event.step} ${event.time}`).digest('hex');
  const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
  const stem = `images/${key.replaceAll('/', '~')}+step+${event.step}+timestamp+${event.time}+${id}`;
  await deliverFile(delivery, `${stem}.png`, file);
  await deliverFile(delivery, `${stem}+compressed.webp`, file);
  await deliverFile(delivery, `plots/${key}.png`, file);
  await deliverTags(delivery, [{ key: 'mlflow.loggedImages', value: 'True' }]);
}

async function deliverTable(delivery: Delivery, event: TableEvent): Promise<void> {
  const name = encodeArtifactPath(`${event.name.replace(/\.json$/, '')}.json`);
  const table = { columns: event.columns, data: event.rows };
  await deliverFile(delivery, name, Buffer.from(JSON.stringify(table)));
  const run = await delivery.api.getRun(delivery.run.runId);
  const known = loggedArtifacts(run?.tags.get('mlflow.loggedArtifacts'));
  if (known.some((entry) => entry.path === name)) return;
  const value = JSON.stringify([...known, { path: name, type: 'table' }]);
  // A list cut at the limit would be no JSON any more; the table itself is there all the same.
  if (encodeTag(value) === value) await deliverTags(delivery, [{ key: 'mlflow.loggedArtifacts', value }]);
}

function loggedArtifacts(tag: string | undefined): { path: string; type: string }[] {
  try {
    const value: unknown = JSON.parse(tag ?? '[]');
    return Array.isArray(value) ? (value as { path: string; type: string }[]) : [];
  } catch {
    return [];
  }
}
