import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { createGate } from '../../src/predict/gate.ts';

/** Tasks that note when they begin and end, and end when they are told to. */
function tasks() {
  const events: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    events,
    task: (name: string) => async () => {
      events.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      events.push(`${name} ends`);
      return name;
    },
    async end(name: string): Promise<void> {
      ends.get(name)!();
      await nextTurn();
    },
  };
}

test('createGate - so many at once, in their order', async () => {
  const gate = createGate(2);
  const { events, task, end } = tasks();
  const all = Promise.all(['a', 'b', 'c', 'd'].map((name) => gate.shared(task(name))));
  await nextTurn();
  assert.deepEqual(events, ['a begins', 'b begins']);
  await end('b');
  assert.deepEqual(events.slice(2), ['b ends', 'c begins']);
  await end('a');
  await end('c');
  await end('d');
  assert.deepEqual(await all, ['a', 'b', 'c', 'd']);
});

test('createGate - one that is alone waits for all, and all wait for it', async () => {
  const gate = createGate(3);
  const { events, task, end } = tasks();
  const all = [gate.shared(task('a')), gate.shared(task('b')), gate.alone(task('X')), gate.shared(task('c'))];
  await nextTurn();
  assert.deepEqual(events, ['a begins', 'b begins']);
  await end('a');
  await end('b');
  assert.deepEqual(events.slice(4), ['X begins']);
  await end('X');
  assert.deepEqual(events.slice(5), ['X ends', 'c begins']);
  await end('c');
  assert.deepEqual(await Promise.all(all), ['a', 'b', 'X', 'c']);
});

test('createGate - a task that fails leaves its place', async () => {
  const gate = createGate(1);
  const fail = async (): Promise<never> => {
    throw new Error('no');
  };
  await assert.rejects(gate.shared(fail), /no/);
  await assert.rejects(gate.alone(fail), /no/);
  assert.equal(await gate.shared(async () => 1), 1);
});
