import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { lockOwner, tryLock, withLock } from '../../src/machine/lock.mjs';
import { ownMark } from '../../src/machine/process-mark.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'manyheads-lock-'));
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

test('withLock - returns the result, and removes the file even where the action throws', async () => {
  const path = join(folder(), 'a', 'b.lock');
  assert.equal(await withLock(path, () => (existsSync(path) ? 'held' : 'free')), 'held');
  await assert.rejects(
    withLock(path, () => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(existsSync(path), false);
});

test('withLock - takes over the lock of a process that died, and of one whose number was given away', async () => {
  const path = join(folder(), 'lock');
  const owners = [
    { pid: deadPid(), host: hostname(), start: null },
    { pid: process.pid, host: hostname(), start: '1' },
  ];
  for (const owner of owners) {
    writeFileSync(path, JSON.stringify(owner));
    const waited: string[] = [];
    assert.equal(
      await withLock(
        path,
        () => 1,
        (text) => waited.push(text),
      ),
      1,
    );
    assert.deepEqual(waited, []);
  }
});

test('withLock - waits for an owner that lives, and says for whom', async () => {
  const path = join(folder(), 'lock');
  const order: string[] = [];
  const release = withResolvers();
  const first = withLock(path, async () => {
    await release.promise;
    order.push('first');
  });
  const waiting = withLock(
    path,
    () => order.push('second'),
    (owner) => {
      order.push(owner);
      release.resolve();
    },
  );
  await Promise.all([first, waiting]);
  assert.deepEqual(order, [`process ${process.pid} on ${hostname()}`, 'first', 'second']);
});

test('withLock - several processes that find the same dead owner never run at once', async () => {
  const at = folder();
  const path = join(at, 'lock');
  const counter = join(at, 'counter');
  writeFileSync(counter, '0');
  writeFileSync(path, JSON.stringify({ pid: deadPid(), host: hostname(), start: null }));
  const module = new URL('../../src/machine/lock.mjs', import.meta.url).href;
  // Reads, yields, writes: without the lock increments would be lost.
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { setImmediate as yieldNow } from 'node:timers/promises';
    import { withLock } from '${module}';
    for (let turn = 0; turn < 10; turn += 1) await withLock('${path}', async () => {
      const value = Number(readFileSync('${counter}', 'utf8'));
      await yieldNow();
      writeFileSync('${counter}', String(value + 1));
    });`;
  const ended = [1, 2, 3].map(() => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' });
    return new Promise((done) => child.on('close', done));
  });
  assert.deepEqual(await Promise.all(ended), [0, 0, 0]);
  // 3 processes, 10 turns each
  assert.equal(readFileSync(counter, 'utf8'), '30');
});

test('tryLock - the file holds the mark of its owner, as any other reader of marks knows it', () => {
  const path = join(folder(), 'lock');
  const lock = tryLock(path);
  assert.ok('release' in lock);
  const { time, ...mark } = ownMark();
  const { id, time: taken, ...written } = JSON.parse(readFileSync(path, 'utf8'));
  assert.deepEqual(written, mark);
  assert.equal(id, lock.id);
  assert.ok(Math.abs(time - taken) < 10_000);
  assert.equal(lockOwner(path), `process ${process.pid} on ${hostname()}`);
  // Neither by another call nor by one in the same process.
  assert.deepEqual(tryLock(path), { owner: `process ${process.pid} on ${hostname()}` });
  lock.release();
  assert.equal(lockOwner(path), undefined);
  assert.deepEqual(readdirSync(dirname(path)), []);
});

test('tryLock - an owner on another machine keeps it as long as it touches it, and two minutes more', () => {
  const path = join(folder(), 'lock');
  const elsewhere = { ...ownMark(), host: 'another-machine', pid: deadPid() };
  writeFileSync(path, JSON.stringify(elsewhere));
  assert.equal(lockOwner(path), `process ${elsewhere.pid} on another-machine`);
  const silentFor = (seconds: number) => {
    const at = new Date(Date.now() - seconds * 1000);
    utimesSync(path, at, at);
  };
  silentFor(110);
  assert.ok('owner' in tryLock(path));
  silentFor(130);
  assert.equal(lockOwner(path), undefined);
  const lock = tryLock(path);
  assert.ok('release' in lock);
  lock.release();
});

test('tryLock - goes on with the lock of the process that started this one, by its id', () => {
  const path = join(folder(), 'lock');
  const owner = tryLock(path);
  assert.ok('release' in owner);
  assert.ok('owner' in tryLock(path, 'another id'));
  const heir = tryLock(path, owner.id);
  assert.ok('release' in heir);
  assert.deepEqual([owner.isHeld(), heir.isHeld()], [false, true]);
  owner.release();
  assert.equal(heir.isHeld(), true);
  heir.release();
  assert.equal(existsSync(path), false);
});

test('tryLock - a file without a readable owner is somebody else for ten seconds, then left behind', () => {
  for (const text of ['', '{"pid"', '{}', '{"pid": "12", "host": "x"}', 'null']) {
    const path = join(folder(), 'lock');
    writeFileSync(path, text);
    assert.deepEqual(tryLock(path), { owner: 'another process' }, text);
    const past = new Date(Date.now() - 11_000);
    utimesSync(path, past, past);
    assert.ok('release' in tryLock(path), text);
  }
});

test('tryLock - locks of version 0.1, which named the start otherwise, are read', () => {
  const path = join(folder(), 'lock');
  writeFileSync(
    path,
    JSON.stringify({ pid: process.pid, host: hostname(), start: ownMark().started, id: 'x' }),
  );
  assert.ok('owner' in tryLock(path));
  writeFileSync(path, JSON.stringify({ pid: process.pid, host: hostname(), start: '1', id: 'x' }));
  assert.ok('release' in tryLock(path));
});

test('tryLock - a place where nothing can be made is an error at once, and no wait', () => {
  const path = join(folder(), 'lock');
  mkdirSync(path);
  assert.throws(() => tryLock(path), { code: 'EISDIR' });
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  assert.throws(() => tryLock(join(file, 'lock')), { code: 'EEXIST' });
  const dangling = join(folder(), 'lock');
  symlinkSync('nowhere', dangling);
  assert.throws(() => tryLock(dangling), /lock can be neither made nor read/);
});

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
