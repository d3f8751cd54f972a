// Optimizers, callbacks and the loss against what Keras gives: fixtures/make_keras_fixtures.py says how it was made.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { OptimizerPlan } from '../../src/plan/plan.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { earlyStopping, newWatch, reduceOnPlateau } from '../../src/train/callbacks.ts';
import { crossEntropy } from '../../src/train/loss/cross-entropy.ts';
import { weightedMean } from '../../src/train/loss/head-loss.ts';
import { optimizerFor } from '../../src/train/step/optimizers.ts';
import { eagerOptimizerFor } from './eager-optimizers.ts';
import { assertNear } from './near.ts';

interface Fixture {
  start: number[];
  gradients: number[][];
  rates: number[];
  optimizers: Record<string, number[][]>;
  losses: number[];
  earlyStopping: { patience: number; minDelta: number; stopped: number | null }[];
  reduceOnPlateau: {
    factor: number;
    patience: number;
    minDelta: number;
    minLearningRate: number;
    rates: number[];
  }[];
  crossEntropy: {
    logits: number[][];
    labels: number[];
    weights: number[];
    each: number[];
    loss: number;
    gradient: number[][];
  };
}

const fixture = JSON.parse(readFileSync(new URL('fixtures/keras.json', import.meta.url), 'utf8')) as Fixture;

const plain = {
  learningRate: 0.01,
  weightDecay: 0,
  clipNorm: null,
  averageWeights: null,
  accumulateGradients: 1,
};
const cases: Record<string, OptimizerPlan> = {
  adam: { name: 'adam', ...plain, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  adamOther: { name: 'adam', ...plain, beta1: 0.5, beta2: 0.9, epsilon: 1e-3 },
  sgd: { name: 'sgd', ...plain, momentum: 0.9, nesterov: false },
  nesterov: { name: 'sgd', ...plain, momentum: 0.9, nesterov: true },
  plain: { name: 'sgd', ...plain, momentum: 0, nesterov: false },
};

for (const [name, plan] of Object.entries(cases)) {
  test(`optimizers - ${name}: 12 steps with a rate that falls, gradients from 0 to 100, equal to Keras`, () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const optimizer = eagerOptimizerFor(plan);
      let state: [tf.Tensor, ...tf.Tensor[]] = [
        tf.tensor1d(fixture.start),
        ...optimizerFor(plan)
          .slots(plan)
          .map(() => tf.zeros([fixture.start.length])),
      ];
      fixture.gradients.forEach((gradient, i) => {
        const numbers = optimizer.rates(plan, fixture.rates[i]!, i + 1);
        const rates = Object.fromEntries(
          Object.entries(numbers).map(([key, rate]) => [key, tf.scalar(rate)]),
        );
        const [weight, ...slots] = state;
        state = optimizer.update(plan, weight, tf.tensor1d(gradient), slots, rates);
        assertNear(state[0].dataSync(), fixture.optimizers[name]![i]!, 2e-6, `step ${i + 1}`);
      });
    });
    assert.equal(tf.memory().numTensors, before);
  });
}

test('earlyStopping - stops in the epoch in which Keras stops', () => {
  for (const { stopped, ...plan } of fixture.earlyStopping) {
    let watch = newWatch;
    const epoch = fixture.losses.findIndex((loss) => {
      const next = earlyStopping(plan, watch, loss);
      watch = next.watch;
      return next.stop;
    });
    assert.equal(epoch === -1 ? null : epoch + 1, stopped, JSON.stringify(plan));
  }
  assert.ok(
    new Set(fixture.earlyStopping.map(({ stopped }) => stopped)).size > 3,
    'cases that tell the rules apart',
  );
});

test('reduceOnPlateau - the learning rate of every epoch is that of Keras', () => {
  for (const { rates, ...plan } of fixture.reduceOnPlateau) {
    let state = { watch: newWatch, learningRate: 1 };
    const actual = fixture.losses.map((loss) => {
      state = reduceOnPlateau(plan, state.watch, loss, state.learningRate);
      return state.learningRate;
    });
    assertNear(actual, rates, 1e-6, JSON.stringify(plan));
  }
});

test('crossEntropy - value and gradient equal Keras with weights, a missing label and logits up to 500', () => {
  const { logits, labels, weights, each, loss, gradient } = fixture.crossEntropy;
  tf.tidy(() => {
    const logits_BK = tf.tensor2d(logits);
    const labels_B = tf.tensor1d(labels, 'int32');
    const weights_B = tf.tensor1d(weights);
    const settings = { type: 'crossEntropy', labelSmoothing: 0 } as const;
    assertNear(crossEntropy.rows(settings, logits_BK, labels_B).dataSync(), each, 1e-6, 'each');
    const mean = (x: tf.Tensor): tf.Scalar =>
      weightedMean([{ losses_B: crossEntropy.rows(settings, x as tf.Tensor2D, labels_B), weights_B }]).mean;
    const { value, grad } = tf.valueAndGrad(mean)(logits_BK);
    assertNear(value.dataSync(), [loss], 1e-6, 'loss');
    assertNear(grad.dataSync(), gradient.flat(), 1e-6, 'gradient');
  });
});
