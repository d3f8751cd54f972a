import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClassWeightsPlan } from '../../../src/plan/plan.ts';
import { resolveClassWeights } from '../../../src/train/loss/class-weights.ts';

const classes = ['Shoes', 'Hat', 'Skirt'];

function weights(classWeights: ClassWeightsPlan, counts: readonly number[]): number[] {
  const loss = { heads: {}, headWeights: {}, classWeights };
  return [...resolveClassWeights(loss, [{ name: 'garment', classes, counts }]).garment!];
}

test('resolveClassWeights - balanced gives rows / (classes × rows of the class), absent classes left out', () => {
  // 8 rows, 2 classes that occur: 8/(2·6) and 8/(2·2); the weighted rows add up to 8 again.
  assert.deepEqual(weights({ type: 'balanced' }, [6, 2, 0]), [Math.fround(2 / 3), 2, 0]);
});

test('resolveClassWeights - effectiveNumber: hand-worked, adds up to the number of classes that are there', () => {
  // beta ½: 1 row counts 1, 2 rows (1 - ¼)/½ = 1½. Weights 1 and ⅔, scaled to add up to 2.
  const given = weights({ type: 'effectiveNumber', beta: 0.5 }, [1, 2, 0]);
  assert.deepEqual(given, [Math.fround(1.2), Math.fround(0.8), 0]);
  const all = weights({ type: 'effectiveNumber', beta: 0.999 }, [3000, 20, 400]);
  assert.ok(Math.abs(all.reduce((sum, weight) => sum + weight, 0) - 3) < 1e-6);
  // (1 - 0.999²⁰) / (1 - 0.999⁴⁰⁰) = 0.01981114 / 0.32981374.
  assert.ok(Math.abs(all[2]! / all[1]! - 0.01981114 / 0.32981374) < 1e-6, String(all[2]! / all[1]!));
});

test('resolveClassWeights - effectiveNumber goes from all the same, at beta 0, to one over the rows, near 1', () => {
  assert.deepEqual(weights({ type: 'effectiveNumber', beta: 0 }, [7, 2, 5]), [1, 1, 1]);
  const inverse = weights({ type: 'effectiveNumber', beta: 1 - 2 ** -52 }, [8, 2, 4]);
  // ⅛, ½, ¼ scaled to add up to 3.
  for (const [i, expected] of [3 / 7, 12 / 7, 6 / 7].entries())
    assert.ok(Math.abs(inverse[i]! - expected) < 1e-6, String(inverse));
});

test('resolveClassWeights - none and given weights, 1 where nothing is said', () => {
  assert.deepEqual(weights({ type: 'none' }, [6, 2, 0]), [1, 1, 1]);
  assert.deepEqual(weights({ type: 'given', weights: { garment: { Hat: 4 } } }, [6, 2, 0]), [1, 4, 1]);
});

test('resolveClassWeights - a rule for one head, and a class that is named type', () => {
  const given: ClassWeightsPlan = {
    type: 'given',
    weights: { garment: { type: 'balanced' }, kids: { type: 3 } },
  };
  const heads = [
    { name: 'garment', classes, counts: [6, 2, 0] },
    { name: 'kids', classes: ['type', 'no'], counts: [1, 7] },
    { name: 'region', classes: ['upper', 'lower'], counts: [1, 7] },
  ];
  const byHead = resolveClassWeights({ heads: {}, headWeights: {}, classWeights: given }, heads);
  assert.deepEqual([...byHead.garment!], [Math.fround(2 / 3), 2, 0]);
  assert.deepEqual([...byHead.kids!], [3, 1]);
  assert.deepEqual([...byHead.region!], [1, 1]);
});
