/** Head weights that are learned, after Kendall, Gal and Cipolla: exp(-s) × loss + s / 2. Values worked by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LossPlan } from '../../../src/plan/plan.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import type { HeadTargets } from '../../../src/train/loss/head-loss.ts';
import { headShareOf } from '../../../src/train/loss/log-variances.ts';
import { measureBatch } from '../../../src/train/loss/objective.ts';

const crossEntropy = { type: 'crossEntropy', labelSmoothing: 0 } as const;
const loss: LossPlan = {
  heads: { a: crossEntropy, b: crossEntropy },
  headWeights: 'uncertainty',
  classWeights: { type: 'none' },
};

/** Equal logits of 2 and of 4 classes, so that the losses are ln 2 and ln 4 whatever the label. */
const logits = { a: tf.zeros([3, 2]) as tf.Tensor2D, b: tf.zeros([3, 4]) as tf.Tensor2D };

function targets(name: 'a' | 'b', labels: number[]): HeadTargets {
  const classes = logits[name].shape[1];
  return {
    name,
    classes,
    labels_B: tf.tensor1d(labels, 'int32'),
    classWeights: new Float32Array(classes).fill(1),
  };
}

function totalAt(heads: readonly HeadTargets[], s: readonly [a: number, b: number]) {
  return tf.tidy(() => {
    const total = (...values: tf.Tensor[]): tf.Scalar => {
      const variables = new Map([
        ['a_loss/log_variance', values[0]!],
        ['b_loss/log_variance', values[1]!],
      ]);
      return measureBatch(logits, heads, loss, variables).total;
    };
    const { value, grads } = tf.valueAndGrads(total)(s.map((x) => tf.scalar(x)));
    return { value: value.dataSync()[0]!, grads: grads.map((grad) => grad.dataSync()[0]!) };
  });
}

const isNear = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}, ${expected}`);

test('headShare - value and gradient of each log-variance', () => {
  const [s, t] = [0.4, -1.5];
  const { value, grads } = totalAt([targets('a', [0, 1, -1]), targets('b', [3, 3, 0])], [s, t]);
  isNear(value, Math.exp(-s) * Math.LN2 + s / 2 + Math.exp(-t) * Math.log(4) + t / 2);
  isNear(grads[0]!, 0.5 - Math.exp(-s) * Math.LN2);
  isNear(grads[1]!, 0.5 - Math.exp(-t) * Math.log(4));
});

test('headShare - 0 gives the plain sum, and a log-variance rests where exp(s) is twice the loss', () => {
  const heads = [targets('a', [0, 1, 1]), targets('b', [3, 3, 0])];
  isNear(totalAt(heads, [0, 0]).value, Math.LN2 + Math.log(4));
  for (const grad of totalAt(heads, [Math.log(2 * Math.LN2), Math.log(2 * Math.log(4))]).grads)
    isNear(grad, 0);
});

test('headShare - a head without a label in the batch adds nothing, and its log-variance is not moved', () => {
  const { value, grads } = totalAt([targets('a', [-1, -1, -1]), targets('b', [3, 3, 0])], [0.7, 0.2]);
  isNear(value, Math.exp(-0.2) * Math.log(4) + 0.1);
  assert.equal(Math.abs(grads[0]!), 0);
});

test('headShareOf - is the same for the mean of an epoch', () => {
  isNear(headShareOf(loss, 'a', 3, { a: 0.4, b: 0 }), Math.exp(-0.4) * 3 + 0.2);
  isNear(headShareOf({ ...loss, headWeights: { a: 2, b: 1 } }, 'a', 3, {}), 6);
});
