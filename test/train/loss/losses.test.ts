/**
 * Losses against Keras, torchvision and coral-pytorch: fixtures/make_loss_fixtures.py says how the numbers were made. And
 * against each other, where one comes to another.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { HeadLossPlan } from '../../../src/plan/plan.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { headLoss } from '../../../src/train/loss/head-loss.ts';
import { lossFor } from '../../../src/train/loss/losses.ts';
import { assertNear } from '../near.ts';

interface Measured {
  value: number[];
  gradient: number[][];
}

interface Fixture {
  logits: number[][];
  labels: number[];
  smoothed: (Measured & { labelSmoothing: number })[];
  focal: (Measured & { gamma: number; labelSmoothing: number })[];
  binary: {
    logits: number[];
    labels: number[];
    focal: { gamma: number; value: number[]; gradient: number[] }[];
  };
  corn: {
    classes: number;
    logits: number[][];
    labels: number[];
    value: number;
    gradient: number[][];
    predicted: number[];
    reached: number[][];
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/losses.json', import.meta.url), 'utf8'),
) as Fixture;

/** Loss of each row, and the gradient of their sum. */
function measured(settings: HeadLossPlan, logits: number[][], labels: number[]) {
  return tf.tidy(() => {
    const labels_B = tf.tensor1d(labels, 'int32');
    const rows = (x: tf.Tensor): tf.Tensor1D => lossFor(settings).rows(settings, x as tf.Tensor2D, labels_B);
    const logits_BK = tf.tensor2d(logits);
    const gradient = tf
      .grad((x) => tf.sum(rows(x)))(logits_BK)
      .dataSync();
    return { each: rows(logits_BK).dataSync(), gradient };
  });
}

for (const { labelSmoothing, value, gradient } of fixture.smoothed) {
  test(`crossEntropy - label smoothing of ${labelSmoothing}: value and gradient of every row equal Keras`, () => {
    const actual = measured({ type: 'crossEntropy', labelSmoothing }, fixture.logits, fixture.labels);
    assertNear(actual.each, value, 1e-6, 'loss');
    assertNear(actual.gradient, gradient.flat(), 1e-6, 'gradient');
  });
}

for (const { gamma, labelSmoothing, value, gradient } of fixture.focal) {
  test(`focal - gamma ${gamma}, label smoothing ${labelSmoothing}: value and gradient of every row equal Keras`, () => {
    const actual = measured({ type: 'focal', gamma, labelSmoothing }, fixture.logits, fixture.labels);
    assertNear(actual.each, value, 3e-6, 'loss');
    assertNear(actual.gradient, gradient.flat(), 1e-5, 'gradient');
  });
}

for (const { gamma, value, gradient } of fixture.binary.focal) {
  test(`focal - gamma ${gamma}: of two classes equals torchvision's sigmoid_focal_loss without alpha`, () => {
    const { logits, labels } = fixture.binary;
    const settings = { type: 'focal', gamma, labelSmoothing: 0 } as const;
    const actual = measured(
      settings,
      logits.map((x) => [0, x]),
      labels,
    );
    assertNear(actual.each, value, 2e-6, 'loss');
    assertNear(
      actual.gradient.filter((_, i) => i % 2 === 1),
      gradient,
      2e-6,
      'gradient',
    );
  });
}

test('focal - gamma 0 is cross entropy', () => {
  const focal = measured({ type: 'focal', gamma: 0, labelSmoothing: 0.2 }, fixture.logits, fixture.labels);
  const plain = measured({ type: 'crossEntropy', labelSmoothing: 0.2 }, fixture.logits, fixture.labels);
  assertNear(focal.each, [...plain.each], 1e-6, 'loss');
  assertNear(focal.gradient, [...plain.gradient], 1e-6, 'gradient');
});

for (const { classes, logits, labels, value, gradient, predicted, reached } of fixture.corn) {
  test(`ordinal - ${labels.length} rows of ${classes} classes: mean, gradient and prediction equal coral-pytorch`, () => {
    tf.tidy(() => {
      const settings = { type: 'ordinal' } as const;
      const head = { name: 'head', classes, classWeights: new Float32Array(classes).fill(1) };
      const labels_B = tf.tensor1d(labels, 'int32');
      const logits_BJ = tf.tensor2d(logits);
      const mean = (x: tf.Tensor): tf.Scalar =>
        headLoss(settings, x as tf.Tensor2D, { ...head, labels_B }).mean;
      assertNear(mean(logits_BJ).dataSync(), [value], 1e-6, 'mean');
      assertNear(tf.grad(mean)(logits_BJ).dataSync(), gradient.flat(), 1e-6, 'gradient');
      const loss = lossFor(settings);
      assert.deepEqual([...loss.predict(logits_BJ).dataSync()], predicted);
      // Probabilities of classes above j add up to that of being above j.
      const probabilities = loss.probabilities(logits_BJ).arraySync();
      probabilities.forEach((row, i) => {
        const above = Array.from({ length: classes - 1 }, (_, j) =>
          row.slice(j + 1).reduce((a, b) => a + b, 0),
        );
        assertNear(above, reached[i]!, 1e-6, `row ${i}`);
        assertNear([row.reduce((a, b) => a + b, 0)], [1], 1e-6, 'sum');
      });
    });
  });
}

