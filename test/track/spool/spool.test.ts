import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { RunDescription } from '../../../src/track/run.ts';
import type { SpoolEvent } from '../../../src/track/spool/events.ts';
import { readHistory } from '../../../src/track/spool/history.ts';
import { allEvents, readEvents } from '../../../src/track/spool/read.ts';
import { createSpool, spoolFile } from '../../../src/track/spool/spool.ts';
import { createTracker } from '../../../src/track/tracker.ts';

const notify = (message: string): never => assert.fail(message);
const newFolder = (): string => mkdtempSync(path.join(tmpdir(), 'manyheads-spool-'));
const eventsOf = (folder: string): SpoolEvent[] =>
  [...allEvents(spoolFile(folder))].map(({ event }) => event);
const describe = (runId: string): RunDescription => ({
  runId,
  name: 'n',
  experiment: 'e',
  parameters: {},
  tags: {},
});

test('createSpool - writes one event a line at close, in order, non-finite values by name', () => {
  const folder = newFolder();
  const spool = createSpool(folder, { notify });
  spool.begin(describe('r'));
  spool.metrics(0, { loss: 1.5 });
  spool.metrics(1, { loss: Number.NaN, other: Number.NEGATIVE_INFINITY });
  spool.close();
  const lines = readFileSync(spool.file, 'utf8').trimEnd().split('\n');
  const events = lines.map((line) => JSON.parse(line) as SpoolEvent);
  assert.deepEqual(
    events.map(({ type }) => type),
    ['run', 'metrics', 'metrics', 'tags', 'metrics'],
  );
  const [, , bad, tag, count] = events;
  assert.deepEqual(bad?.type === 'metrics' && bad.values, { loss: 'NaN', other: '-Infinity' });
  assert.deepEqual(tag?.type === 'tags' && tag.values, { diverged_at_step: '1' });
  assert.deepEqual(count?.type === 'metrics' && count.values, { nonfinite_count: 2 });
});

test('createSpool - writes at 64 kB without being told to', () => {
  const folder = newFolder();
  let flushed = 0;
  const spool = createSpool(folder, { notify, onFlush: () => flushed++ });
  // a line is at least 60 bytes: 2,000 of them are more than 64 kB
  for (let step = 0; step < 2000; step++) spool.metrics(step, { loss: step });
  assert.ok(flushed >= 1);
  assert.ok(eventsOf(folder).length > 500);
  spool.close();
  assert.equal(eventsOf(folder).length, 2000);
});

test('createSpool - a process that exits without end keeps its last lines', () => {
  const folder = newFolder();
  const code = `
    const { createSpool } = await import(${JSON.stringify(path.resolve('src/track/spool/spool.ts'))});
    createSpool(${JSON.stringify(folder)}, { notify: console.error }).metrics(7, { loss: 2 });
    process.exit(1);`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.equal(child.stderr, '');
  const [event] = eventsOf(folder);
  assert.ok(event?.type === 'metrics' && event.step === 7);
});

test('readEvents - a torn last line is not read, and is passed over once lines follow it', () => {
  const folder = newFolder();
  const first = createSpool(folder, { notify });
  first.metrics(0, { loss: 1 });
  first.close();
  appendFileSync(first.file, '{"type":"metrics","time":5,"st');
  assert.equal(eventsOf(folder).length, 1);
  const second = createSpool(folder, { notify });
  second.metrics(1, { loss: 2 });
  second.close();
  const steps = eventsOf(folder).map((event) => event.type === 'metrics' && event.step);
  assert.deepEqual(steps, [0, 1]);
});

test('readEvents - a line longer than one read is whole, and offsets lead on', () => {
  const file = path.join(newFolder(), 'metrics.jsonl');
  const long = { type: 'tags', time: 1, values: { text: 'ü'.repeat(600_000) } };
  const short = { type: 'tags', time: 2, values: {} };
  writeFileSync(file, `${JSON.stringify(long)}\n${JSON.stringify(short)}\n`);
  const [first] = readEvents(file, 0);
  assert.deepEqual(first?.event, long);
  assert.deepEqual(
    [...allEvents(file)].map(({ event }) => event),
    [long, short],
  );
  assert.deepEqual(readEvents(file, [...allEvents(file)].at(-1)!.end), []);
});

