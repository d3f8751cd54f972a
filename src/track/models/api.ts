/**
 * The endpoints of MLflow 3 for models that are logged, and of its registry, typed, one function each
 * (https://mlflow.org/docs/latest/api_reference/rest-api.html).
 */
import { part, proxiedRoute, quoted, type ServerRun, text } from '../api.ts';
import type { Client, JsonObject } from '../client.ts';
import { Refusal } from '../refusal.ts';
import { encodeArtifactPath, encodeStep, type TextField } from '../spool/encode.ts';

export interface LoggedModel {
  readonly modelId: string;
  readonly artifactUri: string;
  readonly isReady: boolean;
}

export interface ModelApi {
  /** The model of a run that has a tag of this value. */
  findModel(run: ServerRun, tag: string, value: string): Promise<LoggedModel | undefined>;
  createModel(run: ServerRun, name: string, tags: readonly TextField[]): Promise<LoggedModel>;
  /** @param content a file's path, or the bytes */
  putFile(model: LoggedModel, artifactPath: string, content: string | Buffer): Promise<void>;
  /** All of its files are there. */
  setReady(modelId: string): Promise<void>;
  /** Links a model to the run that made it, unless it is. */
  logOutput(runId: string, modelId: string, step: number): Promise<void>;
  /** The version of a registered model that came from a run. */
  findVersion(name: string, runId: string): Promise<string | undefined>;
  /** Makes a version, and the registered model where there is none of this name. @returns the version */
  register(name: string, model: LoggedModel, runId: string): Promise<string>;
  setAlias(name: string, alias: string, version: string): Promise<void>;
}

/** The API without its ends: `signal` stops whatever is under way. */
export function createModelApi(client: Client, signal?: AbortSignal): ModelApi {
  const post = (endpoint: string, body: JsonObject) => client.call('POST', endpoint, body, signal);

  return {
    async findModel({ experimentId, runId }, tag, value) {
      const filter = `source_run_id = ${quoted(runId)} AND tags.\`${tag}\` = ${quoted(value)}`;
      const { models } = await post('logged-models/search', {
        experiment_ids: [experimentId],
        filter,
        max_results: 1,
      });
      return Array.isArray(models) && models.length > 0 ? loggedModel(models[0] as JsonObject) : undefined;
    },
    async createModel({ experimentId, runId }, name, tags) {
      const body = { experiment_id: experimentId, name, source_run_id: runId, tags };
      return loggedModel(part(await post('logged-models', body), 'model'));
    },
    async putFile({ artifactUri }, artifactPath, content) {
      const route = proxiedRoute(artifactUri, encodeArtifactPath(artifactPath));
      if (route === undefined)
        throw new Refusal(
          'invalid',
          `the server does not pass files of models on to its store (${artifactUri.replace(/:.*/, '')}): start it with --serve-artifacts`,
        );
      await client.upload('PUT', route, content, signal);
    },
    async setReady(modelId) {
      const body = { model_id: modelId, status: 'LOGGED_MODEL_READY' };
      await client.call('PATCH', `logged-models/${encodeURIComponent(modelId)}`, body, signal);
    },
    async logOutput(runId, modelId, step) {
      // A second link would be a mistake of the server's database.
      const run = part(await client.call('GET', 'runs/get', { run_id: runId }, signal), 'run');
      const { outputs } = run as { outputs?: { model_outputs?: readonly { model_id?: string }[] } };
      if (outputs?.model_outputs?.some(({ model_id }) => model_id === modelId)) return;
      await post('runs/outputs', {
        run_id: runId,
        models: [{ model_id: modelId, step: encodeStep(step) }],
      });
    },
    async findVersion(name, runId) {
      const filter = `name = ${quoted(name)} AND run_id = ${quoted(runId)}`;
      const query = { filter, max_results: '1' };
      const { model_versions: versions } = await client.call('GET', 'model-versions/search', query, signal);
      return Array.isArray(versions) && versions.length > 0
        ? text(versions[0] as JsonObject, 'version')
        : undefined;
    },
    async register(name, { modelId }, runId) {
      await post('registered-models/create', { name }).catch((error: unknown) => {
        if (!(error instanceof Refusal) || error.code !== 'RESOURCE_ALREADY_EXISTS') throw error;
      });
      const body = { name, source: `models:/${modelId}`, run_id: runId, model_id: modelId };
      return text(part(await post('model-versions/create', body), 'model_version'), 'version');
    },
    async setAlias(name, alias, version) {
      await post('registered-models/alias', { name, alias, version });
    },
  };
}

function loggedModel(model: JsonObject): LoggedModel {
  const info = part(model, 'info');
  return {
    modelId: text(info, 'model_id'),
    artifactUri: text(info, 'artifact_uri'),
    isReady: info.status === 'LOGGED_MODEL_READY',
  };
}
