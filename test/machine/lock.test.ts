import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { isAlive, processStart, withLock } from '../../src/machine/lock.mjs';

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

test('isAlive - true for this process, false for a dead one and for another start', () => {
  assert.equal(isAlive(process.pid, processStart(process.pid)), true);
  assert.equal(isAlive(deadPid()), false);
  assert.equal(isAlive(process.pid, '1'), processStart(process.pid) === null);
});

function withResolvers() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
