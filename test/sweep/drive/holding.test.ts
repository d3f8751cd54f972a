// Who trains a prefix and who waits for it, by hand.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createHolding } from '../../../src/sweep/drive/holding.ts';
import type { TrialProgress } from '../../../src/sweep/drive/progress.ts';
import { publishedPrefixes } from '../../../src/sweep/ledger/prefixes.ts';

type Held = Pick<TrialProgress, 'trial' | 'status' | 'until' | 'reached'>;

/** @param shared keys of the prefixes, of two epochs for each stage */
function trial(label: string, ...shared: string[]): Held {
  const prefixes = shared.map((key, i) => ({ key, stages: i + 1, epochs: 2 * (i + 1) }));
  return {
    trial: { label, prefixes } as unknown as Held['trial'],
    status: 'waiting',
    until: null,
    reached: 0,
  };
}

const labels = (trials: readonly Held[]): string[] => trials.map(({ trial: { label } }) => label);

/** Two groups, of which the first has a group in it, and one trial by itself. */
function sweep(): { all: Held[]; by: Record<string, Held>; folder: string; publish: (key: string) => void } {
  const all = [
    trial('a1', 's', 'sa'),
    trial('a2', 's', 'sa'),
    trial('b', 's'),
    trial('c1', 't'),
    trial('c2', 't'),
    trial('alone'),
  ];
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-sweep-'));
  return {
    all,
    by: Object.fromEntries(all.map((one) => [one.trial.label, one])),
    folder,
    publish: (key) => void mkdirSync(join(folder, 'prefixes', `${key}-0123`), { recursive: true }),
  };
}

test('createHolding - one trial of each group begins, the others once its stages are there', () => {
  const { all, by, folder, publish } = sweep();
  const holding = createHolding(folder, all);
  const ready = (): Held[] => all.filter(({ status }) => status === 'waiting');
  assert.deepEqual(labels(holding.look().firstFree(ready(), 9)), ['a1', 'c1', 'alone']);
  assert.deepEqual(labels(holding.look().firstFree(ready(), 2)), ['a1', 'c1']);
  for (const label of ['a1', 'c1', 'alone']) by[label]!.status = 'submitted';
  assert.deepEqual(labels(holding.look().firstFree(ready(), 9)), []);
  publish('s');
  // The next stage of the one that goes on is shared too.
  assert.deepEqual(labels(holding.look().firstFree(ready(), 9)), ['b']);
  publish('sa');
  assert.deepEqual(labels(holding.look().firstFree(ready(), 9)), ['a2', 'b']);
});

test('createHolding - where the one that trains ends without leaving it, another takes over', () => {
  for (const status of ['failed', 'waiting', 'paused'] as const) {
    const { all, by, folder } = sweep();
    const holding = createHolding(folder, all);
    by.a1!.status = 'elsewhere';
    assert.deepEqual(labels(holding.look().firstFree([by.a2!, by.b!], 9)), []);
    by.a1!.status = status;
    assert.deepEqual(labels(holding.look().firstFree([by.a2!, by.b!], 9)), ['a2']);
  }
});

test('createHolding - who stops at a rung within a stage neither waits for it nor lets others wait', () => {
  const { all, by, folder } = sweep();
  const holding = createHolding(folder, all);
  for (const one of all) one.until = 1;
  by.a1!.status = 'submitted';
  assert.deepEqual(labels(holding.look().firstFree([by.a2!, by.b!], 9)), ['a2', 'b']);
  by.a2!.until = 2;
  by.b!.until = 2;
  assert.deepEqual(labels(holding.look().firstFree([by.a2!, by.b!], 9)), ['a2']);
  // One that has the stage behind it needs it no more.
  by.b!.reached = 2;
  assert.deepEqual(labels(holding.look().firstFree([by.a2!, by.b!], 9)), ['a2', 'b']);
});

test('createHolding - what no trial needs any more is removed', () => {
  const { all, by, folder, publish } = sweep();
  const holding = createHolding(folder, all);
  for (const key of ['s', 'sa', 't']) publish(key);
  const release = (label: string, status: Held['status']): string[] => {
    by[label]!.status = status;
    holding.release(by[label]!);
    return [...publishedPrefixes(folder)].sort();
  };
  assert.deepEqual(release('a1', 'done'), ['s', 'sa', 't']);
  assert.deepEqual(release('a1', 'done'), ['s', 'sa', 't'], 'said twice');
  assert.deepEqual(release('a2', 'failed'), ['s', 't']);
  assert.deepEqual(release('b', 'done'), ['t']);
  assert.deepEqual(release('alone', 'done'), ['t']);
  assert.deepEqual(release('c1', 'done'), ['t']);
  assert.deepEqual(release('c2', 'done'), []);
});
