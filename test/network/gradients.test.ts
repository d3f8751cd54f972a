/** Gradients of the fused ops beside central differences, on small inputs. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { applyBatchNorm, trainBatchNorm } from '../../src/network/batch-norm.ts';
import { addBias } from '../../src/network/bias.ts';
import { dropout } from '../../src/network/dropout.ts';
import { globalAverage, globalMaximum } from '../../src/network/global-pooling.ts';
import { groupedConv } from '../../src/network/grouped-conv.ts';
import { relu } from '../../src/network/relu.ts';
import { swish } from '../../src/network/swish.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { noise } from './fixture.ts';

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor;

// The error of a central difference is of the order of its square, the rounding of float32 of the order of 1e-7 / STEP.
const STEP = 1e-2;

function values(name: string, shape: number[], scale = 1, offset = 0): tf.Tensor {
  const count = shape.reduce((product, side) => product * side, 1);
  return tf.tensor(
    Float32Array.from(noise(name, count), (value) => offset + scale * value),
    shape,
  );
}

/** Compares the gradient of Σ operation(inputs)·direction with its central differences, in every value of every input. */
function checkGradients(operation: Operation, inputs: tf.Tensor[], tolerance = 2e-3): void {
  tf.tidy(() => {
    const direction = values('direction', operation(...inputs).shape);
    const objective = (...given: tf.Tensor[]) => tf.sum(tf.mul(operation(...given), direction)) as tf.Scalar;
    const gradients = tf.grads(objective)(inputs);
    inputs.forEach((input, n) => {
      const at = input.dataSync();
      const analytic = gradients[n]!.dataSync();
      assert.deepEqual(gradients[n]!.shape, input.shape);
      for (let i = 0; i < at.length; i++) {
        const [above, below] = [STEP, -STEP].map((change) => {
          const moved = Float32Array.from(at);
          moved[i] = at[i]! + change;
          const changed = inputs.map((other, m) => (m === n ? tf.tensor(moved, input.shape) : other));
          return objective(...changed).dataSync()[0]!;
        });
        const numeric = (above! - below!) / (2 * STEP);
        const error = Math.abs(numeric - analytic[i]!);
        assert.ok(
          error <= tolerance * (1 + Math.abs(numeric)),
          `input ${n}[${i}]: ${analytic[i]}, numerically ${numeric}`,
        );
      }
    });
  });
}

const averages = { mean_C: tf.tensor1d([0.3, -0.2, 0.1]), variance_C: tf.tensor1d([0.5, 1.5, 2]) };
const settings = { epsilon: 1e-3, momentum: 0.99 };

for (const shape of [
  [3, 2, 2, 3],
  [8, 3],
]) {
  const inputs = () => [values('x', shape, 2), values('gamma', [3], 0.5, 1), values('beta', [3])];

  test(`trainBatchNorm - gradients to x, gamma and beta for the shape [${shape}]`, () => {
    checkGradients(
      (x, gamma_C, beta_C) =>
        trainBatchNorm(x!, { gamma_C: gamma_C!, beta_C: beta_C!, ...averages }, settings).y,
      inputs(),
    );
  });

  test(`applyBatchNorm - gradients to x, gamma and beta for the shape [${shape}]`, () => {
    checkGradients(
      (x, gamma_C, beta_C) =>
        applyBatchNorm(x!, { gamma_C: gamma_C!, beta_C: beta_C!, ...averages }, settings.epsilon),
      inputs(),
    );
  });
}

test('relu - gradient is that of the values above zero', () => {
  // No value lies within a step of the kink.
  const x = tf.tensor2d([-1.5, -0.2, 0.3, 2, -0.05, 0.7], [2, 3]);
  checkGradients((input) => relu(input!), [x]);
});

test('swish - gradient of x · sigmoid(x)', () => {
  checkGradients((input) => swish(input!), [values('x', [3, 4], 4)]);
});

test('addBias - gradients to the images and to the bias', () => {
  checkGradients((x, bias) => addBias(x!, bias!), [values('x', [2, 3, 2, 4]), values('bias', [4])]);
});

for (const [padding, stride] of [
  ['same', 1],
  ['valid', 2],
] as const) {
  test(`groupedConv - gradients to images and kernel, ${padding}, stride ${stride}`, () => {
    checkGradients(
      (x, kernel) => groupedConv(x!, kernel!, [stride, stride], padding),
      [values('x', [2, 5, 4, 6]), values('kernel', [3, 2, 2, 9], 0.5)],
    );
  });

  test(`groupedConv - each group is a convolution of its own, ${padding}, stride ${stride}`, () => {
    tf.tidy(() => {
      const x_BHWC = values('x', [2, 7, 6, 6]) as tf.Tensor4D;
      const kernel = values('kernel', [3, 3, 2, 9]) as tf.Tensor4D;
      const images = tf.split(x_BHWC, 3, 3);
      const kernels = tf.split(kernel, 3, 3);
      const expected = tf.concat(
        images.map((image, g) => tf.conv2d(image as tf.Tensor4D, kernels[g] as tf.Tensor4D, stride, padding)),
        3,
      );
      const actual = groupedConv(x_BHWC, kernel, [stride, stride], padding);
      assert.deepEqual(actual.shape, expected.shape);
      assert.ok(tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]! < 1e-6);
    });
  });
}

test('globalAverage - gradient is spread evenly over the map', () => {
  checkGradients((input) => globalAverage(input!), [values('maps', [2, 3, 2, 2])]);
});

test('globalMaximum - gradient goes to the maximum of each map', () => {
  // Distinct by more than two steps: the order stays under every change.
  const distinct = Float32Array.from({ length: 24 }, (_, i) => ((i * 7) % 24) * 0.1);
  checkGradients((input) => globalMaximum(input!), [tf.tensor4d(distinct, [2, 3, 2, 2])]);
});

test('globalMaximum - equal maxima share the gradient, as in TensorFlow', () => {
  tf.tidy(() => {
    // One map of 2×2 with its maximum twice: each gets half.
    const x_BHWC = tf.tensor4d([5, 1, 5, 0], [1, 2, 2, 1]);
    const gradient = tf.grad((x: tf.Tensor) => tf.sum(globalMaximum(x)))(x_BHWC);
    assert.deepEqual([...gradient.dataSync()], [0.5, 0, 0.5, 0]);
  });
});

test('dropout - gradient passes where the value was kept, scaled alike', () => {
  const step = tf.scalar(3, 'int32');
  checkGradients((input) => dropout(input!, 0.4, 1, step), [values('x', [4, 5])]);
});
