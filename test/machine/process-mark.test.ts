import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { fate, isOwn, markOf, nameOf, ownMark, parseMark } from '../../src/machine/process-mark.mjs';

const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;
const day = 24 * 3600 * 1000;

test('fate - a process of this machine: alive, gone, and gone where another one has its number', () => {
  const own = ownMark();
  assert.equal(fate(own), 'alive');
  assert.equal(fate({ ...own, pid: deadPid() }), 'gone');
  assert.ok(own.started !== null && own.boot, 'Linux tells both');
  assert.equal(fate({ ...own, started: '1' }), 'gone');
  // The same number and the same ticks, counted from another start of the system.
  assert.equal(fate({ ...own, boot: '00000000-0000-4000-8000-000000000000' }), 'gone');
});

test('fate - how long a process was silent says nothing of one that can be asked', () => {
  assert.equal(fate({ ...ownMark(), time: 1 }, { lastSign: 1, silenceMs: 1 }), 'alive');
});

test('fate - a process of another machine is elsewhere until it was silent for too long', () => {
  const other = { ...ownMark(), host: 'another-machine', pid: deadPid() };
  assert.equal(fate(other), 'elsewhere');
  assert.equal(fate({ ...other, time: Date.now() - day + 60_000 }), 'elsewhere');
  assert.equal(fate({ ...other, time: Date.now() - day - 60_000 }), 'gone');
  assert.equal(fate({ ...other, time: 0 }, { lastSign: Date.now() - 1000 }), 'elsewhere');
  assert.equal(fate(other, { lastSign: Date.now() - 2000, silenceMs: 1000 }), 'gone');
});

test('fate - without the start of the process, one that began after the mark is another one', () => {
  const early = {
    pid: process.pid,
    host: hostname(),
    started: null,
    time: Date.now() - process.uptime() * 1000 - 60_000,
  };
  assert.equal(fate(early), 'gone');
  assert.equal(fate({ ...early, time: Date.now() }), 'alive');
  assert.equal(fate({ ...early, time: 0 }), 'alive');
});

test('fate - a process that has ended and that nobody waited for is gone', async () => {
  // The shell's child ends at once; the shell becomes a program that never asks how.
  const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const pid = Number(
      await new Promise<string>((done) => shell.stdout.once('data', (text) => done(String(text)))),
    );
    const until = Date.now() + 5000;
    while (fate(markOf(pid)) === 'alive' && Date.now() < until)
      await new Promise((done) => setTimeout(done, 20));
    assert.equal(fate(markOf(pid)), 'gone');
    assert.doesNotThrow(() => process.kill(pid, 0), 'its number is still taken');
  } finally {
    shell.kill('SIGKILL');
  }
});

test('parseMark - what was written is read again, also as version 0.1 wrote it', () => {
  const own = ownMark();
  assert.deepEqual(parseMark(JSON.parse(JSON.stringify({ ...own, id: 'x', status: 'running' }))), own);
  assert.deepEqual(parseMark({ pid: 12, host: 'h', start: '34', id: 'x' }), {
    pid: 12,
    host: 'h',
    started: '34',
    boot: null,
    time: 0,
  });
  assert.deepEqual(parseMark({ pid: 12 }), { pid: 12, host: hostname(), started: null, boot: null, time: 0 });
});

test('parseMark - what is no mark is none', () => {
  for (const value of [
    undefined,
    null,
    12,
    'x',
    [],
    {},
    { pid: '12' },
    { pid: 0 },
    { pid: -1 },
    { pid: 1.5 },
  ])
    assert.equal(parseMark(value), undefined, JSON.stringify(value));
  for (const wrong of [{ host: 5 }, { time: 'x' }, { started: 5 }, { boot: 5 }])
    assert.equal(parseMark({ ...ownMark(), ...wrong }), undefined, JSON.stringify(wrong));
});

test('isOwn, nameOf - this process and no other, in words', () => {
  const own = ownMark();
  assert.equal(isOwn(own), true);
  assert.equal(isOwn({ ...own, time: 0 }), true);
  assert.equal(isOwn({ ...own, host: 'another-machine' }), false);
  assert.equal(isOwn({ ...own, started: '1' }), false);
  assert.equal(nameOf({ ...own, pid: 12, host: 'h' }), 'process 12 on h');
});
