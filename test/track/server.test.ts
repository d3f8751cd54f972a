// The tracker against a real MLflow server: what goes in comes out, once, whatever happens to the server in between.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/runtime/free-port.ts';
import { type MlflowServer, startMlflowServer } from '../../src/runtime/mlflow-server.ts';
import { encodeName } from '../../src/track/encode.ts';
import { parseTarget, type Target } from '../../src/track/mlflow.ts';
import { spoolFile } from '../../src/track/spool.ts';
import { readSentState } from '../../src/track/state.ts';
import { syncRuns } from '../../src/track/sync.ts';
import { createTracker, type RunDescription } from '../../src/track/tracker.ts';
import { openUi } from '../../src/track/ui.ts';
import { artifactOf, artifactsOf, historyOf, viewRun } from './server-view.ts';

const home = mkdtempSync(path.join(tmpdir(), 'manyheads-track-'));
const storeFolder = path.join(home, 'store');
const backoff = { firstMs: 50, longestMs: 500 };
// A busy machine must not make a test fail: the limit is tested in refusal.test.ts.
const endTimeoutMs = 60_000;
const log = () => undefined;
let port: number;
let server: MlflowServer;
let target: Target;

before(async () => {
  port = await freePort();
  server = await startMlflowServer({ storeFolder, port, log });
  target = parseTarget(server.uri, 'test');
});
after(async () => {
  await server.stop();
  rmSync(home, { recursive: true, force: true });
});

let count = 0;
/** A folder for runs of its own, so that `all` means the runs of one test. */
function newRuns(): string {
  return mkdtempSync(path.join(home, `runs-${count++}-`));
}
const describe = (runId: string, more: Partial<RunDescription> = {}): RunDescription => ({
  runId,
  name: runId,
  experiment: 'tests',
  parameters: { 'stages[0].epochs': 2 },
  tags: {},
  ...more,
});
const silent = { run: () => undefined, notify: (message: string): never => assert.fail(message) };
const notify = silent.notify;

