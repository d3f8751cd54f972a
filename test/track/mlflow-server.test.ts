// A real MLflow server: started once for two callers, kept beyond its starter where asked, stopped by its process id.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { runCommand } from '../../src/machine/command.ts';
import { fate, ownMark } from '../../src/machine/process-mark.mjs';
import { stepOf } from '../../src/setup/mlflow-environment.ts';
import { askMlflow } from '../../src/setup/mlflow-probe.ts';
import { hasMlflow, projectFolder } from '../../src/setup/stamp.mjs';
import { findRunningServer, startMlflowServer } from '../../src/track/mlflow-server.ts';
import { runCommand as run } from '../run/command.ts';

const skip = hasMlflow() ? false : 'the MLflow environment is not installed: `npm run setup -- --mlflow`';
const store = () => mkdtempSync(join(tmpdir(), 'manyheads-mlflow-'));
const log = () => {};

test('startMlflowServer - two callers share one server, which stop ends', { skip }, async () => {
  const storeFolder = store();
  const servers = await Promise.all([
    startMlflowServer({ storeFolder, log }),
    startMlflowServer({ storeFolder, log }),
  ]);
  const [first, second] = servers as [(typeof servers)[0], (typeof servers)[1]];
  try {
    assert.equal(first.pid, second.pid);
    assert.deepEqual([first.started, second.started].sort(), [false, true]);
    assert.deepEqual(await askMlflow(first.uri, 5000, {}), { ok: true });
    assert.ok(existsSync(join(storeFolder, 'mlflow.db')));
  } finally {
    await first.stop();
  }
  assert.equal(fate({ ...ownMark(), pid: first.pid, started: null, time: 0 }), 'gone');
  assert.equal((await askMlflow(first.uri, 2000, {})).ok, false);
  assert.equal(await findRunningServer(storeFolder), undefined);
  await second.stop();
});

test('startMlflowServer - detached, it is found by the next process after its starter has ended', {
  skip,
}, async () => {
  const storeFolder = store();
  const script = join(storeFolder, 'start.mts');
  const module = JSON.stringify(join(projectFolder, 'src', 'track', 'mlflow-server.ts'));
  writeFileSync(
    script,
    `import { startMlflowServer } from ${module};
     const server = await startMlflowServer({ storeFolder: ${JSON.stringify(storeFolder)}, log() {}, detached: true });
     console.log(server.pid);`,
  );
  const { code, stdout, stderr } = await runCommand(process.execPath, ['--import', 'tsx', script], {
    cwd: projectFolder,
  });
  assert.equal(code, 0, stderr);
  const server = await findRunningServer(storeFolder);
  try {
    assert.equal(server?.pid, Number(stdout));
    // Runs elsewhere have no server; the one that there is, is named, and stopped by its address.
    const environment = { MANYHEADS_RUNS: store() };
    const refused = await run(['ui', '--stop'], environment);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, new RegExp(`no MLflow server runs for ${environment.MANYHEADS_RUNS}`));
    assert.ok(refused.stderr.includes(`${server!.uri} for ${dirname(storeFolder)}`), refused.stderr);
    const stopped = await run(['ui', '--stop', server!.uri], environment);
    assert.equal(stopped.stdout, `The MLflow server at ${server!.uri} was stopped.\n`, stopped.stderr);
    assert.equal(await findRunningServer(storeFolder), undefined);
    const again = await run(['ui', '--stop', server!.uri], environment);
    assert.match(again.stderr, /no MLflow server runs at http.* that this project started/);
  } finally {
    await server?.stop();
  }
  assert.equal(fate({ ...ownMark(), pid: Number(stdout), started: null, time: 0 }), 'gone');
});

test('startMlflowServer - a server that ends at once is an error with its log', { skip }, async () => {
  const storeFolder = store();
  writeFileSync(
    join(storeFolder, 'mlflow.db'),
    'this is no database, but long enough to be looked at as one'.repeat(99),
  );
  await assert.rejects(
    startMlflowServer({ storeFolder, log }),
    (error) =>
      error instanceof RunError &&
      error.message.includes('did not start') &&
      error.message.includes('database'),
  );
});

test('findRunningServer - a file left behind by a server that died', async () => {
  const storeFolder = store();
  const record = { uri: 'http://127.0.0.1:9', pid: process.pid, port: 9, start: '1' };
  writeFileSync(join(storeFolder, 'server.json'), JSON.stringify(record));
  assert.equal(await findRunningServer(storeFolder), undefined);
});

test("stepOf - pip's lines in a few words", () => {
  assert.equal(stepOf('Collecting mlflow-skinny==3.17.2 (from mlflow)'), 'collecting mlflow-skinny');
  assert.equal(stepOf('Installing collected packages: a, b, c'), 'installing 3 packages');
  assert.equal(stepOf('  Using cached x'), undefined);
});

test('findRunningServer - not one of another machine, whose address leads to nobody here, nor one whose number was given away', async () => {
  const storeFolder = store();
  const record = { ...ownMark(), uri: 'http://127.0.0.1:1', port: 1 };
  for (const changes of [{ host: 'another-machine' }, { started: '1' }, { pid: 'x' }]) {
    writeFileSync(join(storeFolder, 'server.json'), JSON.stringify({ ...record, ...changes }));
    assert.equal(await findRunningServer(storeFolder), undefined);
  }
});