test('createSpool - going on with a run skips every (key, step) that is there, and nothing else', () => {
  const folder = newFolder();
  const first = createSpool(folder, { notify });
  first.begin(describe('r'));
  for (let step = 0; step < 5; step++) first.metrics(step, { loss: step });
  first.image('confusion', 4, 'a.png');
  first.system({ 'system/x': 1 });
  first.close();
  const second = createSpool(folder, { notify });
  second.begin(describe('r'));
  // steps 3 and 4 of loss are known, of accuracy they are not
  for (let step = 3; step < 7; step++) second.metrics(step, { loss: 100 + step, accuracy: step });
  second.image('confusion', 4, 'b.png');
  second.image('confusion', 5, 'c.png');
  second.system({ 'system/x': 2 });
  second.close();
  const { steps, images, attempts, systemStep } = readHistory(second.file);
  assert.deepEqual([...(steps.get('loss') ?? [])], [0, 1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...(steps.get('accuracy') ?? [])], [3, 4, 5, 6]);
  assert.deepEqual([...images], ['confusion 4', 'confusion 5']);
  assert.equal(attempts, 2);
  assert.equal(systemStep, 2);
  const values = eventsOf(folder).flatMap((event) => (event.type === 'metrics' ? [event.values.loss] : []));
  assert.deepEqual(values, [0, 1, 2, 3, 4, undefined, undefined, 105, 106]);
});

test('createSpool - keys that MLflow takes for one keep their own names after going on', () => {
  const folder = newFolder();
  const first = createSpool(folder, { notify });
  first.metrics(0, { 'top@5': 1, top_5: 2 });
  first.close();
  const second = createSpool(folder, { notify });
  second.metrics(1, { top_5: 4, 'top@5': 3 });
  second.close();
  const values = eventsOf(folder).flatMap((event) => (event.type === 'metrics' ? [event.values] : []));
  assert.deepEqual(values, [
    { top_5: 1, top_5_2: 2 },
    { top_5_2: 4, top_5: 3 },
  ]);
});

test('createTracker - a file outside the run is refused, a second tracker of one process too', async () => {
  const runsFolder = newFolder();
  const tracker = createTracker({ runsFolder, notify });
  assert.throws(() => tracker.metrics(0, { a: 1 }), /start must come first/);
  tracker.start(describe('r'));
  assert.throws(() => tracker.artifact('../other/plan.json', 'plan.json'), /must lie under/);
  assert.throws(() => tracker.metrics(0.5, { a: 1 }), /expected an integer/);
  await tracker.end('FINISHED');
  assert.throws(() => tracker.metrics(0, { a: 1 }), /nothing may follow end/);
});

test('createTracker - a run that a living process works on is refused', () => {
  const runsFolder = newFolder();
  const code = `
    const { createTracker } = await import(${JSON.stringify(path.resolve('src/track/tracker.ts'))});
    const tracker = createTracker({ runsFolder: ${JSON.stringify(runsFolder)}, notify: console.error });
    tracker.start(${JSON.stringify(describe('r'))});
    const { spawnSync } = await import('node:child_process');
    const other = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', process.env.OTHER], { encoding: 'utf8' });
    console.log(other.stderr);`;
  const other = `
    const { createTracker } = await import(${JSON.stringify(path.resolve('src/track/tracker.ts'))});
    try { createTracker({ runsFolder: ${JSON.stringify(runsFolder)}, notify: console.error }).start(${JSON.stringify(describe('r'))}); }
    catch (error) { console.error(error.name, error.message); }`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', code];
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, OTHER: other },
  });
  assert.match(child.stdout, /RunError run r is being worked on by process \d+/);
});
