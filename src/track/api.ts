/**
 * The endpoints of MLflow's REST API that a run needs, typed, one function each
 * (https://mlflow.org/docs/latest/api_reference/rest-api.html).
 */
import type { Client, JsonObject } from './client.ts';
import { Refusal } from './refusal.ts';
import type { MetricField, TextField } from './spool/encode.ts';
import { encodeArtifactPath, encodeTime } from './spool/encode.ts';

/** What `log-batch` takes in one request. */
export const BATCH_LIMITS = { metrics: 1000, params: 100, tags: 100, total: 1000, bytes: 900_000 } as const;

/** Without it MLflow opens an experiment as one of language models. */
const KIND_TAG = 'mlflow.experimentKind';
const KIND = 'custom_model_development';

export type RunStatus = 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

export interface ServerRun {
  readonly runId: string;
  readonly experimentId: string;
  readonly artifactUri: string;
  readonly isDeleted: boolean;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Batch {
  readonly metrics?: readonly MetricField[];
  readonly params?: readonly TextField[];
  readonly tags?: readonly TextField[];
}

/** A dataset's fields as MLflow wants them: JSON inside strings. */
export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly source: string;
  readonly profile: string;
  readonly schema?: string;
  readonly context: string;
}

export interface Api {
  /** The experiment's id; it is created where there is none. MLflow shows it as one of models, unless it is of another kind already. */
  experiment(name: string): Promise<string>;
  createRun(
    experimentId: string,
    name: string,
    startTime: number,
    tags: readonly TextField[],
  ): Promise<ServerRun>;
  /** The run that has a tag of this value. */
  findRun(experimentId: string, tag: string, value: string): Promise<ServerRun | undefined>;
  getRun(runId: string): Promise<ServerRun | undefined>;
  updateRun(runId: string, status: RunStatus, endTime?: number): Promise<void>;
  logBatch(runId: string, batch: Batch): Promise<void>;
  logInput(runId: string, dataset: DatasetInput): Promise<void>;
  /** @param content a file's path, or the bytes */
  putArtifact(
    run: Pick<ServerRun, 'runId' | 'artifactUri'>,
    artifactPath: string,
    content: string | Buffer,
  ): Promise<void>;
}

/** The API without its ends: `signal` stops whatever is under way. */
export function createApi(client: Client, signal?: AbortSignal): Api {
  const get = (endpoint: string, query: JsonObject) => client.call('GET', endpoint, query, signal);
  const post = (endpoint: string, body: JsonObject) => client.call('POST', endpoint, body, signal);
  const orAbsent = (error: unknown): undefined => {
    if (error instanceof Refusal && error.code === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    throw error;
  };
  const existing = async (name: string): Promise<string | undefined> => {
    const answer = await get('experiments/get-by-name', { experiment_name: name }).catch(orAbsent);
    if (!answer) return undefined;
    const experiment = part(answer, 'experiment');
    if (experiment.lifecycle_stage === 'deleted') {
      throw new Refusal(
        'offline',
        `the experiment "${name}" is deleted at ${client.uri}: restore it there, or name another one in tracking.mlflow.experiment`,
      );
    }
    const id = text(experiment, 'experiment_id');
    const tags = (experiment.tags ?? []) as readonly TextField[];
    if (!tags.some(({ key }) => key === KIND_TAG))
      await post('experiments/set-experiment-tag', { experiment_id: id, key: KIND_TAG, value: KIND });
    return id;
  };

  return {
    async experiment(name) {
      const found = await existing(name);
      if (found !== undefined) return found;
      try {
        const tags = [{ key: KIND_TAG, value: KIND }];
        return text(await post('experiments/create', { name, tags }), 'experiment_id');
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error;
        const id = await existing(name);
        if (id === undefined) throw error;
        return id;
      }
    },
    async createRun(experimentId, name, startTime, tags) {
      const body = { experiment_id: experimentId, run_name: name, start_time: encodeTime(startTime), tags };
      return serverRun(part(await post('runs/create', body), 'run'));
    },
    async findRun(experimentId, tag, value) {
      const filter = `tags.\`${tag}\` = ${quoted(value)}`;
      const body = { experiment_ids: [experimentId], filter, run_view_type: 'ALL', max_results: 1 };
      const runs = (await post('runs/search', body)).runs;
      return Array.isArray(runs) && runs.length > 0 ? serverRun(runs[0] as JsonObject) : undefined;
    },
    async getRun(runId) {
      const answer = await get('runs/get', { run_id: runId }).catch(orAbsent);
      return answer && serverRun(part(answer, 'run'));
    },
    async updateRun(runId, status, endTime) {
      await post('runs/update', {
        run_id: runId,
        status,
        ...(endTime !== undefined && { end_time: encodeTime(endTime) }),
      });
    },
    async logBatch(runId, batch) {
      await post('runs/log-batch', { run_id: runId, ...batch });
    },
    async logInput(runId, input) {
      const { context, ...dataset } = input;
      const tags = [{ key: 'mlflow.data.context', value: context }];
      await post('runs/log-inputs', {
        run_id: runId,
        datasets: [{ tags, dataset: { ...dataset, source_type: 'local' } }],
      });
    },
    async putArtifact(run, artifactPath, content) {
      const name = encodeArtifactPath(artifactPath);
      const route = proxiedRoute(run.artifactUri, name);
      if (route === undefined) {
        // A server that does not pass files on to its store still takes small ones, up to 10 MB.
        const query = new URLSearchParams({ run_uuid: run.runId, path: name });
        await client.upload('POST', `/ajax-api/2.0/mlflow/upload-artifact?${query}`, content, signal);
        return;
      }
      await client.upload('PUT', route, content, signal);
    },
  };
}

function serverRun(run: JsonObject): ServerRun {
  const info = part(run, 'info');
  const data = run.data as { tags?: readonly TextField[] } | undefined;
  return {
    runId: text(info, 'run_id'),
    experimentId: text(info, 'experiment_id'),
    artifactUri: text(info, 'artifact_uri'),
    isDeleted: info.lifecycle_stage === 'deleted',
    tags: new Map((data?.tags ?? []).map(({ key, value }) => [key, value])),
  };
}

/** A value in a filter of a search. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "\\'")}'`;
}

/**
 * Where the server takes a file to pass it on to its store.
 * @param name of the file, encoded
 * @returns undefined where it does not pass files on
 */
export function proxiedRoute(artifactUri: string, name: string): string | undefined {
  const proxied = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(artifactUri)?.[1];
  if (proxied === undefined) return undefined;
  const path = `${proxied}/${name}`.split('/').map(encodeURIComponent).join('/');
  return `/api/2.0/mlflow-artifacts/artifacts/${path}`;
}

/** @throws Refusal where an answer lacks it */
export function part(value: JsonObject, key: string): JsonObject {
  const found = value[key];
  if (typeof found === 'object' && found !== null) return found as JsonObject;
  throw new Refusal('offline', `the server's answer lacks "${key}": it is no MLflow server that we know`);
}

/** @throws Refusal where an answer lacks it */
export function text(value: JsonObject, key: string): string {
  const found = value[key];
  if (typeof found === 'string') return found;
  throw new Refusal('offline', `the server's answer lacks "${key}": it is no MLflow server that we know`);
}
