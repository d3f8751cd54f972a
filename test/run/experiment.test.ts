// Whole runs of a tiny experiment, as a person starts them, and what a real MLflow server then holds.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RunOutcome } from '../../src/run/outcome.ts';
import { type MlflowServer, startMlflowServer } from '../../src/track/mlflow-server.ts';
import { runCommand, startCommand } from './command.ts';
import { makeTiny, type Tiny } from './tiny.ts';

let server: MlflowServer;
let tiny: Tiny;
const runs = mkdtempSync(join(tmpdir(), 'manyheads-runs-'));

before(async () => {
  const storeFolder = mkdtempSync(join(tmpdir(), 'manyheads-store-'));
  [server, tiny] = await Promise.all([startMlflowServer({ storeFolder, log: () => undefined }), makeTiny()]);
});
after(() => server?.stop());

const outcomeOf = (stdout: string): RunOutcome => JSON.parse(stdout) as RunOutcome;

let trained: Promise<RunOutcome> | undefined;
/** The tiny experiment trained to its end without MLflow, once for all tests. */
function unbroken(): Promise<RunOutcome> {
  trained ??= runCommand([tiny.experiment, '--json'], { MANYHEADS_RUNS: runs }).then(({ stdout }) =>
    outcomeOf(stdout),
  );
  return trained;
}

interface MlflowRun {
  info: { run_id: string; status: string; run_name: string };
  data: {
    metrics: { key: string; value: number }[];
    params: { key: string; value: string }[];
    tags: { key: string; value: string }[];
  };
}

async function api<T>(path: string, body?: unknown): Promise<T> {
  const options =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${server.uri}/api/2.0/mlflow/${path}`, options);
  assert.equal(response.status, 200, path);
  return (await response.json()) as T;
}

async function mlflowRun(runId: string): Promise<MlflowRun> {
  const { experiment } = await api<{ experiment: { experiment_id: string } }>(
    'experiments/get-by-name?experiment_name=tiny',
  );
  const { runs: found } = await api<{ runs: MlflowRun[] }>('runs/search', {
    experiment_ids: [experiment.experiment_id],
    filter: `tags.\`manyheads.run_id\` = '${runId}'`,
  });
  assert.equal(found.length, 1, `one run in MLflow for ${runId}`);
  return found[0]!;
}

async function steps(run: MlflowRun, key: string): Promise<number[]> {
  const history = await api<{ metrics?: { step: number }[] }>(
    `metrics/get-history?run_id=${run.info.run_id}&metric_key=${encodeURIComponent(key)}`,
  );
  return (history.metrics ?? []).map(({ step }) => step).sort((a, b) => a - b);
}

