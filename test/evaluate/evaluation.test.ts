import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evaluateHeads, evaluateSlices, summariseHeads } from '../../src/evaluate/evaluation.ts';
import { cellsOf } from '../../src/train/score/confusion.ts';
import { fixture, headOf } from './fixture.ts';

const options = { groups: null, resamples: 200, seed: 1 };
const head = headOf(fixture.heads[1]!, false, 'shape');
const { length: rows } = head.labels_N;

test('evaluateHeads - figures, intervals around them, scores, confusion and curves of each head', () => {
  const unsure = { ...headOf(fixture.heads[1]!, true, 'careful'), majority: null };
  const { heads, mean, unit, rows: counted } = evaluateHeads([head, unsure], options);
  assert.deepEqual([unit, counted], ['rows', 200]);
  const { shape, careful } = heads as { shape: (typeof heads)[string]; careful: (typeof heads)[string] };
  assert.equal(shape.rows, 181);
  const { answered, ...others } = shape.figures;
  for (const [name, { value, low, high }] of Object.entries(others))
    assert.ok(low! <= value! && value! <= high!, name);
  // All of them in every resample.
  assert.deepEqual(answered, { value: 1, low: null, high: null });
  assert.equal(shape.figures.accuracy.value, fixture.heads[1]!.plain.accuracy);
  assert.equal(careful.figures.accuracy.value, fixture.heads[1]!.unsure.accuracy);
  assert.deepEqual(careful.figures.majorityAccuracy, { value: null, low: null, high: null });
  assert.equal(
    cellsOf(shape.confusion).reduce((sum, [, , count]) => sum + count, 0),
    181,
  );
  assert.ok(
    Math.abs(mean.accuracy.value! - (shape.figures.accuracy.value! + careful.figures.accuracy.value!) / 2) <
      1e-12,
  );
  // Probabilities are the same, whatever is answered.
  assert.equal(careful.calibrationError, shape.calibrationError);
  assert.equal(careful.coverageRisk.area, shape.coverageRisk.area);
});

test('evaluateHeads - the same seed gives the same, and groups make intervals of rows that are alike wider', () => {
  // Ten copies of 20 rows: a group is one row ten times.
  const copied = Array.from({ length: 200 }, (_, row) => row % 20);
  const pick = (values: Int32Array): Int32Array => Int32Array.from(copied, (row) => values[row]!);
  const probabilities_NK = Float32Array.from(
    copied.flatMap((row) => [...head.probabilities_NK.subarray(row * 5, row * 5 + 5)]),
  );
  const alike = {
    ...head,
    labels_N: pick(head.labels_N),
    chosen_N: pick(head.chosen_N),
    answers_N: pick(head.answers_N),
    probabilities_NK,
  };
  const groups = copied.map((row) => `g${row}`);
  const byGroup = evaluateHeads([alike], { ...options, groups });
  assert.deepEqual(evaluateHeads([alike], { ...options, groups }), byGroup);
  const width = ({ heads }: typeof byGroup): number =>
    heads.shape!.figures.accuracy.high! - heads.shape!.figures.accuracy.low!;
  assert.deepEqual([byGroup.unit, byGroup.heads.shape!.units], ['groups', 18]);
  assert.ok(width(byGroup) > 2 * width(evaluateHeads([alike], options)));
});

test('summariseHeads - rare classes are counted in what is drawn', () => {
  const labels_N = head.labels_N.map((label, row) => (row < 30 ? 4 : label === 4 ? 0 : label));
  const rare = summariseHeads([{ ...head, labels_N }], options).heads.shape!;
  assert.deepEqual(rare.rareClasses, {});
  // The 30 rows of c4 are three groups.
  const groups = Array.from({ length: rows }, (_, row) => (row < 30 ? `g${row % 3}` : ''));
  assert.deepEqual(summariseHeads([{ ...head, labels_N }], { ...options, groups }).heads.shape!.rareClasses, {
    c4: 3,
  });
});

test('evaluateSlices - each value with its rows, the largest first; a slice that is one group draws its rows', () => {
  const cells = Array.from({ length: rows }, (_, row) => (row < 120 ? 'day' : row < 199 ? 'night' : ''));
  const slices = evaluateSlices([head], cells, { ...options, isGroup: false });
  assert.deepEqual(
    slices.map(({ value, rows: count }) => [value, count]),
    [
      ['day', 120],
      ['night', 79],
      ['', 1],
    ],
  );
  let right = 0;
  let labelled = 0;
  for (let row = 0; row < 120; row++) {
    if (head.labels_N[row]! < 0) continue;
    labelled += 1;
    right += head.labels_N[row] === head.answers_N[row] ? 1 : 0;
  }
  assert.equal(slices[0]!.heads.shape!.figures.accuracy.value, right / labelled);
  assert.equal(slices[0]!.heads.shape!.rows, labelled);
  // One row has no interval.
  assert.equal(slices[2]!.heads.shape!.figures.accuracy.low, null);

  const byGroup = { ...options, groups: cells };
  const alone = evaluateSlices([head], cells, { ...byGroup, isGroup: true });
  assert.deepEqual([alone[0]!.unit, alone[0]!.heads.shape!.units], ['rows', labelled]);
  assert.deepEqual(alone[0]!.heads.shape!.figures, slices[0]!.heads.shape!.figures);
  const within = evaluateSlices([head], cells, { ...byGroup, isGroup: false });
  assert.deepEqual([within[0]!.unit, within[0]!.heads.shape!.figures.accuracy.low], ['groups', null]);
});
