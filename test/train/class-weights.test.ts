import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveClassWeights } from '../../src/train/class-weights.ts';

const heads = [{ name: 'garment', classes: ['Shoes', 'Hat', 'Skirt'], counts: [6, 2, 0] }];
const loss = {
  heads: { garment: { type: 'crossEntropy' as const, labelSmoothing: 0 } },
  headWeights: { garment: 1 },
};

test('resolveClassWeights - balanced gives rows / (classes × rows of the class), absent classes left out', () => {
  // 8 rows, 2 classes that occur: 8/(2·6) and 8/(2·2); the weighted rows add up to 8 again.
  const { garment } = resolveClassWeights({ ...loss, classWeights: 'balanced' }, heads);
  assert.deepEqual([...garment!], [Math.fround(2 / 3), 2, 0]);
});

test('resolveClassWeights - none and given weights, 1 where nothing is said', () => {
  assert.deepEqual([...resolveClassWeights({ ...loss, classWeights: 'none' }, heads).garment!], [1, 1, 1]);
  const given = resolveClassWeights({ ...loss, classWeights: { garment: { Hat: 4, Skirt: 0 } } }, heads);
  assert.deepEqual([...given.garment!], [1, 4, 0]);
});