test('createTracker - count in is count out: metrics, parameters, tags, tables, pictures, files, data sets', async () => {
  const runsFolder = newRuns();
  const folder = path.join(runsFolder, 'whole');
  const strange = [
    'top@5 (a)',
    'größe/genauigkeit',
    '/a//b/',
    'x[0].y',
    '衣服/loss',
    "it's",
    'a/../b',
    'x'.repeat(300),
  ];
  const keys = [...strange, ...Array.from({ length: 12 }, (_, i) => `section${i % 3}/metric ${i}`)];
  const parameters: RunDescription['parameters'] = Object.fromEntries([
    ...Array.from({ length: 250 }, (_, i) => [`stages[${i}].learningRate`, i / 1000]),
    ['none', null],
    ['truth', false],
    ['empty', ''],
    ['long', 'ä'.repeat(9000)],
    ['odd', 'a\ud800\0b'],
  ]);
  const tags = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`tag ${i}`, `value ${i}`]));
  const tracker = createTracker({ runsFolder, target, notify, backoff, endTimeoutMs });
  tracker.start(describe('whole', { parameters, tags, note: '# Title' }));
  // 250 steps of 20 keys: 5,000 points, of which 2 are not finite
  const numberAt = (step: number, index: number) =>
    step === 7 && index === 0
      ? Number.NaN
      : step === 249 && index === 1
        ? Number.POSITIVE_INFINITY
        : Math.sin(step) * 10 ** (index - 10);
  for (let step = 0; step < 250; step++) {
    tracker.metrics(step, Object.fromEntries(keys.map((key, index) => [key, numberAt(step, index)])));
    if (step % 50 === 0) await sleep(1);
  }
  mkdirSync(path.join(folder, 'plots'), { recursive: true });
  const png = readFileSync(new URL('fixtures/dot.png', import.meta.url));
  for (const step of [0, 5]) {
    writeFileSync(path.join(folder, 'plots', `confusion-${step}.png`), png);
    tracker.image('confusion/gender', step, `plots/confusion-${step}.png`);
  }
  const bytes = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251));
  writeFileSync(path.join(folder, 'weights.bin'), bytes);
  writeFileSync(path.join(folder, 'empty.txt'), '');
  tracker.artifact('weights.bin', 'model/weights #1.bin');
  tracker.artifact(path.join(folder, 'empty.txt'), 'empty.txt');
  tracker.table(
    'summary',
    ['head', 'accuracy'],
    [
      ['gender', 0.5],
      ['age', null],
    ],
  );
  tracker.table(
    'summary',
    ['head', 'accuracy'],
    [
      ['gender', 0.75],
      ['age', null],
    ],
  );
  tracker.table('heads/age', ['class', 'count'], [['15-25', 3]]);
  const dataset = { name: 'clothing', digest: 'ab'.repeat(32), source: 'a.csv', profile: { rows: 3 } };
  tracker.dataset({ ...dataset, context: 'training' });
  tracker.dataset({ ...dataset, digest: 'cd', context: 'validation', schema: { columns: [] } });
  tracker.system({ 'system/cpu_utilization_percentage': 5 });
  tracker.system({ 'system/cpu_utilization_percentage': 6 });
  await tracker.end('FINISHED');

  const view = await viewRun(server.uri, 'whole');
  assert.equal(view.info.status, 'FINISHED');
  assert.equal(view.info.run_name, 'whole');
  for (const [index, key] of keys.entries()) {
    const points = await historyOf(server.uri, view, encodeName(key));
    const expected = Array.from({ length: 250 }, (_, step) => [step, numberAt(step, index)] as const);
    const sent = expected.filter(([, value]) => Number.isFinite(value));
    assert.deepEqual(
      points.map(({ step, value }) => [step, value]),
      sent,
      key,
    );
    assert.ok(points.every(({ timestamp }) => timestamp > 1.7e12));
  }
  // 20 keys, the count of non-finite values, one of the system
  assert.equal(Object.keys(view.metrics).length, 22);
  assert.equal(view.metrics.nonfinite_count, 2);
  assert.equal(view.tags.diverged_at_step, '7');
  assert.equal((await historyOf(server.uri, view, 'system/cpu_utilization_percentage')).length, 2);
  assert.equal(Object.keys(view.params).length, 255);
  assert.equal(view.params['stages.249.learningRate'], '0.249');
  assert.deepEqual([view.params.none, view.params.truth, view.params.empty], ['null', 'false', '']);
  assert.equal(view.params.odd, 'a\ufffd\ufffdb');
  assert.ok(view.params.long?.endsWith('ä … (cut: 9000 characters)'));
  assert.equal(Object.keys(view.tags).filter((key) => key.startsWith('tag ')).length, 130);
  assert.equal(view.tags['mlflow.note.content'], '# Title');
  assert.equal(view.tags['mlflow.loggedImages'], 'True');
  assert.deepEqual(JSON.parse(view.tags['mlflow.loggedArtifacts'] ?? ''), [
    { path: 'summary.json', type: 'table' },
    { path: 'heads/age.json', type: 'table' },
  ]);
  const table = JSON.parse((await artifactOf(server.uri, view, 'summary.json')).toString());
  assert.deepEqual(table, {
    columns: ['head', 'accuracy'],
    data: [
      ['gender', 0.75],
      ['age', null],
    ],
  });
  const images = await artifactsOf(server.uri, view, 'images');
  assert.equal(images.length, 4);
  assert.match(
    images[0]!,
    /^images\/confusion~gender\+step\+0\+timestamp\+\d{13}\+[0-9a-f-]{36}(\+compressed\.webp|\.png)$/,
  );
  assert.deepEqual(await artifactOf(server.uri, view, 'plots/confusion/gender.png'), png);
  assert.deepEqual(await artifactOf(server.uri, view, 'model/weights _1.bin'), bytes);
  assert.equal((await artifactOf(server.uri, view, 'empty.txt')).length, 0);
  assert.deepEqual(
    view.datasets
      .map(({ dataset: { name, digest }, tags: inputTags }) => [name, digest, inputTags[0]?.value])
      .sort(),
    [
      ['clothing', 'ab'.repeat(18), 'training'],
      ['clothing', 'cd', 'validation'],
    ],
  );
  assert.ok(!existsSync(path.join(folder, 'rejected.jsonl')));
});

test('createTracker - a server killed in the middle and started again has every point, once', async () => {
  const runsFolder = newRuns();
  const messages: string[] = [];
  const tracker = createTracker({
    runsFolder,
    target,
    notify: (m) => messages.push(m),
    backoff,
    endTimeoutMs,
  });
  tracker.start(describe('killed'));
  let longestMs = 0;
  let step = 0;
  const log10 = () => {
    const begun = performance.now();
    for (let i = 0; i < 10; i++, step++)
      tracker.metrics(step, { loss: step, accuracy: -step, 'x/y': step / 3 });
    longestMs = Math.max(longestMs, performance.now() - begun);
  };
  const acked = () => readSentState(path.join(runsFolder, 'killed'), target.key)?.ackedOffset ?? 0;
  while (acked() < 3000) {
    log10();
    await sleep(5);
  }
  process.kill(-server.pid, 'SIGKILL');
  while (!messages.some((message) => message.includes('does not answer'))) {
    log10();
    await sleep(5);
  }
  server = await startMlflowServer({ storeFolder, port, log });
  log10();
  await tracker.end('FINISHED');
  assert.equal(messages.length, 2, messages.join('\n'));
  assert.match(messages[1]!, /answers again/);
  const view = await viewRun(server.uri, 'killed');
  assert.equal(view.info.status, 'FINISHED');
  for (const key of ['loss', 'accuracy', 'x/y']) {
    const points = await historyOf(server.uri, view, key);
    assert.deepEqual(
      points.map((point) => point.step),
      Array.from({ length: step }, (_, i) => i),
      key,
    );
  }
  assert.ok(longestMs < 200, `ten calls took ${longestMs} ms`);
});

