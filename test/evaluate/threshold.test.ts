import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitThreshold, highestPrecision } from '../../src/evaluate/threshold.ts';
import { fixture } from './fixture.ts';

test('fitThreshold - the point of scikit-learn’s precision-recall curve', () => {
  for (const { wanted, ...scores } of fixture.thresholds) {
    for (const { kind, value, lowest, precision, recall } of wanted) {
      const fitted = fitThreshold(scores, { kind, value })!;
      assert.ok(
        Math.abs(fitted.precision - precision) < 1e-12,
        `${kind} ${value}: ${fitted.precision} ${precision}`,
      );
      assert.ok(Math.abs(fitted.recall - recall) < 1e-12, `${kind} ${value}: ${fitted.recall} ${recall}`);
      // Below the last score that reaches it, above the next.
      assert.ok(fitted.threshold <= lowest);
      assert.equal(scores.scores.filter((score) => score >= fitted.threshold).length, fitted.rows);
      assert.equal(scores.scores.filter((score) => score >= lowest).length, fitted.rows);
    }
  }
});

test('fitThreshold - by hand, with rows of one score, halfway to the next', () => {
  const scores = [0.875, 0.75, 0.75, 0.5, 0.25];
  const positive = [true, true, false, true, false];
  // Scores 0.875: 1 of 1; 0.75: 2 of 3; 0.5: 3 of 4; 0.25: 3 of 5.
  assert.deepEqual(fitThreshold({ scores, positive }, { kind: 'precision', value: 0.7 }), {
    threshold: 0.375,
    precision: 0.75,
    recall: 1,
    rows: 4,
  });
  assert.deepEqual(fitThreshold({ scores, positive }, { kind: 'recall', value: 0.6 }), {
    threshold: 0.625,
    precision: 2 / 3,
    recall: 2 / 3,
    rows: 3,
  });
});

test('fitThreshold - null where nothing meets the wish, and the best there is', () => {
  const scores = { scores: [0.9, 0.8, 0.7], positive: [false, true, true] };
  assert.equal(fitThreshold(scores, { kind: 'precision', value: 0.9 }), null);
  const best = highestPrecision(scores)!;
  assert.deepEqual([best.precision, best.recall, best.rows], [2 / 3, 1, 3]);
  const none = { scores: [0.9], positive: [false] };
  assert.equal(fitThreshold(none, { kind: 'recall', value: 0.1 }), null);
  assert.equal(highestPrecision(none), null);
});
