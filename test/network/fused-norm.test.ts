/**
 * Our own kernels for batch norm with ReLU beside TensorFlow's ops for the same: outputs, moving averages and all gradients,
 * whole and in pieces. Sizes are such that sums go over several slabs and rows over several tiles, and that pieces are
 * narrow, wide, and of odd widths.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyBatchNorm, trainBatchNorm } from '../../src/network/batch-norm.ts';
import { applyFusedNorm, trainFusedNorm } from '../../src/network/fused-norm.ts';
import { relu as reluLayer } from '../../src/network/relu.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { noiseTensor, tensorDifference } from './fixture.ts';

const settings = { epsilon: 1e-3, momentum: 0.99 };

const cases: readonly { readonly leading: readonly number[]; readonly widths: readonly number[] }[] = [
  { leading: [2, 3, 3], widths: [5] },
  { leading: [8], widths: [40] },
  { leading: [8, 25, 25], widths: [64, 32, 32, 32] },
  { leading: [8, 12, 12], widths: [256, 12, 7, 96] },
  { leading: [1, 1, 1], widths: [3] },
];

for (const { leading, widths } of cases) {
  for (const training of [true, false]) {
    for (const relu of [true, false]) {
      const kind = `${training ? 'trainFusedNorm' : 'applyFusedNorm'} - [${leading}] × ${widths.join(' + ')}`;
      test(`${kind}${relu ? ' with ReLU' : ''}: values and gradients are TensorFlow's`, () => {
        tf.tidy(() => {
          const channels = widths.reduce((sum, width) => sum + width, 0);
          // A mean far from 0 beside the deviation, as behind a ReLU.
          const pieces = widths.map((width, p) => noiseTensor(`piece${p}`, [...leading, width], 0.5, 3));
          const gamma = noiseTensor('gamma', [channels], 0.5, 1);
          const beta = noiseTensor('beta', [channels]);
          const averages = {
            mean_C: noiseTensor('mean', [channels], 0.2, 3),
            variance_C: tf.abs(noiseTensor('variance', [channels], 0.2, 0.5)),
          };
          const direction = noiseTensor('direction', [...leading, channels]);

          const measure = (
            norm: (
              pieces: tf.Tensor[],
              gamma: tf.Tensor,
              beta: tf.Tensor,
            ) => { y: tf.Tensor; averages: tf.Tensor[] },
          ) => {
            let kept: tf.Tensor[] = [];
            const { grads } = tf.valueAndGrads((...inputs) => {
              const result = norm(inputs.slice(0, -2), inputs.at(-2)!, inputs.at(-1)!);
              kept = [result.y, ...result.averages].map((tensor) => tf.keep(tf.clone(tensor)));
              return tf.sum(tf.mul(result.y, direction));
            })([...pieces, gamma, beta]);
            return [...kept, ...grads];
          };
          const expected = measure((inputs, gamma_C, beta_C) => {
            const whole = tf.concat(inputs, -1);
            const weights = { gamma_C, beta_C, ...averages };
            const behind = (y: tf.Tensor): tf.Tensor => (relu ? reluLayer(y) : y);
            if (!training)
              return { y: behind(applyBatchNorm(whole, weights, settings.epsilon)), averages: [] };
            const { y, mean_C, variance_C } = trainBatchNorm(whole, weights, settings);
            return { y: behind(y), averages: [mean_C, variance_C] };
          });
          const actual = measure((inputs, gamma_C, beta_C) => {
            const weights = { gamma_C, beta_C, ...averages };
            const x = inputs.map((tensor) => ({ tensor }));
            if (!training) return { y: applyFusedNorm(x, weights, { ...settings, relu }), averages: [] };
            const { y, mean_C, variance_C } = trainFusedNorm(x, weights, { ...settings, relu });
            return { y, averages: [mean_C, variance_C] };
          });
          assert.equal(actual.length, expected.length);
          actual.forEach((tensor, i) => {
            const difference = tensorDifference(tensor, expected[i]!);
            // A batch of one value normalises to beta: its gradient is 0, and a share of 0 says nothing.
            if (leading.every((side) => side === 1) && training) return;
            assert.ok(difference < 2e-5, `result ${i} is off by ${difference}`);
          });
          tf.dispose(
            [...actual, ...expected].filter(
              (tensor) => !pieces.includes(tensor) && tensor !== gamma && tensor !== beta,
            ),
          );
        });
      });
    }
  }
}

describe('trainFusedNorm', () => {
  test('by hand: mean 3 and variance 2 of 1, 2, 3, 4, 5', () => {
    tf.tidy(() => {
      const weights = {
        gamma_C: tf.tensor1d([2]),
        beta_C: tf.tensor1d([1]),
        mean_C: tf.tensor1d([10]),
        variance_C: tf.tensor1d([4]),
      };
      const x = [{ tensor: tf.tensor2d([1, 2, 3, 4, 5], [5, 1]) }];
      const { y, mean_C, variance_C } = trainFusedNorm(x, weights, {
        epsilon: 0.25,
        momentum: 0.99,
        relu: true,
      });
      // (x - 3) / √(2 + 0.25) · 2 + 1 = (x - 3)·4/3 + 1, and 0 where that is below 0.
      const expected = [0, 0, 1, 7 / 3, 11 / 3];
      y.dataSync().forEach((value, i) => {
        assert.ok(Math.abs(value - expected[i]!) < 1e-6);
      });
      assert.ok(Math.abs(mean_C.dataSync()[0]! - 9.93) < 1e-5);
      assert.ok(Math.abs(variance_C.dataSync()[0]! - 3.98) < 1e-5);
    });
  });

  test('a value that is not a number comes through the ReLU, so that the loss tells of it', () => {
    tf.tidy(() => {
      const weights = {
        gamma_C: tf.ones([1]),
        beta_C: tf.zeros([1]),
        mean_C: tf.zeros([1]),
        variance_C: tf.ones([1]),
      };
      const x = [{ tensor: tf.tensor2d([1, Number.NaN], [2, 1]) }];
      const y = applyFusedNorm(x, weights, { ...settings, relu: true });
      assert.ok(Number.isNaN(y.dataSync()[1]));
    });
  });
});
