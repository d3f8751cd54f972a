import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellsOf, confusionOf, labelledRows, occurringClasses } from '../../../src/train/score/confusion.ts';
import { headMetrics } from '../../../src/train/score/metrics.ts';

function counts(classes: number, cells: readonly (readonly [number, number, number])[]): Float64Array {
  const all = new Float64Array(classes * classes);
  for (const [label, prediction, count] of cells) all[label * classes + prediction] = count;
  return all;
}

const cells = [
  [0, 0, 3],
  [0, 2, 1],
  [2, 1, 4],
] as const;

test('confusionOf - few classes as a matrix, many as the cells that are not zero', () => {
  assert.deepEqual(confusionOf(counts(3, cells)), [
    [3, 0, 1],
    [0, 0, 0],
    [0, 4, 0],
  ]);
  assert.deepEqual(confusionOf(counts(100, cells)).constructor, Array);
  assert.deepEqual(confusionOf(counts(101, cells)), { cells });
});

test('cells, rows of each class and occurring classes are the same of both forms', () => {
  for (const classes of [3, 100, 101, 3000]) {
    const confusion = confusionOf(counts(classes, cells));
    assert.deepEqual(cellsOf(confusion), cells);
    assert.deepEqual([...labelledRows(confusion, classes).subarray(0, 3)], [4, 0, 4]);
    assert.equal(occurringClasses(confusion), 2);
  }
});

test('headMetrics - of 3,000 classes what is kept grows with the rows, not with the classes', () => {
  const many = Array.from({ length: 3000 }, (_, k) => [k, (k * 7) % 3000, 1] as const);
  const metrics = headMetrics(
    { lossSum: 1, lossWeight: 1, confusion: counts(3000, many) },
    { majority: 0, ordinal: false },
  );
  assert.equal(metrics.rows, 3000);
  // 7k = k (mod 3000) for the multiples of 500.
  assert.equal(metrics.accuracy, 6 / 3000);
  assert.ok(JSON.stringify(metrics).length < 100_000, `${JSON.stringify(metrics).length} characters`);
});