test('ordinal - classes weigh each question that a row answers: hand-worked', () => {
  tf.tidy(() => {
    // Logits 0 and ln 3: σ = ½ and ¾. A label 0 answers one question, 1 and 2 answer two.
    const logits_BJ = tf.tensor2d([
      [0, Math.log(3)],
      [0, Math.log(3)],
      [0, Math.log(3)],
    ]);
    const targets = {
      name: 'head',
      classes: 3,
      labels_B: tf.tensor1d([0, 1, 2], 'int32'),
      classWeights: Float32Array.of(2, 1, 4),
    };
    const { sum, weight } = headLoss({ type: 'ordinal' }, logits_BJ, targets);
    const expected = 2 * Math.log(2) + (Math.log(2) + Math.log(4)) + 4 * (Math.log(2) + Math.log(4 / 3));
    assertNear(sum.dataSync(), [expected], 1e-6, 'sum');
    assertNear(weight.dataSync(), [2 * 1 + 1 * 2 + 4 * 2], 1e-6, 'weight');
  });
});

const everyLoss: HeadLossPlan[] = [
  { type: 'crossEntropy', labelSmoothing: 0.1 },
  { type: 'focal', gamma: 2, labelSmoothing: 0 },
  { type: 'focal', gamma: 0.5, labelSmoothing: 0.1 },
  { type: 'ordinal' },
];

for (const settings of everyLoss) {
  test(`${JSON.stringify(settings)} - an unknown label counts nothing; logits of any size stay finite`, () => {
    const logits = [
      [3, -1, 2],
      [1e4, -1e4, 0],
      [-1e4, 1e4, 1e4],
      [1e30, -1e30, 0],
    ];
    const { each, gradient } = measured(settings, logits, [-1, 0, 2, -1]);
    assert.equal(Math.abs(each[0]!), 0);
    assert.equal(Math.abs(each[3]!), 0);
    assert.ok([...each, ...gradient].every(Number.isFinite), `${each} ${gradient}`);
    const whole = tf.tidy(() => {
      const classes = settings.type === 'ordinal' ? 4 : 3;
      const classWeights = new Float32Array(classes).fill(1);
      const labels_B = tf.tensor1d([-1, 0, 2, -1], 'int32');
      const mean = (x: tf.Tensor): tf.Scalar =>
        headLoss(settings, x as tf.Tensor2D, { name: 'head', classes, labels_B, classWeights }).mean;
      return tf.grad(mean)(tf.tensor2d(logits)).dataSync();
    });
    assert.deepEqual([...whole.slice(0, 3), ...whole.slice(9)].map(Math.abs), [0, 0, 0, 0, 0, 0]);
    const probabilities = tf.tidy(() => lossFor(settings).probabilities(tf.tensor2d(logits)).dataSync());
    assert.ok(
      probabilities.every((p) => p >= 0 && p <= 1),
      `${probabilities}`,
    );
  });

  test(`${JSON.stringify(settings)} - a mixed row is the sum of its two sides`, () => {
    tf.tidy(() => {
      const outputs = settings.type === 'ordinal' ? 4 : 5;
      const logits_BK = tf.tensor2d(fixture.logits.map((row) => row.slice(0, outputs)));
      const classWeights = Float32Array.of(1, 2, 0.5, 3, 1);
      const of = (labels: number[], mixed?: { labels: number[]; shares: number[] }): number[] => {
        const { sum, weight } = headLoss(settings, logits_BK, {
          name: 'head',
          classes: 5,
          classWeights,
          labels_B: tf.tensor1d(labels, 'int32'),
          mixed: mixed && {
            labels_B: tf.tensor1d(mixed.labels, 'int32'),
            share_B: tf.tensor1d(mixed.shares),
          },
        });
        return [sum, weight].map((x) => x.dataSync()[0]!);
      };
      const second = [4, 4, -1, 0, 1, 2, 0, -1, 3];
      const mixed = of(fixture.labels, { labels: second, shares: fixture.labels.map(() => 0.25) });
      const [one, two] = [of(fixture.labels), of(second)];
      assertNear(
        mixed,
        one.map((value, i) => 0.25 * value + 0.75 * two[i]!),
        1e-5,
        'sum and weight',
      );
    });
  });
}