test('syncRuns - runs kept without a server are sent, and sending twice or at once doubles nothing', async () => {
  const runsFolder = newRuns();
  for (const runId of ['kept-1', 'kept-2']) {
    const tracker = createTracker({ runsFolder, notify });
    tracker.start(describe(runId, { parameters: { a: 1, b: 'x' } }));
    for (let step = 0; step < 1500; step++) tracker.metrics(step, { loss: 1 / (step + 1) });
    tracker.table('t', ['a'], [[1]]);
    await tracker.end(runId === 'kept-1' ? 'FINISHED' : 'FAILED');
  }
  // The first of the two takes the lock of a run, the other one leaves it alone.
  const both = await Promise.all([
    syncRuns(runsFolder, 'all', target, silent),
    syncRuns(runsFolder, 'all', target, silent),
  ]);
  const outcomes = both.flat().map(({ runId, outcome }) => `${runId} ${outcome}`);
  assert.ok(outcomes.includes('kept-1 sent') && outcomes.includes('kept-1 busy'), outcomes.join());
  const again = await syncRuns(runsFolder, 'all', target, silent);
  assert.deepEqual(
    again.map(({ outcome, left }) => [outcome, left]),
    [
      ['sent', 0],
      ['sent', 0],
    ],
  );
  for (const [runId, status] of [
    ['kept-1', 'FINISHED'],
    ['kept-2', 'FAILED'],
  ] as const) {
    const view = await viewRun(server.uri, runId);
    assert.equal(view.info.status, status);
    assert.equal((await historyOf(server.uri, view, 'loss')).length, 1500);
    assert.deepEqual(view.params, { a: '1', b: 'x' });
    const events = readFileSync(spoolFile(path.join(runsFolder, runId)), 'utf8')
      .trimEnd()
      .split('\n');
    const times = [events[0], events.at(-1)].map((line) => (JSON.parse(line ?? '') as { time: number }).time);
    assert.deepEqual([view.info.start_time, view.info.end_time], times);
  }
});

test('syncRuns - a second full sending, as after a lost state file, doubles nothing', async () => {
  const runsFolder = newRuns();
  const tracker = createTracker({ runsFolder, target, notify, backoff, endTimeoutMs });
  const folder = path.join(runsFolder, 'replayed');
  tracker.start(describe('replayed'));
  tracker.metrics(0, { loss: 1 });
  tracker.dataset({ name: 'd', digest: 'x', source: 's', context: 'training', profile: {} });
  writeFileSync(path.join(folder, 'a.png'), readFileSync(new URL('fixtures/dot.png', import.meta.url)));
  tracker.image('a', 0, 'a.png');
  await tracker.end('FINISHED');
  const before = await viewRun(server.uri, 'replayed');
  for (const name of spawnSync('ls', [folder], { encoding: 'utf8' }).stdout.split('\n')) {
    if (/^mlflow-.*\.json$/.test(name)) rmSync(path.join(folder, name));
  }
  const [result] = await syncRuns(runsFolder, ['replayed'], target, silent);
  assert.deepEqual([result?.outcome, result?.left], ['sent', 0]);
  const view = await viewRun(server.uri, 'replayed');
  assert.deepEqual(view, before);
  assert.equal((await historyOf(server.uri, view, 'loss')).length, 1);
  assert.equal((await artifactsOf(server.uri, view, 'images')).length, 2);
});

