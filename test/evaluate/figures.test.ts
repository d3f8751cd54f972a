import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countRows, figureNames, figuresOf, totalsOf } from '../../src/evaluate/figures.ts';
import { headMetrics } from '../../src/train/score/metrics.ts';
import { fixture, headOf } from './fixture.ts';

test('figuresOf - what scikit-learn gives, with and without rows that are not answered', () => {
  assert.ok(fixture.heads.length >= 3);
  for (const head of fixture.heads) {
    for (const [unsure, expected] of [
      [false, head.plain],
      [true, head.unsure],
    ] as const) {
      const counted = countRows(headOf(head, unsure));
      const figures = figuresOf(totalsOf(counted), counted);
      for (const name of figureNames)
        assert.ok(
          Math.abs(figures[name] - expected[name]) < 1e-12,
          `${name} ${figures[name]} ${expected[name]}`,
        );
    }
    assert.ok(Math.abs(head.plain.sklearnLogLoss - head.plain.logLoss) < 1e-12);
  }
});

test('figuresOf - the same scores as those that training tells', () => {
  for (const head of fixture.heads) {
    const counted = countRows(headOf(head, false));
    const totals = totalsOf(counted);
    const figures = figuresOf(totals, counted);
    const counts = { lossSum: 0, lossWeight: 0, confusion: totals.cells.slice(0, head.classes ** 2) };
    const metrics = headMetrics(counts, { majority: 0, ordinal: false });
    for (const name of ['accuracy', 'balancedAccuracy', 'macroF1', 'majorityAccuracy'] as const)
      assert.ok(Math.abs(figures[name] - metrics[name]!) < 1e-12, name);
  }
});

test('figuresOf - no row, no label, no known majority are not a number; a probability of 0 is finite', () => {
  const head = {
    classes: ['a', 'b'],
    majority: null,
    labels_N: Int32Array.of(-1, -1),
    answers_N: Int32Array.of(0, 1),
    probabilities_NK: new Float32Array(4),
  };
  const none = countRows(head);
  assert.ok(figureNames.every((name) => Number.isNaN(figuresOf(totalsOf(none), none)[name])));
  const zero = countRows({ ...head, labels_N: Int32Array.of(0, 1) });
  const figures = figuresOf(totalsOf(zero), zero);
  assert.equal(figures.accuracy, 1);
  assert.ok(Number.isNaN(figures.majorityAccuracy));
  // Smaller than the smallest number of float32, 2 to the power of -149.
  assert.ok(Math.abs(figures.logLoss - 149 * Math.LN2) < 1e-9);
});
