import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';
import type { LastBatch } from '../../src/plan/plan.ts';

const rows = Int32Array.of(2, 3, 5, 7, 11, 13, 17);

test('trainingOrder - every row once, the same for the same seed, stage and epoch', () => {
  const order = trainingOrder(rows, 42, 0, 0);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    [...rows],
  );
  assert.deepEqual(order, trainingOrder(rows, 42, 0, 0));
});

test('trainingOrder - another seed, stage or epoch is another order', () => {
  const many = Int32Array.from({ length: 50 }, (_, i) => i);
  const base = trainingOrder(many, 42, 0, 0);
  for (const [seed, stage, epoch] of [
    [43, 0, 0],
    [42, 1, 0],
    [42, 0, 1],
  ] as const) {
    assert.notDeepEqual(trainingOrder(many, seed, stage, epoch), base);
  }
});

test('trainingOrder - golden order of seed 42: stays what it is on every machine', () => {
  assert.deepEqual([...trainingOrder(rows, 42, 1, 2)], [7, 13, 5, 11, 17, 3, 2]);
});

const cut = (lastBatch: LastBatch, stepsPerEpoch: number | null = null, of = rows): number[][] =>
  batchesOf(of, { batchSize: 3, stepsPerEpoch, lastBatch }).map((batch) => [...batch]);

test('batchesOf - rows are spread evenly, left for a short batch, or left out, in their order', () => {
  assert.deepEqual(cut('even'), [
    [2, 3, 5],
    [7, 11],
    [13, 17],
  ]);
  assert.deepEqual(cut('short'), [[2, 3, 5], [7, 11, 13], [17]]);
  assert.deepEqual(cut('drop'), [
    [2, 3, 5],
    [7, 11, 13],
  ]);
});

test('batchesOf - fewer steps than the rows fill are of full batches; more are as many as there are', () => {
  for (const lastBatch of ['even', 'short', 'drop'] as const) {
    assert.deepEqual(cut(lastBatch, 1), [[2, 3, 5]]);
    assert.deepEqual(cut(lastBatch, 2), cut('drop'));
    assert.deepEqual(cut(lastBatch, 9), cut(lastBatch));
    assert.equal(cut(lastBatch, null, rows.subarray(0, 6)).length, 2);
    assert.deepEqual(cut(lastBatch, null, new Int32Array(0)), []);
  }
});
