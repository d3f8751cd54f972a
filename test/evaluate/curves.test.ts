import assert from 'node:assert/strict';
import { test } from 'node:test';
import { coverageRisk, reliability } from '../../src/evaluate/curves.ts';
import { calibrationError } from '../../src/train/score/scores.ts';
import { fixture, headOf } from './fixture.ts';

test('reliability - its bins add up to the rows and to the calibration error', () => {
  for (const each of fixture.heads) {
    const head = headOf(each, false);
    const bins = reliability(head);
    const labelled = head.labels_N.filter((label) => label >= 0).length;
    assert.equal(
      bins.reduce((sum, { rows }) => sum + rows, 0),
      labelled,
    );
    const gaps = bins.reduce((sum, bin) => sum + bin.rows * Math.abs(bin.confidence - bin.accuracy), 0);
    assert.ok(Math.abs(gaps / labelled - calibrationError(head, each.classes)!) < 1e-9);
    for (const { from, to, confidence } of bins) assert.ok(from < confidence && confidence <= to + 1e-7);
  }
});

test('coverageRisk - the area is that of NumPy, the last point the error of all rows', () => {
  for (const each of fixture.heads) {
    const { points, area } = coverageRisk(headOf(each, true));
    assert.ok(Math.abs(area! - each.area) < 1e-9);
    assert.ok(Math.abs(points.at(-1)!.risk - (1 - each.plain.accuracy)) < 1e-12);
    assert.equal(points.at(-1)!.coverage, 1);
    assert.ok(points.length <= 200);
  }
});

test('coverageRisk - rows of one probability are answered together, by hand', () => {
  const head = {
    classes: ['a', 'b'],
    labels_N: Int32Array.of(0, 1, 0, 0, -1),
    chosen_N: Int32Array.of(0, 0, 0, 1, 0),
    probabilities_NK: Float32Array.of(0.75, 0.25, 0.75, 0.25, 0.875, 0.125, 0.375, 0.625, 1, 0),
  };
  const { points, area } = coverageRisk(head);
  assert.deepEqual(points, [
    { coverage: 0.25, risk: 0, confidence: 0.875 },
    { coverage: 0.75, risk: 1 / 3, confidence: 0.75 },
    { coverage: 1, risk: 0.5, confidence: 0.625 },
  ]);
  // Risks 0, ½/2, 1/3, 2/4: half an error for each of the two equal rows.
  assert.ok(Math.abs(area! - (0 + 0.25 + 1 / 3 + 0.5) / 4) < 1e-12);
});

test('coverageRisk - no labelled row', () => {
  const head = { ...headOf(fixture.heads[0]!, false), labels_N: new Int32Array(80).fill(-1) };
  assert.deepEqual(coverageRisk(head), { points: [], area: null });
});
