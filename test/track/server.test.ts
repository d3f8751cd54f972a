// The tracker against a real MLflow server: what goes in comes out, once, whatever happens to the server in between.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunDescription } from '../../src/track/run.ts';
import { encodeName } from '../../src/track/spool/encode.ts';
import { readSentState } from '../../src/track/spool/state.ts';
import { createTracker } from '../../src/track/tracker.ts';
import { artifactOf, artifactsOf, historyOf, viewRun } from './server-view.ts';
import { describeRun, patient, silent, useServer } from './test-server.ts';

const { notify } = silent;
const server = useServer();

test('createTracker - count in is count out: metrics, parameters, tags, tables, pictures, files, data sets', async () => {
  const runsFolder = server.newRuns();
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
  const tracker = createTracker({ runsFolder, target: server.target, notify, ...patient });
  tracker.start(describeRun('whole', { parameters, tags, note: '# Title' }));
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
  const runsFolder = server.newRuns();
  const messages: string[] = [];
  const tracker = createTracker({
    runsFolder,
    target: server.target,
    notify: (m) => messages.push(m),
    ...patient,
  });
  tracker.start(describeRun('killed'));
  let longestMs = 0;
  let step = 0;
  const log10 = () => {
    const begun = performance.now();
    for (let i = 0; i < 10; i++, step++)
      tracker.metrics(step, { loss: step, accuracy: -step, 'x/y': step / 3 });
    longestMs = Math.max(longestMs, performance.now() - begun);
  };
  const acked = () => readSentState(path.join(runsFolder, 'killed'), server.target.key)?.ackedOffset ?? 0;
  while (acked() < 3000) {
    log10();
    await sleep(5);
  }
  server.kill();
  while (!messages.some((message) => message.includes('does not answer'))) {
    log10();
    await sleep(5);
  }
  await server.restart();
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
