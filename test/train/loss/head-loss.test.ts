/** The weighted mean over rows with a label, and rows that are mixed of two. Values worked by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LossPlan } from '../../../src/plan/plan.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { countedLabels, type HeadTargets, headLoss } from '../../../src/train/loss/head-loss.ts';
import { measureBatch } from '../../../src/train/loss/objective.ts';
import { assertNear as assertClose } from '../near.ts';

const settings = { type: 'crossEntropy', labelSmoothing: 0 } as const;

const assertNear = (actual: ArrayLike<number>, expected: readonly number[], what: string): void =>
  assertClose(actual, expected, 1e-6, what);

const loss: LossPlan = {
  heads: { head: settings },
  headWeights: { head: 1 },
  classWeights: { type: 'none' },
};

/** Softmax of [ln 1, ln 3] is [1/4, 3/4]; of [ln 1, ln 1] it is [1/2, 1/2]. */
const logits = [
  [0, Math.log(3)],
  [0, 0],
  [0, Math.log(3)],
  [0, Math.log(3)],
];
const [ln43, ln2, ln4] = [Math.log(4 / 3), Math.log(2), Math.log(4)] as const;

function targets(
  labels: number[],
  classWeights: number[],
  mixed?: { labels: number[]; shares: number[] },
): HeadTargets {
  return {
    name: 'head',
    classes: 2,
    labels_B: tf.tensor1d(labels, 'int32'),
    classWeights: Float32Array.from(classWeights),
    mixed: mixed && { labels_B: tf.tensor1d(mixed.labels, 'int32'), share_B: tf.tensor1d(mixed.shares) },
  };
}

/** Sum, weight and mean of a batch, and the gradient of the mean. */
function measured(given: HeadTargets): { numbers: number[]; gradient: number[] } {
  const logits_BK = tf.tensor2d(logits);
  const { sum, weight, mean } = headLoss(settings, logits_BK, given);
  const gradient = tf.grad((x) => headLoss(settings, x as tf.Tensor2D, given).mean)(logits_BK);
  return { numbers: [sum, weight, mean].map((x) => x.dataSync()[0]!), gradient: [...gradient.dataSync()] };
}

test('headLoss - weighted mean over the rows that have a label', () => {
  tf.tidy(() => {
    // Probabilities of the labels: 1/4 with weight 2, 1/2 with weight 3, none, 3/4 with weight 3.
    const { numbers, gradient } = measured(targets([0, 1, -1, 1], [2, 3]));
    const sum = 2 * ln4 + 3 * ln2 + 3 * ln43;
    assertNear(numbers, [sum, 8, sum / 8], 'numbers');
    // weight × (softmax - target) / 8.
    const expected = [-1.5, 1.5, 1.5, -1.5, 0, 0, 0.75, -0.75].map((value) => value / 8);
    assertNear(gradient, expected, 'gradient');
  });
});

test('headLoss - a mixed row counts as two, each with its share, and an unknown label takes its share of weight away', () => {
  tf.tidy(() => {
    const given = targets([0, 1, -1, -1], [2, 3], { labels: [1, -1, 1, -1], shares: [0.25, 0.6, 0.9, 0.5] });
    const { numbers, gradient } = measured(given);
    // Row 0: ¼·2·ln 4 + ¾·3·ln(4/3). Row 1: 0.6·3·ln 2, its other side unknown. Row 2: 0.1·3·ln(4/3). Row 3: nothing.
    const sum = 0.5 * ln4 + 2.25 * ln43 + 1.8 * ln2 + 0.3 * ln43;
    const weight = 0.5 + 2.25 + 1.8 + 0.3;
    assertNear(numbers, [sum, weight, sum / weight], 'numbers');
    // Of the first class: Σ share·weight·(softmax - target).
    const first = [0.5 * (0.25 - 1) + 2.25 * 0.25, 1.8 * 0.5, 0.3 * 0.25, 0];
    assertNear(
      gradient,
      first.flatMap((value) => [value / weight, -value / weight]),
      'gradient',
    );
  });
});

test('headLoss - shares of 1 and 0 are the first label alone and the second alone', () => {
  tf.tidy(() => {
    const alone = measured(targets([0, 1, -1, 1], [2, 3]));
    const other = [1, 0, 0, -1];
    assert.deepEqual(
      measured(targets([0, 1, -1, 1], [2, 3], { labels: other, shares: [1, 1, 1, 1] })),
      alone,
    );
    assert.deepEqual(
      measured(targets(other, [2, 3], { labels: [0, 1, -1, 1], shares: [0, 0, 0, 0] })),
      alone,
    );
  });
});

test('headLoss - a batch without a label gives 0 and a gradient of zeros, whatever the logits', () => {
  tf.tidy(() => {
    for (const mixed of [undefined, { labels: [-1, -1], shares: [0.3, 1] }]) {
      const logits_BK = tf.tensor2d([
        [1, 2],
        [1e30, -1e30],
      ]);
      const { value, grad } = tf.valueAndGrad(
        (x) => headLoss(settings, x as tf.Tensor2D, targets([-1, -1], [1, 1], mixed)).mean,
      )(logits_BK);
      assert.equal(value.dataSync()[0], 0);
      assert.deepEqual([...grad.dataSync()].map(Math.abs), [0, 0, 0, 0]);
    }
  });
});

test('countedLabels - the label of the larger share, the first of equal ones', () => {
  tf.tidy(() => {
    const given = targets([0, 1, -1, 1], [1, 1], { labels: [1, 0, 1, -1], shares: [0.4, 0.5, 0.6, 0.1] });
    assert.deepEqual([...countedLabels(given).dataSync()], [1, 1, -1, -1]);
    const { confusions } = measureBatch({ head: tf.tensor2d(logits) }, [given], loss, new Map());
    // Labels 1, 1 and two unknown; predictions 1, 0 (of equal logits the first), 1, 1.
    assert.deepEqual([...confusions[0]!.dataSync()], [0, 0, 1, 1]);
  });
});
