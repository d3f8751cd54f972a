import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCounts, headMetrics, summarise } from '../../src/train/metrics.ts';

// Labels down, predictions across; the third class never occurs and is never predicted.
//        p0  p1  p2
//   l0    6   2   0   8 rows, recall 6/8
//   l1    1   1   0   2 rows, recall 1/2
//   l2    0   0   0
const confusion = Float64Array.of(6, 2, 0, 1, 1, 0, 0, 0, 0);

test('headMetrics - hand-worked 3×3 confusion with a class that does not occur', () => {
  const metrics = headMetrics({ lossSum: 6, lossWeight: 12, confusion }, 0);
  assert.equal(metrics.rows, 10);
  assert.equal(metrics.loss, 0.5);
  assert.equal(metrics.accuracy, 7 / 10);
  // Recalls of the two classes that occur: 0.75 and 0.5.
  assert.equal(metrics.balancedAccuracy, 0.625);
  // F1 = 2·TP / (labelled + predicted): 12/(8+7) and 2/(2+3).
  assert.ok(Math.abs(metrics.macroF1! - (12 / 15 + 2 / 5) / 2) < 1e-15);
  assert.equal(metrics.majorityAccuracy, 0.8);
  assert.deepEqual(metrics.confusion, [
    [6, 2, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
});

test('headMetrics - a class that is only predicted counts in macro F1 with 0, not in balanced accuracy', () => {
  const metrics = headMetrics({ lossSum: 0, lossWeight: 1, confusion: Float64Array.of(3, 1, 0, 0) }, 0);
  assert.equal(metrics.balancedAccuracy, 0.75);
  // F1 of the first class 6/(4+3), of the second 0/(0+1).
  assert.ok(Math.abs(metrics.macroF1! - 6 / 7 / 2) < 1e-15);
});

test('headMetrics - without a labelled row everything is null, never NaN', () => {
  const metrics = headMetrics(emptyCounts(2), 1);
  assert.deepEqual(
    { ...metrics, confusion: [] },
    {
      loss: null,
      accuracy: null,
      balancedAccuracy: null,
      macroF1: null,
      majorityAccuracy: null,
      rows: 0,
      confusion: [],
    },
  );
});

test('summarise - the loss is the sum of head weight × head loss', () => {
  const counts = {
    a: { lossSum: 6, lossWeight: 3, confusion: Float64Array.of(1, 0, 0, 2) },
    b: { lossSum: 5, lossWeight: 10, confusion: Float64Array.of(5, 0, 0, 5) },
    c: emptyCounts(2),
  };
  const heads = ['a', 'b', 'c'].map((name) => ({ name, majority: 0 }));
  const weights: Record<string, number> = { a: 0.5, b: 4, c: 1 };
  const { loss } = summarise(counts, heads, (head, value) => weights[head]! * value);
  assert.equal(loss, 0.5 * 2 + 4 * 0.5);
});
