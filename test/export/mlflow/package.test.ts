/** A model in a real MLflow: loaded by `mlflow.pyfunc.load_model` and served by `mlflow models serve`, both as their users do. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeModel } from '../../../src/bundle/write.ts';
import { packageModel } from '../../../src/export/mlflow/package.ts';
import { onnx } from '../../../src/export/onnx/onnx.ts';
import { mlflowPlaces } from '../../../src/setup/stamp.mjs';
import { freePort } from '../../../src/track/free-port.ts';
import { createTracker } from '../../../src/track/tracker.ts';
import { describeRun, patient, silent, useServer } from '../../track/test-server.ts';
import { COUNT, differenceOf, type Photographed, photographed, SIDE } from '../photographed.ts';
import { pythonOf, runPython, script } from '../python.ts';

/** ONNX Runtime for Python, which MLflow's own environment has not. */
const { python, skip } = await pythonOf('readsOnnx');
const server = useServer();
const mlflow = join(mlflowPlaces().folder, 'bin');
let made: Photographed;

/** MLflow's Python, which finds ONNX Runtime too. */
function environment(): NodeJS.ProcessEnv {
  const lib = join(python, '..', '..', 'lib');
  const version = readdirSync(lib).find((name) => name.startsWith('python'))!;
  return {
    ...process.env,
    PATH: `${mlflow}:${process.env.PATH}`,
    PYTHONPATH: join(lib, version, 'site-packages'),
    MLFLOW_TRACKING_URI: server.uri,
    MLFLOW_DISABLE_TELEMETRY: 'true',
  };
}

/** A run of a model with two validation images, told to the server. @returns its folder */
async function tell(runId: string, register: string): Promise<string> {
  const runsFolder = server.newRuns();
  const folder = join(runsFolder, runId);
  const tracker = createTracker({ ...silent, ...patient, runsFolder, target: server.target, packageModel });
  tracker.start(describeRun(runId));
  const { description, weights } = made.model;
  const side = SIDE ** 2 * 3;
  writeModel(join(folder, 'model'), {
    description,
    weights,
    proof: {
      by: 'model',
      device: 'cpu',
      images: ['first.jpg', 'second.jpg'],
      pixels_NSS3: made.images.batches[0]!.pixels_NSS3.slice(0, 2 * side),
      probabilities_NK: new Map(
        description.heads.map(({ name, classes }) => [
          name,
          Float32Array.from(made.images.batches[0]!.probabilities[name]!.subarray(0, 2 * classes.length)),
        ]),
      ),
    },
  });
  const model = { name: 'what: a name/of "mine"', step: 3, folder: join(folder, 'model'), register };
  tracker.model(model, { 'validationBest/loss': 0.5, 'validationBest/auc': Number.NaN });
  await tracker.end('FINISHED');
  return folder;
}

let told: Promise<void> | undefined;
/** The first run, told once for all tests. */
function firstTold(): Promise<void> {
  told ??= photographed().then(async (photographs) => {
    made = photographs;
    await tell('first', 'photographs');
  });
  return told;
}

test('mlflow.pyfunc.load_model - the same answers by the name in the registry, with signature and example', {
  skip,
}, async () => {
  await firstTold();
  const raw = join(server.newRuns(), 'images.raw');
  writeFileSync(raw, made.images.batches[0]!.pixels_NSS3);
  const args = [script('mlflow/load_model.py'), server.uri, 'models:/photographs@latest', raw];
  const printed = await runPython(
    join(mlflow, 'python'),
    [...args, String(COUNT), String(SIDE)],
    undefined,
    environment(),
  );
  const read = JSON.parse(printed) as {
    inputs: unknown;
    outputs: readonly { name: string }[];
    answers: Record<string, number[]>;
    example: Record<string, number[]>;
  };
  const off = differenceOf(made, read.answers);
  assert.ok(off <= onnx.tolerance, `off by ${off}`);
  assert.deepEqual(read.inputs, [
    { name: 'images', type: 'tensor', 'tensor-spec': { dtype: 'uint8', shape: [-1, SIDE, SIDE, 3] } },
  ]);
  assert.deepEqual(
    read.outputs.map(({ name }) => name),
    ['garment', 'garment_class', 'age', 'age_class'],
  );
  const expected = made.images.batches[0]!.probabilities.garment!.subarray(0, 7);
  assert.ok(expected.every((p, k) => Math.abs(p - read.example.garment![k]!) <= onnx.tolerance));
});

test('mlflow models serve - answers the example that is kept with the model', { skip }, async () => {
  await firstTold();
  const port = await freePort();
  const args = ['models', 'serve', '-m', 'models:/photographs/1', '--env-manager', 'local'];
  const child = spawn(join(mlflow, 'mlflow'), [...args, '--workers', '1', '--port', String(port)], {
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  try {
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; ; tries++) {
      if (
        await fetch(`${url}/ping`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        break;
      assert.ok(tries < 600 && child.exitCode === null, said.slice(-2000));
      await sleep(200);
    }
    const found = readdirSync(server.storeFolder, { recursive: true, encoding: 'utf8' }).find((file) =>
      file.endsWith('serving_input_example.json'),
    );
    const response = await fetch(`${url}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: readFileSync(join(server.storeFolder, found!)),
    });
    const { predictions } = (await response.json()) as { predictions: Record<string, number[][]> };
    const expected = made.images.batches[0]!.probabilities.garment!.subarray(0, 7);
    assert.ok(expected.every((p, k) => Math.abs(p - predictions.garment![0]![k]!) <= onnx.tolerance));
  } finally {
    process.kill(-child.pid!, 'SIGTERM');
  }
});

test('tracker.model - sent twice it is one model and one version, and a second run is the next version', {
  skip,
}, async () => {
  await firstTold();
  const folder = await tell('second', 'photographs');
  // All of the spool again, as after a lost note of what was sent.
  const [sent] = readdirSync(folder).filter((name) => /^mlflow-.*\.json$/.test(name));
  const note = JSON.parse(readFileSync(join(folder, sent!), 'utf8')) as { ackedOffset: number };
  writeFileSync(join(folder, sent!), JSON.stringify({ ...note, ackedOffset: 0 }));
  const { syncRuns } = await import('../../../src/track/sync.ts');
  const [synced] = await syncRuns(join(folder, '..'), 'all', server.target, { ...silent, packageModel });
  assert.deepEqual([synced!.outcome, synced!.left], ['sent', 0]);
  const response = await fetch(`${server.uri}/api/2.0/mlflow/logged-models/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: [synced!.experimentId] }),
  });
  const { models } = (await response.json()) as { models: { info: { name: string } }[] };
  assert.deepEqual(
    models.map(({ info }) => info.name),
    ['what_ a name_of _mine_', 'what_ a name_of _mine_'],
  );
  const versions = (await (await fetch(`${server.uri}/api/2.0/mlflow/model-versions/search`)).json()) as {
    model_versions: { version: string }[];
  };
  assert.deepEqual(versions.model_versions.map(({ version }) => version).sort(), ['1', '2']);
  assert.equal(readdirSync(folder).includes('rejected.jsonl'), false);
});
