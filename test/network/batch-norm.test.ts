import assert from 'node:assert/strict';
import test from 'node:test';
import { applyBatchNorm, trainBatchNorm } from '../../src/network/batch-norm.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { largestDifference } from './fixture.ts';

const weights = {
  gamma_C: tf.tensor1d([2]),
  beta_C: tf.tensor1d([1]),
  mean_C: tf.tensor1d([10]),
  variance_C: tf.tensor1d([4]),
};

// Mean 3 and variance (4 + 1 + 0 + 1 + 4) / 5 = 2 of 1, 2, 3, 4, 5.
const x_BC = tf.tensor2d([1, 2, 3, 4, 5], [5, 1]);

test('trainBatchNorm - normalises by the batch and moves both averages a hundredth of the way', () => {
  tf.tidy(() => {
    const { y, mean_C, variance_C } = trainBatchNorm(x_BC, weights, { epsilon: 0.25, momentum: 0.99 });
    // (x - 3) / √(2 + 0.25) · 2 + 1 = (x - 3)·4/3 + 1.
    assert.ok(largestDifference(y.dataSync(), [-5 / 3, -1 / 3, 1, 7 / 3, 11 / 3]) < 1e-6);
    // 10·0.99 + 3·0.01 and 4·0.99 + 2·0.01: the variance is the biased one, as in Keras 3.
    assert.ok(largestDifference(mean_C.dataSync(), [9.93]) < 1e-5);
    assert.ok(largestDifference(variance_C.dataSync(), [3.98]) < 1e-5);
  });
});

test('trainBatchNorm - images and features of the same values give the same', () => {
  tf.tidy(() => {
    const settings = { epsilon: 1e-3, momentum: 0.9 };
    const features = trainBatchNorm(x_BC, weights, settings);
    const images = trainBatchNorm(tf.reshape(x_BC, [1, 5, 1, 1]), weights, settings);
    assert.deepEqual(features.y.shape, [5, 1]);
    assert.deepEqual(images.y.shape, [1, 5, 1, 1]);
    assert.deepEqual(features.y.dataSync(), images.y.dataSync());
    assert.deepEqual(features.variance_C.dataSync(), images.variance_C.dataSync());
  });
});

test('trainBatchNorm - a batch of one value has variance 0 and stays finite', () => {
  tf.tidy(() => {
    const { y, variance_C } = trainBatchNorm(tf.tensor2d([[7]]), weights, { epsilon: 1e-3, momentum: 0.99 });
    assert.deepEqual([...y.dataSync()], [1]);
    assert.ok(largestDifference(variance_C.dataSync(), [3.96]) < 1e-6);
  });
});

test('applyBatchNorm - uses the averages and not the batch', () => {
  tf.tidy(() => {
    // (x - 10) / √(4 + 0) · 2 + 1 = x - 9.
    const y = applyBatchNorm(x_BC, weights, 0);
    assert.ok(largestDifference(y.dataSync(), [-8, -7, -6, -5, -4]) < 1e-5);
  });
});
