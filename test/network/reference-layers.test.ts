/** Pooling and activations beside PyTorch and Keras, which computed in float64. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { gelu } from '../../src/network/gelu.ts';
import { generalizedMean } from '../../src/network/generalized-mean.ts';
import { relu } from '../../src/network/relu.ts';
import { swish } from '../../src/network/swish.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { assertClose, noise, readFixture } from './fixture.ts';

const fixture = readFixture('layers');
const values = (name: string, shape: number[], scale = 1): tf.Tensor =>
  tf.tensor(
    Float32Array.from(
      noise(
        name,
        shape.reduce((a, b) => a * b, 1),
      ),
      (value) => scale * value,
    ),
    shape,
  );

for (const exponent of ['1.0', '3.0', '8.5']) {
  test(`generalizedMean - value and gradients are PyTorch's for the exponent ${exponent}`, (t) => {
    tf.tidy(() => {
      const maps_BHWC = values('maps', [3, 5, 4, 6], 2);
      const p = tf.tensor1d([Number(exponent)]);
      const direction_BC = values('direction', [3, 6]);
      const [dx, dp] = tf.grads((x: tf.Tensor, power: tf.Tensor) =>
        tf.sum(tf.mul(generalizedMean(x, power), direction_BC)),
      )([maps_BHWC, p]);
      for (const [key, actual] of Object.entries({
        pooled: generalizedMean(maps_BHWC, p),
        maps: dx!,
        p: dp!,
      })) {
        const name = `gem${exponent}/${key}`;
        const difference = assertClose(actual, fixture.get(name)!, 1e-5, name);
        t.diagnostic(`${name}: ${difference.toExponential(1)}`);
      }
    });
  });
}

test('generalizedMean - stays finite where x^p does not fit float32', () => {
  tf.tidy(() => {
    const maps_BHWC = tf.tensor4d([1e-3, 2e-3, 0, 1e-3], [1, 2, 2, 1]);
    const gradients = tf.grads((x: tf.Tensor, p: tf.Tensor) => tf.sum(generalizedMean(x, p)))([
      maps_BHWC,
      tf.tensor1d([40]),
    ]);
    // The largest value counts almost alone: 0.002 · 4^(-1/40).
    const pooled = generalizedMean(maps_BHWC, tf.tensor1d([40])).dataSync()[0]!;
    assert.ok(Math.abs(pooled / (0.002 * 4 ** (-1 / 40)) - 1) < 1e-5, String(pooled));
    for (const gradient of gradients) assert.ok([...gradient.dataSync()].every(Number.isFinite));
  });
});

for (const [name, activation] of Object.entries({ relu, swish, gelu })) {
  test(`${name} - value and gradient are Keras's`, () => {
    tf.tidy(() => {
      const x = values('x', [64], 4);
      assertClose(activation(x), fixture.get(`${name}/y`)!, 1e-6, 'value');
      const dx = tf.grad((input: tf.Tensor) => tf.sum(activation(input)))(x);
      assertClose(dx, fixture.get(`${name}/dx`)!, 1e-6, 'gradient');
    });
  });
}
