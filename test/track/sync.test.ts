// Sending later, again, after a crash and to a server that refuses, against a real MLflow server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { spoolFile } from '../../src/track/spool/spool.ts';
import { syncRuns } from '../../src/track/sync.ts';
import { createTracker } from '../../src/track/tracker.ts';
import { openUi } from '../../src/track/ui.ts';
import { artifactsOf, historyOf, viewRun } from './server-view.ts';
import { describeRun, patient, silent, useServer } from './test-server.ts';

const { notify } = silent;
const server = useServer();

test('syncRuns - runs kept without a server are sent, and sending twice or at once doubles nothing', async () => {
  const runsFolder = server.newRuns();
  for (const runId of ['kept-1', 'kept-2']) {
    const tracker = createTracker({ runsFolder, notify });
    tracker.start(describeRun(runId, { parameters: { a: 1, b: 'x' } }));
    for (let step = 0; step < 1500; step++) tracker.metrics(step, { loss: 1 / (step + 1) });
    tracker.table('t', ['a'], [[1]]);
    await tracker.end(runId === 'kept-1' ? 'FINISHED' : 'FAILED');
  }
  // The first of the two takes the lock of a run, the other one leaves it alone.
  const both = await Promise.all([
    syncRuns(runsFolder, 'all', server.target, silent),
    syncRuns(runsFolder, 'all', server.target, silent),
  ]);
  const outcomes = both.flat().map(({ runId, outcome }) => `${runId} ${outcome}`);
  assert.ok(outcomes.includes('kept-1 sent') && outcomes.includes('kept-1 busy'), outcomes.join());
  const again = await syncRuns(runsFolder, 'all', server.target, silent);
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
  const runsFolder = server.newRuns();
  const tracker = createTracker({ runsFolder, target: server.target, notify, ...patient });
  const folder = path.join(runsFolder, 'replayed');
  tracker.start(describeRun('replayed'));
  tracker.metrics(0, { loss: 1 });
  tracker.dataset({ name: 'd', digest: 'x', source: 's', context: 'training', profile: {} });
  writeFileSync(path.join(folder, 'a.png'), readFileSync(new URL('fixtures/dot.png', import.meta.url)));
  tracker.image('a', 0, 'a.png');
  await tracker.end('FINISHED');
  const before = await viewRun(server.uri, 'replayed');
  for (const name of spawnSync('ls', [folder], { encoding: 'utf8' }).stdout.split('\n')) {
    if (/^mlflow-.*\.json$/.test(name)) rmSync(path.join(folder, name));
  }
  const [result] = await syncRuns(runsFolder, ['replayed'], server.target, silent);
  assert.deepEqual([result?.outcome, result?.left], ['sent', 0]);
  const view = await viewRun(server.uri, 'replayed');
  assert.deepEqual(view, before);
  assert.equal((await historyOf(server.uri, view, 'loss')).length, 1);
  assert.equal((await artifactsOf(server.uri, view, 'images')).length, 2);
});

test('createTracker - a resumed run is the same run: no step twice, changed parameters beside the old ones', async () => {
  const runsFolder = server.newRuns();
  const options = { runsFolder, target: server.target, notify, ...patient };
  const first = createTracker(options);
  first.start(describeRun('resumed', { parameters: { 'stages[0].epochs': 2, same: 1 } }));
  for (let step = 0; step < 20; step++) first.metrics(step, { loss: step });
  await first.end('KILLED');
  const killed = await viewRun(server.uri, 'resumed');
  assert.equal(killed.info.status, 'KILLED');
  const second = createTracker(options);
  second.start(describeRun('resumed', { parameters: { 'stages[0].epochs': 3, same: 1 } }));
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
  const runsFolder = server.newRuns();
  const code = `
    const { createTracker } = await import(${JSON.stringify(path.resolve('src/track/tracker.ts'))});
    const tracker = createTracker({ runsFolder: ${JSON.stringify(runsFolder)}, notify: console.error });
    tracker.start(${JSON.stringify(describeRun('died'))});
    tracker.metrics(0, { loss: 3 });
    await new Promise((done) => setTimeout(done, 1500));
    process.kill(process.pid, 'SIGKILL');`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', code]);
  assert.equal(child.signal, 'SIGKILL', child.stderr.toString());
  const [result] = await syncRuns(runsFolder, 'all', server.target, silent);
  assert.equal(result?.outcome, 'sent');
  const view = await viewRun(server.uri, 'died');
  assert.equal(view.info.status, 'KILLED');
  const [point] = await historyOf(server.uri, view, 'loss');
  assert.equal(view.info.end_time, point?.timestamp);
});

test('createTracker - what the server refuses is set aside with the reason, everything else arrives', async () => {
  const runsFolder = server.newRuns();
  const messages: string[] = [];
  const tracker = createTracker({
    runsFolder,
    target: server.target,
    notify: (m) => messages.push(m),
    ...patient,
  });
  const folder = path.join(runsFolder, 'refused');
  tracker.start(describeRun('refused'));
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
  const runsFolder = server.newRuns();
  const messages: string[] = [];
  const tracker = createTracker({ runsFolder, target: server.target, notify, ...patient });
  tracker.start(describeRun('deleted'));
  await tracker.end('FINISHED');
  const view = await viewRun(server.uri, 'deleted');
  const response = await fetch(`${server.uri}/api/2.0/mlflow/runs/delete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ run_id: view.info.run_id }),
  });
  assert.ok(response.ok);
  const again = createTracker({
    runsFolder,
    target: server.target,
    notify: (m) => messages.push(m),
    ...patient,
  });
  again.start(describeRun('deleted'));
  again.metrics(0, { loss: 1 });
  await again.end('FINISHED');
  assert.match(messages[0]!, /the run was deleted at http:.*restore it there/);
  assert.match(messages[1]!, /^3 events are not at/);
});

test('openUi - sends the runs to the embedded store and names the page of the run', async () => {
  const runsFolder = server.newRuns();
  const tracker = createTracker({ runsFolder, notify });
  tracker.start(describeRun('seen'));
  await tracker.end('FINISHED');
  const opened = await openUi({
    runsFolder,
    storeFolder: server.storeFolder,
    runId: 'seen',
    log: () => undefined,
    sync: (action) => action(silent),
  });
  const { info } = await viewRun(server.uri, 'seen');
  assert.equal(opened.server?.started, false);
  assert.equal(
    opened.page,
    `${server.uri}/#/experiments/${info.experiment_id}/runs/${info.run_id}?workflowType=machine_learning`,
  );
});

test('syncRuns - a damaged state.json is named, and its run and all others are sent', async () => {
  const runsFolder = server.newRuns();
  for (const runId of ['torn', 'whole']) {
    const tracker = createTracker({ runsFolder, notify });
    tracker.start(describeRun(runId));
    tracker.metrics(0, { loss: 1 });
    await tracker.end('FINISHED');
  }
  writeFileSync(path.join(runsFolder, 'torn', 'state.json'), '{"pid": 1');
  const told: string[] = [];
  const results = await syncRuns(runsFolder, 'all', server.target, {
    ...silent,
    notify: (message) => told.push(message),
  });
  assert.deepEqual(
    results.map(({ outcome, left }) => [outcome, left]),
    [
      ['sent', 0],
      ['sent', 0],
    ],
  );
  assert.equal(told.length, 1);
  assert.match(
    told[0]!,
    /torn\/state\.json is damaged: expected JSON.*whether run torn is still running is not known$/,
  );
});