test('run FILE - trains through both stages, is reproducible, and all of it is in MLflow', async () => {
  const first = await runCommand([tiny.experiment, 'tracking.mlflow.register=shapes', '--json'], {
    MANYHEADS_RUNS: runs,
    MLFLOW_TRACKING_URI: server.uri,
  });
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stderr, /^warning: .*tiny\.yaml:\d+:\d+ stages\[1\]\.imageSize: the images grow/m);
  const outcome = outcomeOf(first.stdout);
  assert.equal(outcome.status, 'finished');
  assert.deepEqual(
    outcome.stages.map(({ name, epochs }) => [name, epochs]),
    [
      ['small', 3],
      ['heads', 2],
    ],
  );
  assert.ok(outcome.timeToFirstStepSeconds! > 0 && outcome.peakMemoryBytes > 1e8);
  const { colour, shape } = outcome.metrics!.heads;
  assert.ok(colour!.balancedAccuracy! > 0.5, `colour ${colour!.balancedAccuracy}, chance 0.333`);
  // The unlabelled rows of `shape` are in no count: 15 validation rows, some of them without a label.
  assert.equal(colour!.rows, 15);
  assert.ok(shape!.rows < 15);
  const { mean } = outcome.metrics!;
  assert.equal(mean.balancedAccuracy, (colour!.balancedAccuracy! + shape!.balancedAccuracy!) / 2);
  assert.ok(colour!.auc! > 0.5 && shape!.calibrationError! >= 0);

  const run = await mlflowRun(outcome.runId);
  assert.equal(run.info.status, 'FINISHED');
  assert.equal(run.info.run_name, 'tiny');
  const parameters = new Map(run.data.params.map(({ key, value }) => [key, value]));
  assert.equal(parameters.get('optimizer.learningRate'), '0.01');
  assert.equal(parameters.get('stages.1.optimizer.momentum'), '0.9', 'a default of the schema');
  assert.deepEqual(await steps(run, 'validation/loss'), [1, 2, 3, 4, 5]);
  assert.deepEqual(await steps(run, 'train/shape/macroF1'), [1, 2, 3, 4, 5]);
  assert.deepEqual(await steps(run, 'validation/shape/auc'), [1, 2, 3, 4, 5]);
  assert.deepEqual(await steps(run, 'validation/balancedAccuracy'), [1, 2, 3, 4, 5], 'mean of the heads');
  assert.deepEqual(await steps(run, 'train/shape/auc'), [], 'not measured on training rows');
  const { files } = await api<{ files: { path: string }[] }>(`artifacts/list?run_id=${run.info.run_id}`);
  for (const path of [
    'plan.json',
    'experiment',
    'environment.json',
    'history.jsonl',
    'results.json',
    'plots',
    'model',
  ]) {
    assert.ok(
      files.some((file) => file.path === path),
      `${path} among ${files.map((file) => file.path)}`,
    );
  }

  // MLflow 3: the experiment is one of models, and the run has its model, with its metrics, as a version in the registry.
  type Tags = readonly { key: string; value: string }[];
  const { experiment } = await api<{ experiment: { experiment_id: string; tags: Tags } }>(
    'experiments/get-by-name?experiment_name=tiny',
  );
  assert.ok(experiment.tags.some(({ value }) => value === 'custom_model_development'));
  type Logged = { info: Record<string, string>; data: { metrics: { key: string; value: number }[] } };
  const { models } = await api<{ models: Logged[] }>('logged-models/search', {
    experiment_ids: [experiment.experiment_id],
  });
  assert.equal(models.length, 1);
  const { info, data } = models[0]!;
  assert.deepEqual(
    [info.name, info.status, info.source_run_id],
    ['tiny', 'LOGGED_MODEL_READY', run.info.run_id],
  );
  const linked = new Map(data.metrics.map(({ key, value }) => [key, value]));
  assert.equal(linked.get('validationBest/shape/balancedAccuracy'), shape!.balancedAccuracy);
  assert.deepEqual(await steps(run, 'validationBest/shape/balancedAccuracy'), [5], 'told once');
  const { model_versions: versions } = await api<{ model_versions: Record<string, string>[] }>(
    'model-versions/search',
  );
  assert.deepEqual(
    versions.map((version) => [version.name, version.version, version.run_id]),
    [['shapes', '1', run.info.run_id]],
  );

  const again = await unbroken();
  assert.equal(again.weightsHash, outcome.weightsHash, 'the same seed gives the same weights');
  assert.notEqual(again.runId, outcome.runId);
  const other = outcomeOf(
    (await runCommand([tiny.experiment, 'seed=1', '--json'], { MANYHEADS_RUNS: runs })).stdout,
  );
  assert.notEqual(other.weightsHash, outcome.weightsHash, 'another seed gives other weights');
});

test('run FILE - Ctrl-C in the middle of an epoch, then --resume: same weights as without, no step twice in MLflow', async () => {
  const environment = {
    MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')),
    MLFLOW_TRACKING_URI: server.uri,
  };
  const arguments_ = [tiny.experiment, 'stages[small].epochs=12'];
  const whole = outcomeOf((await runCommand([...arguments_, '--json'], { MANYHEADS_RUNS: runs })).stdout);

  const started = startCommand(arguments_, environment);
  // Two epochs are done; the signal comes somewhere in the third or later.
  await new Promise<void>((resolve) => {
    started.child.stderr!.on('data', () => {
      if (/epoch\s+2\b/i.test(started.stderr())) resolve();
    });
  });
  started.child.kill('SIGINT');
  const stopped = await started.finished;
  assert.equal(stopped.code, 130, stopped.stderr);
  assert.match(stopped.stderr, /--resume/);
  const runId = readdirSync(environment.MANYHEADS_RUNS).find((name) => name.includes('-tiny-'))!;
  const record = () =>
    JSON.parse(readFileSync(join(environment.MANYHEADS_RUNS, runId, 'run.json'), 'utf8')) as {
      status: string;
    };
  assert.equal(record().status, 'interrupted');
  assert.equal((await mlflowRun(runId)).info.status, 'KILLED');

  const resumed = await runCommand([...arguments_, '--resume', '--json'], environment);
  assert.equal(resumed.code, 0, resumed.stderr);
  const outcome = outcomeOf(resumed.stdout);
  assert.equal(outcome.runId, runId);
  assert.equal(outcome.weightsHash, whole.weightsHash);
  assert.deepEqual(outcome.metrics, whole.metrics);
  assert.equal(record().status, 'finished');
  const run = await mlflowRun(runId);
  assert.equal(run.info.status, 'FINISHED');
  assert.deepEqual(
    await steps(run, 'validation/loss'),
    Array.from({ length: 14 }, (_, i) => i + 1),
  );
});