test('createTracker - a resumed run is the same run: no step twice, changed parameters beside the old ones', async () => {
  const runsFolder = newRuns();
  const options = { runsFolder, target, notify, backoff, endTimeoutMs };
  const first = createTracker(options);
  first.start(describe('resumed', { parameters: { 'stages[0].epochs': 2, same: 1 } }));
  for (let step = 0; step < 20; step++) first.metrics(step, { loss: step });
  await first.end('KILLED');
  const killed = await viewRun(server.uri, 'resumed');
  assert.equal(killed.info.status, 'KILLED');
  const second = createTracker(options);
  second.start(describe('resumed', { parameters: { 'stages[0].epochs': 3, same: 1 } }));
  for (let step = 12; step < 30; step++) second.metrics(step, { loss: step });
  await second.end('FINISHED');
  const view = await viewRun(server.uri, 'resumed');
  assert.equal(view.info.run_id, killed.info.run_id);
  assert.equal(view.info.status, 'FINISHED');
  assert.equal(view.tags.attempt, '2');
  assert.deepEqual(view.params, { 'stages.0.epochs': '2', same: '1', 'resume1.stages.0.epochs': '3' });
  const points = await historyOf(server.uri, view, 'loss');
  assert.deepEqual(
    points.map(({ step, value }) => [step, value]),
    Array.from({ length: 30 }, (_, i) => [i, i]),
  );
});

test('syncRuns - a run whose process died is KILLED at the time of its last event', async () => {
  const runsFolder = newRuns();
  const code = `
    const { createTracker } = await import(${JSON.stringify(path.resolve('src/track/tracker.ts'))});
    const tracker = createTracker({ runsFolder: ${JSON.stringify(runsFolder)}, notify: console.error });
    tracker.start(${JSON.stringify(describe('died'))});
    tracker.metrics(0, { loss: 3 });
    await new Promise((done) => setTimeout(done, 1500));
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code]);
  assert.equal(child.signal, 'SIGKILL', child.stderr.toString());
  const [result] = await syncRuns(runsFolder, 'all', target, silent);
  assert.equal(result?.outcome, 'sent');
  const view = await viewRun(server.uri, 'died');
  assert.equal(view.info.status, 'KILLED');
  const [point] = await historyOf(server.uri, view, 'loss');
  assert.equal(view.info.end_time, point?.timestamp);
});

test('createTracker - what the server refuses is set aside with the reason, everything else arrives', async () => {
  const runsFolder = newRuns();
  const messages: string[] = [];
  const tracker = createTracker({
    runsFolder,
    target,
    notify: (m) => messages.push(m),
    backoff,
    endTimeoutMs,
  });
  const folder = path.join(runsFolder, 'refused');
  tracker.start(describe('refused'));
  writeFileSync(path.join(folder, 'gone.txt'), 'x');
  tracker.artifact('gone.txt', 'gone.txt');
  rmSync(path.join(folder, 'gone.txt'));
  // Roman numerals are numbers to MLflow as to us; a character for private use becomes an underscore.
  tracker.metrics(0, { 'Ⅷ ⅷ': 1, '\ue000': 2, loss: 3 });
  await tracker.end('FINISHED');
  const view = await viewRun(server.uri, 'refused');
  assert.deepEqual(view.metrics, { 'Ⅷ ⅷ': 1, _: 2, loss: 3 });
  assert.equal(messages.length, 1);
  assert.match(messages[0]!, /MLflow does not take \{"artifactPath":"gone\.txt"\} \(cannot read/);
  assert.match(
    readFileSync(path.join(folder, 'rejected.jsonl'), 'utf8'),
    /"what":\{"artifactPath":"gone\.txt"\}/,
  );
});

test('createTracker - a run that was deleted on the server is left alone, with a word', async () => {
  const runsFolder = newRuns();
  const messages: string[] = [];
  const tracker = createTracker({ runsFolder, target, notify, backoff, endTimeoutMs });
  tracker.start(describe('deleted'));
  await tracker.end('FINISHED');
  const view = await viewRun(server.uri, 'deleted');
  const response = await fetch(`${server.uri}/api/2.0/mlflow/runs/delete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ run_id: view.info.run_id }),
  });
  assert.ok(response.ok);
  const again = createTracker({ runsFolder, target, notify: (m) => messages.push(m), backoff, endTimeoutMs });
  again.start(describe('deleted'));
  again.metrics(0, { loss: 1 });
  await again.end('FINISHED');
  assert.match(messages[0]!, /the run was deleted at http:.*restore it there/);
  assert.match(messages[1]!, /^3 events are not at/);
});

test('openUi - sends the runs to the embedded store and names the page of the run', async () => {
  const runsFolder = newRuns();
  const tracker = createTracker({ runsFolder, notify });
  tracker.start(describe('seen'));
  await tracker.end('FINISHED');
  const opened = await openUi({ runsFolder, storeFolder, runId: 'seen', log, sync: silent });
  const { info } = await viewRun(server.uri, 'seen');
  assert.equal(opened.server?.started, false);
  assert.equal(
    opened.page,
    `${server.uri}/#/experiments/${info.experiment_id}/runs/${info.run_id}?workflowType=machine_learning`,
  );
});
