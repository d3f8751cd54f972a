// Metrics by hand, and against scikit-learn and torchmetrics: fixtures/make_metric_fixtures.py says how they were made.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { resolveClassWeights } from '../../../src/train/loss/class-weights.ts';
import { headMetrics, meanMetrics, summarise } from '../../../src/train/score/metrics.ts';
import { areaUnderCurve, calibrationError } from '../../../src/train/score/scores.ts';
import { emptyCounts } from '../empty-counts.ts';

interface Case {
  classes: number;
  labels: number[];
  probabilities: number[][];
  confusion: number[][];
  accuracy: number;
  balancedAccuracy: number;
  macroF1: number;
  recall: (number | null)[];
  precision: (number | null)[];
  meanAbsoluteError: number;
  auc: number;
  calibrationError: number;
  balanced: Record<string, number>;
}

const { cases } = JSON.parse(readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8')) as {
  cases: Record<string, Case>;
};

function assertNear(actual: unknown, expected: number | null, what: string): void {
  if (expected === null || typeof actual !== 'number') assert.equal(actual, expected, what);
  else assert.ok(Math.abs(actual - expected) < 1e-9, `${what}: ${actual}, reference ${expected}`);
}

const scoresOf = ({ labels, probabilities }: Pick<Case, 'labels' | 'probabilities'>) => ({
  labels_N: labels,
  probabilities_NK: Float32Array.from(probabilities.flat()),
});

for (const [name, expected] of Object.entries(cases)) {
  test(`headMetrics - ${name}: equal to scikit-learn and torchmetrics`, () => {
    const counts = { lossSum: 1, lossWeight: 1, confusion: Float64Array.from(expected.confusion.flat()) };
    const metrics = headMetrics(counts, { majority: 0, ordinal: true }, scoresOf(expected));
    for (const key of ['accuracy', 'balancedAccuracy', 'macroF1', 'meanAbsoluteError', 'auc'] as const)
      assertNear(metrics[key], expected[key], key);
    for (let k = 0; k < expected.classes; k++) {
      assertNear(metrics.recall[k], expected.recall[k]!, `recall of ${k}`);
      assertNear(metrics.precision[k], expected.precision[k]!, `precision of ${k}`);
    }
    // torchmetrics adds up in float32.
    assert.ok(Math.abs(metrics.calibrationError! - expected.calibrationError) < 1e-6);
    const weights = resolveClassWeights({ heads: {}, headWeights: {}, classWeights: { type: 'balanced' } }, [
      {
        name: 'head',
        classes: Array.from({ length: expected.classes }, (_, k) => String(k)),
        counts: Array.from(
          { length: expected.classes },
          (_, k) => expected.labels.filter((l) => l === k).length,
        ),
      },
    ]).head!;
    weights.forEach((weight, k) => {
      assert.ok(Math.abs(weight - (expected.balanced[k] ?? 0)) < 1e-6, `weight of ${k}`);
    });
  });
}

test('headMetrics - rows without a label change nothing, whatever their probabilities', () => {
  const all = cases['five classes']!;
  const labels = all.labels.map((label, row) => (row % 3 === 0 ? -1 : label));
  const known = all.labels.map((_, row) => row).filter((row) => row % 3 !== 0);
  const some = {
    labels: known.map((row) => all.labels[row]!),
    probabilities: known.map((row) => all.probabilities[row]!),
  };
  const masked = scoresOf({ ...all, labels });
  assert.equal(areaUnderCurve(masked, 5), areaUnderCurve(scoresOf(some), 5));
  assert.equal(calibrationError(masked, 5), calibrationError(scoresOf(some), 5));
  assert.notEqual(areaUnderCurve(masked, 5), areaUnderCurve(scoresOf(all), 5));
});

test('areaUnderCurve - hand-worked, a tie counts half; null where only one class occurs', () => {
  // Positives 0.9 and 0.5, negatives 0.5 and 0.1: of four pairs three are right and one is a tie.
  const second = [0.9, 0.5, 0.5, 0.1];
  const scores = { labels: [1, 1, 0, 0], probabilities: second.map((p) => [1 - p, p]) };
  assert.equal(areaUnderCurve(scoresOf(scores), 2), 3.5 / 4);
  assert.equal(areaUnderCurve(scoresOf({ ...scores, labels: [1, 1, 1, -1] }), 2), null);
  assert.equal(areaUnderCurve(scoresOf({ ...scores, labels: [-1, -1, -1, -1] }), 2), null);
});