test('run FILE - killed at any moment, then --resume: same weights as without', async () => {
  const environment = { MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')) };
  const whole = await unbroken();
  const started = startCommand([tiny.experiment], environment);
  await new Promise<void>((resolve) => {
    started.child.stderr!.on('data', () => {
      if (/epoch\s+1\b/i.test(started.stderr())) resolve();
    });
  });
  started.child.kill('SIGKILL');
  await started.finished;
  const resumed = await runCommand([tiny.experiment, '--resume', '--json'], environment);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(outcomeOf(resumed.stdout).weightsHash, whole.weightsHash);
});

test('run FILE - stopped in the second stage, then --resume: same weights as without', async () => {
  const environment = { MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')) };
  const arguments_ = [tiny.experiment, 'stages[heads].epochs=20'];
  const whole = outcomeOf((await runCommand([...arguments_, '--json'], { MANYHEADS_RUNS: runs })).stdout);
  const started = startCommand(arguments_, environment);
  await new Promise<void>((resolve) => {
    started.child.stderr!.on('data', () => {
      if (/stage 2\b/.test(started.stderr())) resolve();
    });
  });
  started.child.kill('SIGTERM');
  assert.equal((await started.finished).code, 130);
  const resumed = await runCommand([...arguments_, '--resume', '--json'], environment);
  assert.equal(resumed.code, 0, resumed.stderr);
  const outcome = outcomeOf(resumed.stdout);
  assert.equal(outcome.weightsHash, whole.weightsHash);
  assert.deepEqual(
    outcome.stages.map(({ epochs }) => epochs),
    [3, 20],
  );
});

test('run FILE - a loss that is not finite stops before the update and says where', async () => {
  const result = await runCommand(
    [
      tiny.experiment,
      'optimizer={name: sgd, learningRate: 100, momentum: 0.99}',
      'loss.headWeights.colour=1e30',
      'stages[small].epochs=40',
    ],
    {
      MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')),
    },
  );
  assert.equal(result.code, 1, result.stderr);
  assert.match(
    result.stderr,
    /the loss became (NaN|Infinity) in stage small, epoch \d+, step \d+, at a learning rate of 100/,
  );
  assert.doesNotMatch(result.stderr, /\n\s+at /, 'no stack trace');
});

test('run FILE - bad images are all listed with their lines, and onBadImage: skip leaves them out', async () => {
  const { folder, experiment } = await makeTiny(30);
  const { writeFileSync, rmSync } = await import('node:fs');
  writeFileSync(join(folder, 'images', '3.png'), 'this is no image');
  rmSync(join(folder, 'images', '8.png'));
  const environment = { MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')) };
  const refused = await runCommand([experiment], environment);
  assert.equal(refused.code, 2, refused.stderr);
  assert.match(refused.stderr, /table\.csv:5:1 .*3\.png/);
  assert.match(refused.stderr, /table\.csv:10:1 .*8\.png/);
  assert.deepEqual(readdirSync(environment.MANYHEADS_RUNS), [], 'no run is begun');
  const skipped = await runCommand(
    [experiment, 'dataset.onBadImage=skip', 'stages[0].epochs=1', 'stages[1].epochs=1', '--json'],
    environment,
  );
  assert.equal(skipped.code, 0, skipped.stderr);
  assert.match(skipped.stderr, /3\.png/);
});
