/** run.json: whose process lives, here and elsewhere, and what is said of one that is damaged. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ownMark } from '../../src/machine/process-mark.mjs';
import { keepAlive, type RunRecord, readRecord, runNow, writeRecord } from '../../src/run/record.ts';

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

const record: RunRecord = {
  runId: '20260101-000000-tiny-abcdef',
  name: 'tiny',
  planHash: 'abcdef0123',
  status: 'running',
  process: ownMark(),
  started: '2026-01-01T00:00:00.000Z',
  ended: null,
  file: 'tiny.yaml',
  overrides: ['seed=1'],
  loss: null,
  error: null,
};

function folderOf(written: unknown): string {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-record-'));
  writeFileSync(join(folder, 'run.json'), typeof written === 'string' ? written : JSON.stringify(written));
  return folder;
}

function touched(folder: string, secondsAgo: number): string {
  const at = new Date(Date.now() - secondsAgo * 1000);
  utimesSync(join(folder, 'run.json'), at, at);
  return folder;
}

const now = (folder: string) => {
  const { status, elsewhere } = runNow(folder, readRecord(folder));
  return [status, elsewhere];
};

test('writeRecord, readRecord - what was written is read, with the whole mark of its process', () => {
  const folder = folderOf('');
  writeRecord(folder, record);
  assert.deepEqual(readRecord(folder), record);
  assert.deepEqual(
    JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')).process,
    ownMarkWithout(record),
  );
});

const ownMarkWithout = ({ process: mark }: RunRecord) => JSON.parse(JSON.stringify(mark));

test('runNow - of this machine: running while its process lives, then interrupted', () => {
  assert.deepEqual(now(folderOf(record)), ['running', null]);
  // However long ago its last sign was: it can be asked.
  assert.deepEqual(now(touched(folderOf(record), 5000)), ['running', null]);
  assert.deepEqual(now(folderOf({ ...record, process: { ...ownMark(), pid: deadPid() } })), [
    'interrupted',
    null,
  ]);
});

test('runNow - another process that has got the number of a dead one is not taken for it', () => {
  assert.deepEqual(now(folderOf({ ...record, process: { ...ownMark(), started: '1' } })), [
    'interrupted',
    null,
  ]);
});

test('runNow - of another machine: running there, until it gave no sign for ten minutes', () => {
  const other = { ...record, process: { ...ownMark(), host: 'another-machine', pid: deadPid() } };
  assert.deepEqual(now(folderOf(other)), ['running', 'another-machine']);
  assert.deepEqual(now(touched(folderOf(other), 590)), ['running', 'another-machine']);
  assert.deepEqual(now(touched(folderOf(other), 610)), ['interrupted', null]);
  assert.deepEqual(now(folderOf({ ...other, status: 'finished' })), ['finished', null]);
});

test('keepAlive - touches run.json while a run is running', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const folder = touched(folderOf(record), 500);
  const age = () => (Date.now() - statSync(join(folder, 'run.json')).mtimeMs) / 1000;
  const stop = keepAlive(folder);
  t.mock.timers.tick(9000);
  assert.ok(age() > 400);
  t.mock.timers.tick(1000);
  assert.ok(age() < 60);
  stop();
  touched(folder, 500);
  t.mock.timers.tick(60_000);
  assert.ok(age() > 400);
});

test('readRecord - of version 0.1, which wrote the number of the process alone', () => {
  const { process: _, ...rest } = record;
  const first = readRecord(folderOf({ ...rest, pid: 12 }));
  assert.deepEqual(first, {
    ...rest,
    process: { pid: 12, host: hostname(), started: null, boot: null, time: Date.parse(record.started) },
  });
  const begun = (ms: number) => ({ ...rest, started: new Date(ms).toISOString() });
  // Begun while this process was there, so it may be this one; and before it, so it is not.
  assert.deepEqual(now(folderOf({ ...begun(Date.now()), pid: process.pid })), ['running', null]);
  const early = Date.now() - process.uptime() * 1000 - 60_000;
  assert.deepEqual(now(folderOf({ ...begun(early), pid: process.pid })), ['interrupted', null]);
  assert.deepEqual(now(folderOf({ ...begun(Date.now()), pid: deadPid() })), ['interrupted', null]);
});

test('readRecord - a damaged file is named, with all that is wrong in it and what to do', () => {
  const { process: _, ...rest } = record;
  const cases: readonly (readonly [unknown, RegExp])[] = [
    ['', /expected JSON: it is empty$/],
    ['{"runId": "2026', /expected JSON: Unterminated string|expected JSON: Unexpected end/],
    ['[]', /expected a map, got \[\]$/],
    ['null', /expected a map, got null$/],
    [{ ...record, process: undefined }, /process: expected the mark of a process with its pid$/],
    [{ ...rest, pid: 'x' }, /process: expected the mark of a process with its pid$/],
    [{ ...record, process: { pid: 5, host: 7 } }, /process: expected the mark of a process with its pid$/],
    [{ ...record, overrides: 'seed=1' }, /overrides: expected a list of texts, got "seed=1"$/],
    [
      { ...record, status: 'paused', started: 'yesterday', planHash: undefined, loss: '1' },
      /planHash: expected text, got none; status: expected running or finished or failed or interrupted, got "paused"; started: expected a time, got "yesterday"; loss: expected a number or null, got "1"$/,
    ],
  ];
  for (const [written, expected] of cases) {
    const folder = folderOf(written);
    const place = `${relative('', join(folder, 'run.json'))} is damaged: `;
    assert.throws(
      () => readRecord(folder),
      (error: Error & { hint?: string }) => {
        assert.equal(error.name, 'RunError');
        assert.ok(error.message.startsWith(place), error.message);
        assert.match(error.message, expected);
        assert.match(error.hint ?? '', /Put it back from a copy/);
        return true;
      },
    );
  }
  const empty = mkdtempSync(join(tmpdir(), 'manyheads-record-'));
  assert.throws(() => readRecord(empty), /run\.json is damaged: there is no such file/);
});