test('calibrationError - hand-worked, a probability of 1 in the last bin', () => {
  // 1, right; 0.79, wrong, and 0.75, right, in the bin from 11/15 to 12/15: |1.54 - 1| / 4; and 0.5, wrong: 0.5 / 4.
  const scores = {
    labels: [0, 1, 0, 1],
    probabilities: [
      [1, 0],
      [0.79, 0.21],
      [0.75, 0.25],
      [0.5, 0.5],
    ],
  };
  assert.ok(Math.abs(calibrationError(scoresOf(scores), 2)! - (0.54 + 0.5) / 4) < 1e-6);
  assert.equal(calibrationError(scoresOf({ ...scores, labels: [-1, -1, -1, -1] }), 2), null);
});

// Labels down, predictions across; the third class never occurs and is never predicted.
//        p0  p1  p2
//   l0    6   2   0   8 rows, recall 6/8
//   l1    1   1   0   2 rows, recall 1/2
//   l2    0   0   0
const confusion = Float64Array.of(6, 2, 0, 1, 1, 0, 0, 0, 0);

test('headMetrics - hand-worked 3×3 confusion with a class that does not occur', () => {
  const metrics = headMetrics({ lossSum: 6, lossWeight: 12, confusion }, { majority: 0, ordinal: false });
  assert.equal(metrics.rows, 10);
  assert.equal(metrics.loss, 0.5);
  assert.equal(metrics.accuracy, 7 / 10);
  // Recalls of the two classes that occur: 0.75 and 0.5.
  assert.equal(metrics.balancedAccuracy, 0.625);
  // F1 = 2·TP / (labelled + predicted): 12/(8+7) and 2/(2+3).
  assert.ok(Math.abs(metrics.macroF1! - (12 / 15 + 2 / 5) / 2) < 1e-15);
  assert.equal(metrics.majorityAccuracy, 0.8);
  assert.deepEqual(metrics.recall, [0.75, 0.5, null]);
  assert.deepEqual(metrics.precision, [6 / 7, 1 / 3, null]);
  assert.equal(metrics.meanAbsoluteError, null);
  assert.equal(metrics.auc, null);
  assert.deepEqual(metrics.confusion, [
    [6, 2, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
});

test('headMetrics - a class that is only predicted counts in macro F1 with 0, not in balanced accuracy', () => {
  const counts = { lossSum: 0, lossWeight: 1, confusion: Float64Array.of(3, 1, 0, 0) };
  const metrics = headMetrics(counts, { majority: 0, ordinal: false });
  assert.equal(metrics.balancedAccuracy, 0.75);
  // F1 of the first class 6/(4+3), of the second 0/(0+1).
  assert.ok(Math.abs(metrics.macroF1! - 6 / 7 / 2) < 1e-15);
});

test('headMetrics - mean absolute error counts the classes between label and prediction', () => {
  // One row two classes off, one row one class off, two rows right.
  const counts = { lossSum: 0, lossWeight: 1, confusion: Float64Array.of(1, 0, 1, 0, 1, 0, 0, 1, 0) };
  assert.equal(headMetrics(counts, { majority: 0, ordinal: true }).meanAbsoluteError, 3 / 4);
});

test('headMetrics - without a labelled row everything is null, never NaN', () => {
  const scores = { labels_N: [-1, -1], probabilities_NK: Float32Array.of(0.5, 0.5, 1, 0) };
  const {
    rows,
    confusion: counts,
    recall,
    precision,
    ...others
  } = headMetrics(emptyCounts(2), { majority: 1, ordinal: true }, scores);
  assert.equal(rows, 0);
  assert.deepEqual(counts, [
    [0, 0],
    [0, 0],
  ]);
  assert.deepEqual([...recall, ...precision], [null, null, null, null]);
  assert.ok(Object.keys(others).length > 7);
  assert.deepEqual(new Set(Object.values(others)), new Set([null]));
});

test('summarise - the loss is the sum of head weight × head loss, means leave out heads without a value', () => {
  const counts = {
    a: { lossSum: 6, lossWeight: 3, confusion: Float64Array.of(1, 0, 0, 2) },
    b: { lossSum: 5, lossWeight: 10, confusion: Float64Array.of(4, 2, 0, 2) },
    c: emptyCounts(2),
  };
  const heads = ['a', 'b', 'c'].map((name) => ({ name, majority: 0, ordinal: false }));
  const weights: Record<string, number> = { a: 0.5, b: 4, c: 1 };
  const { loss, mean, heads: ofHeads } = summarise(counts, heads, (head, value) => weights[head]! * value);
  assert.equal(loss, 0.5 * 2 + 4 * 0.5);
  assert.equal(mean.accuracy, (1 + 6 / 8) / 2);
  assert.equal(mean.balancedAccuracy, (1 + (4 / 6 + 1) / 2) / 2);
  assert.equal(mean.auc, null);
  assert.deepEqual(meanMetrics(ofHeads), mean);
  assert.equal(meanMetrics({ c: ofHeads.c! }).accuracy, null);
});
