import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerHead, type HeadRows } from '../../src/evaluate/answers.ts';
import { calibrate } from '../../src/evaluate/calibrate.ts';
import { keyFor, stream } from '../../src/random.ts';

const classes = ['red', 'green', 'blue'];
const none = { thresholds: [], unknownBelow: {}, groups: null };

/** Rows whose labels are drawn from the softmax of outputs / 2: outputs that are twice as sure as they should be. */
function overconfident(rows: number, seed: number): HeadRows {
  const numbers = stream(keyFor(seed, 'outputs'));
  const outputs_NJ = Float32Array.from({ length: rows * 3 }, () => 3 * numbers.normal());
  const labels_N = Int32Array.from({ length: rows }, (_, row) => {
    const p = [0, 1, 2].map((c) => Math.exp(outputs_NJ[row * 3 + c]! / 2));
    let left = numbers.uniform() * (p[0]! + p[1]! + p[2]!);
    for (let c = 0; c < 2; c++) {
      left -= p[c]!;
      if (left < 0) return c;
    }
    return 2;
  });
  return {
    head: {
      name: 'colour',
      column: 'colour',
      kind: 'classes',
      classes,
      majority: 'red',
      ordinal: false,
      loss: 'crossEntropy',
      output: 'softmax',
    },
    majority: 0,
    labels_N,
    outputs_NJ,
  };
}

test('calibrate - finds the temperature, and makes log loss and calibration error of other rows smaller', () => {
  const { heads, unmet } = calibrate({
    validation: [overconfident(2000, 1)],
    test: [overconfident(2000, 2)],
    ...none,
  });
  const [head] = heads;
  assert.deepEqual(unmet, []);
  assert.ok(Math.abs(head!.decision.temperature - 2) < 0.15, `${head!.decision.temperature}`);
  assert.deepEqual([head!.on, head!.noTemperature, head!.after.rows], ['test', null, 2000]);
  assert.ok(head!.after.logLoss! < head!.before.logLoss! - 0.05);
  assert.ok(head!.before.calibrationError! > 0.1 && head!.after.calibrationError! < 0.04);
  // A softmax answers the same at every temperature.
  assert.equal(head!.after.accuracy, head!.before.accuracy);
});

test('calibrate - without rows for testing each fifth is told by the others, groups in one of them', () => {
  const rows = overconfident(1000, 3);
  const groups = Array.from({ length: 1000 }, (_, row) => `${row % 40}`);
  for (const given of [null, groups]) {
    const [head] = calibrate({ validation: [rows], test: null, ...none, groups: given }).heads;
    assert.equal(head!.on, 'validationFolds');
    assert.ok(head!.after.calibrationError! < head!.before.calibrationError! / 2);
    // All rows fit a little better to what was fitted on them.
    const fitted = answerHead(rows, head!.decision);
    const loss = rows.labels_N.reduce(
      (sum, label, row) => sum - Math.log(fitted.probabilities_NK[row * 3 + label]!) / 1000,
      0,
    );
    assert.ok(loss < head!.after.logLoss! && loss > head!.after.logLoss! - 0.01);
  }
});

test('calibrate - a wished precision holds on the validation rows, and nearly on others', () => {
  const wish = { head: 'colour', class: 'green', kind: 'precision', value: 0.8 } as const;
  const { heads } = calibrate({
    validation: [overconfident(3000, 4)],
    test: [overconfident(3000, 5)],
    ...none,
    thresholds: [wish],
    unknownBelow: { colour: 0.5 },
  });
  const [{ decision, thresholds, after }] = heads as [(typeof heads)[number]];
  const [threshold] = thresholds;
  assert.equal(decision.thresholds.green, threshold!.threshold);
  assert.equal(decision.unknownBelow, 0.5);
  assert.ok(threshold!.validation.precision! >= 0.8 && threshold!.validation.recall! > 0.1);
  assert.ok(Math.abs(threshold!.test!.precision! - 0.8) < 0.06, `${threshold!.test!.precision}`);
  assert.ok(after.answered! < 1 && after.answered! > 0.3);
});

test('calibrate - a wish that nothing meets is told with the best there is', () => {
  // Green is surest in the two rows that are red, then in one that is green.
  const rows: HeadRows = {
    ...overconfident(4, 6),
    labels_N: Int32Array.of(0, 0, 1, 2),
    outputs_NJ: Float32Array.of(0, 4, 0, 0, 3, 0, 0, 2, 0, 0, 0, 3),
  };
  const wish = { head: 'colour', class: 'green', kind: 'precision', value: 0.9 } as const;
  const { heads, unmet } = calibrate({ validation: [rows], test: null, ...none, thresholds: [wish] });
  assert.deepEqual(heads[0]!.decision.thresholds, {});
  assert.equal(unmet[0]!.wish, wish);
  const { precision, recall, rows: reached } = unmet[0]!.best!;
  assert.deepEqual([precision, recall, reached], [1 / 3, 1, 3]);
});

test('calibrate - a head without labels keeps its temperature, and says why', () => {
  const rows = { ...overconfident(50, 7), labels_N: new Int32Array(50).fill(-1) };
  const [head] = calibrate({ validation: [rows], test: null, ...none }).heads;
  assert.deepEqual(
    [head!.decision.temperature, head!.noTemperature, head!.after.logLoss],
    [1, 'noLabels', null],
  );
});

test('answerHead - an ordinal head changes its answers with the temperature, which divides its logits', () => {
  const head = { ...overconfident(1, 8).head, output: 'cumulativeSigmoid', ordinal: true } as const;
  // Above red σ(2), above green σ(2): at least green 0.88, blue 0.78. With a temperature of 8: 0.56 and 0.32.
  const rows: HeadRows = {
    head,
    majority: null,
    labels_N: Int32Array.of(1),
    outputs_NJ: Float32Array.of(2, 2),
  };
  const at = (temperature: number) => answerHead(rows, { temperature, thresholds: {}, unknownBelow: null });
  assert.deepEqual([at(1).answers_N[0], at(8).answers_N[0]], [2, 1]);
  assert.ok(Math.abs(at(8).probabilities_NK[2]! - (1 / (1 + Math.exp(-0.25))) ** 2) < 1e-7);
  const unsure = answerHead(rows, { temperature: 8, thresholds: {}, unknownBelow: 0.5 });
  assert.deepEqual([unsure.answers_N[0], unsure.chosen_N[0]], [-1, 1]);
});
