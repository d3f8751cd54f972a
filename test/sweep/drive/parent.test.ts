// What a real MLflow server holds of a sweep: one run for the sweep, one for each trial under it.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type MlflowServer, startMlflowServer } from '../../../src/track/mlflow-server.ts';
import { runCommand } from '../../run/command.ts';
import { makeTiny, type Tiny } from '../../run/tiny.ts';
import { smallest } from '../smallest.ts';

let server: MlflowServer;
let tiny: Tiny;
before(async () => {
  const storeFolder = mkdtempSync(join(tmpdir(), 'manyheads-store-'));
  [server, tiny] = await Promise.all([
    startMlflowServer({ storeFolder, log: () => undefined }),
    makeTiny(30),
  ]);
});
after(() => server?.stop());

interface ServerRun {
  readonly info: { readonly run_id: string; readonly run_name: string; readonly status: string };
  readonly data: {
    readonly tags: readonly { key: string; value: string }[];
    readonly params: readonly { key: string; value: string }[];
  };
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await fetch(`${server.uri}/api/2.0/mlflow/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

test('run sweep - a parent run, and a run for each trial under it, named by what differs', async () => {
  const file = join(tiny.folder, 'nested.yaml');
  writeFileSync(
    file,
    `name: nested
base: tiny.yaml
values:
  ${smallest}
  tracking.mlflow.register: nested-model
  stages: [{ name: only, imageSize: 16, epochs: 1, batchSize: 8 }]
axes: { optimizer.learningRate: [0.01, 0.02] }
`,
  );
  const environment = {
    MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')),
    MLFLOW_TRACKING_URI: server.uri,
  };
  const outcome = await runCommand(['sweep', file, '--parallel', '2'], environment);
  assert.equal(outcome.code, 0, outcome.stderr);
  const response = await fetch(`${server.uri}/api/2.0/mlflow/experiments/get-by-name?experiment_name=tiny`);
  const { experiment } = (await response.json()) as { experiment: { experiment_id: string } };
  const { runs } = await post<{ runs: ServerRun[] }>('runs/search', {
    experiment_ids: [experiment.experiment_id],
  });
  const tag = ({ data }: ServerRun, key: string) => data.tags.find((one) => one.key === key)?.value;
  const parents = runs.filter((run) => tag(run, 'mlflow.parentRunId') === undefined);
  assert.deepEqual(
    parents.map(({ info }) => [info.run_name, info.status]),
    [['nested', 'FINISHED']],
  );
  const trials = runs.filter((run) => tag(run, 'mlflow.parentRunId') === parents[0]!.info.run_id);
  assert.deepEqual(trials.map(({ info }) => [info.run_name, info.status]).sort(), [
    ['optimizer.learningRate=0.01', 'FINISHED'],
    ['optimizer.learningRate=0.02', 'FINISHED'],
  ]);
  const rates = trials.map(
    ({ data }) => data.params.find(({ key }) => key === 'optimizer.learningRate')?.value,
  );
  assert.deepEqual(rates.sort(), ['0.01', '0.02']);
  assert.match(tag(parents[0]!, 'bestLabel') ?? '', /^optimizer\.learningRate=0\.0[12]$/);

  // Each trial has its model; the best of them alone is a version in the registry.
  const { models } = await post<{ models: { info: { source_run_id: string; status: string } }[] }>(
    'logged-models/search',
    { experiment_ids: [experiment.experiment_id] },
  );
  assert.deepEqual(
    models.map(({ info }) => [info.source_run_id, info.status]).sort(),
    trials.map(({ info }) => [info.run_id, 'LOGGED_MODEL_READY']).sort(),
  );
  const best = trials.find(({ info }) => info.run_name === tag(parents[0]!, 'bestLabel'))!;
  const query = new URLSearchParams({ name: 'nested-model', alias: 'best' });
  const answer = await fetch(`${server.uri}/api/2.0/mlflow/registered-models/alias?${query}`);
  const { model_version } = (await answer.json()) as { model_version: Record<string, unknown> };
  assert.deepEqual([model_version.version, model_version.run_id], ['1', best.info.run_id]);
});
