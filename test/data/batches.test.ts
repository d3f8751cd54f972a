import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesOf, trainingOrder } from '../../src/data/batches.ts';

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

test('batchesOf - the last short batch is included', () => {
  assert.deepEqual(
    batchesOf(rows, 3, null).map((batch) => [...batch]),
    [[2, 3, 5], [7, 11, 13], [17]],
  );
});

test('batchesOf - stepsPerEpoch takes the first batches', () => {
  assert.deepEqual(
    batchesOf(rows, 3, 2).map((batch) => [...batch]),
    [
      [2, 3, 5],
      [7, 11, 13],
    ],
  );
  assert.equal(batchesOf(rows, 3, 9).length, 3);
});

test('batchesOf - rows that come out even, and none', () => {
  assert.equal(batchesOf(rows.subarray(0, 6), 3, null).length, 2);
  assert.deepEqual(batchesOf(new Int32Array(0), 3, null), []);
});
