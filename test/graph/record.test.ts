import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tf } from '../../src/tensorflow/tf.ts';
import { assertSameBothWays, type Compute, type Fed, float } from './run-both.ts';

const shifted: Fed = { ...float(2, 3), values: Float32Array.from([0.3, -0.7, 0.2, 0.9, -0.4, 0.6]) };
const rows: Fed = { shape: [3], dtype: 'int32', values: Int32Array.of(2, 0, 2) };
const image = float(2, 7, 6, 3);
const kernel = float(3, 3, 3, 4);

/** What is computed, and from what. */
const computations: Record<string, [Compute, ...Fed[]]> = {
  'arithmetic with broadcasting': [
    (a, b) => tf.div(tf.sub(tf.mul(tf.add(a!, 1), b!), tf.maximum(a!, b!)), tf.add(tf.square(b!), 2)),
    float(2, 3),
    float(3),
  ],
  'unary functions': [
    (x) => [
      tf.exp(x!),
      tf.log1p(tf.abs(x!)),
      tf.sqrt(tf.square(x!)),
      tf.tanh(x!),
      tf.sigmoid(x!),
      tf.softplus(x!),
      tf.erf(x!),
      tf.elu(x!),
      tf.selu(x!),
      tf.leakyRelu(x!),
      tf.relu6(x!),
      tf.rsqrt(tf.add(tf.abs(x!), 1)),
      tf.round(tf.mul(x!, 10)),
      tf.step(x!),
      tf.logSigmoid(x!),
      tf.pow(tf.abs(x!), 1.5),
      tf.prelu(x!, tf.scalar(0.2)),
      tf.clipByValue(x!, -0.5, 0.5),
      tf.sign(x!),
      tf.mod(x!, 0.3),
    ],
    float(4, 5),
  ],
  comparisons: [
    (x) => [
      tf.greater(x!, 0),
      tf.logicalAnd(tf.less(x!, 0.5), tf.notEqual(x!, 0)),
      tf.where(tf.greater(x!, 0), x!, tf.zerosLike(x!)),
      tf.isFinite(tf.log(x!)),
      tf.isNaN(tf.log(x!)),
    ],
    float(4, 5),
  ],
  reductions: [
    (x) => [
      tf.sum(x!, 1),
      tf.mean(x!, [0, 2]),
      tf.max(x!, -1, true),
      tf.min(x!),
      tf.prod(x!, 2),
      tf.argMax(x!, 1),
      tf.argMin(x!, -1),
      tf.logSumExp(x!, 1),
      tf.cumsum(x!, 1, true),
      tf.norm(x!, 'euclidean', [0, 1]),
      tf.moments(x!, [0, 1]).variance,
      tf.any(tf.greater(x!, 0), 1),
    ],
    float(2, 3, 4),
  ],
  'moving of elements': [
    (x) => [
      tf.transpose(x!, [2, 0, 1]),
      tf.reshape(x!, [6, -1]),
      tf.expandDims(x!, 1),
      tf.squeeze(tf.expandDims(x!, 1)),
      tf.tile(x!, [2, 1, 3]),
      tf.reverse(x!, 1),
      tf.slice(x!, [0, 1, 1], [2, 2, 2]),
      tf.stridedSlice(x!, [0, 2, 0], [2, 0, 4], [1, -1, 2]),
      tf.concat([x!, tf.neg(x!)], -1),
      tf.stack([x!, x!], 1),
      ...tf.unstack(x!, 1),
      ...tf.split(x!, [1, 3], 2),
      tf.pad(x!, [
        [0, 1],
        [2, 0],
        [0, 0],
      ]),
      tf.mirrorPad(
        x!,
        [
          [0, 0],
          [1, 1],
          [0, 0],
        ],
        'reflect',
      ),
      tf.broadcastTo(tf.slice(x!, [0, 0, 0], [2, 1, 4]), [2, 5, 4]),
    ],
    float(2, 3, 4),
  ],
  'gathering by rows that are fed': [
    (x, i) => [
      tf.gather(x!, i as tf.Tensor1D),
      tf.oneHot(i as tf.Tensor1D, 4),
      tf.gatherND(x!, tf.reshape(i!, [3, 1])),
      tf.unsortedSegmentSum(x!, i as tf.Tensor1D, 3),
      tf.bincount(i as tf.Tensor1D, tf.tensor1d([]), 4),
    ],
    float(3, 2),
    rows,
  ],
  'products of matrices': [
    (a, b) => [
      tf.matMul(a!, b!),
      tf.matMul(a!, a!, false, true),
      tf.einsum('ij,jk->ki', a!, b!),
      tf.fused.matMul({
        a: a as tf.Tensor2D,
        b: b as tf.Tensor2D,
        bias: tf.tensor1d([1, 2, 3, 4]),
        activation: 'relu',
      }),
    ],
    shifted,
    float(3, 4),
  ],
  convolutions: [
    (x, k) => [
      tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 2, 'same'),
      tf.conv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'valid', 'NHWC', 2),
      tf.depthwiseConv2d(x as tf.Tensor4D, k as tf.Tensor4D, 1, 'same'),
      tf.maxPool(x as tf.Tensor4D, 3, 2, 'same'),
      tf.avgPool(x as tf.Tensor4D, 2, 2, 'valid'),
      tf.image.resizeBilinear(x as tf.Tensor4D, [4, 5], false, true),
      tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 5]),
      tf.image.flipLeftRight(x as tf.Tensor4D),
      tf.batchNorm(x as tf.Tensor4D, tf.tensor1d([0.1, 0.2, 0.3]), tf.tensor1d([1, 2, 3])),
      tf.localResponseNormalization(x as tf.Tensor4D, 1),
    ],
    image,
    kernel,
  ],
  'softmax and losses': [
    (x, i) => [
      tf.softmax(x as tf.Tensor2D),
      tf.logSoftmax(x as tf.Tensor2D),
      tf.losses.softmaxCrossEntropy(tf.oneHot(i as tf.Tensor1D, 4), x!),
      tf.topk(x!, 2).values,
    ],
    float(3, 4),
    rows,
  ],
};

for (const [title, [compute, ...inputs]] of Object.entries(computations)) {
  test(`record - ${title} gives what it gives at once`, () => assertSameBothWays(compute, inputs, 2e-5));
}

test('record - gradients through convolution, normalisation, pooling, dense and cross entropy are the same', () => {
  const labels: Fed = { shape: [2], dtype: 'int32', values: Int32Array.of(1, 3) };
  assertSameBothWays(
    (x, k, gamma, beta, dense, labels_B) => {
      const loss = (...weights: tf.Tensor[]) => {
        const [kernel_HWIO, gamma_C, beta_C, dense_FK] = weights as [
          tf.Tensor4D,
          tf.Tensor,
          tf.Tensor,
          tf.Tensor2D,
        ];
        const maps = tf.conv2d(x as tf.Tensor4D, kernel_HWIO, 1, 'same');
        const { mean, variance } = tf.moments(maps, [0, 1, 2]);
        const normal = tf.add(
          tf.mul(tf.div(tf.sub(maps, mean), tf.sqrt(tf.add(variance, 1e-3))), gamma_C),
          beta_C,
        );
        const small = tf.maxPool(tf.relu(normal) as tf.Tensor4D, 2, 2, 'valid');
        const wide = tf.concat([small, tf.avgPool(normal as tf.Tensor4D, 2, 2, 'valid')], -1);
        const logits = tf.matMul(tf.mean(wide, [1, 2]) as tf.Tensor2D, dense_FK);
        const target = tf.oneHot(labels_B as tf.Tensor1D, 4);
        return tf.losses.softmaxCrossEntropy(target, logits) as tf.Scalar;
      };
      const { value, grads } = tf.valueAndGrads(loss)([k!, gamma!, beta!, dense!]);
      return [value, ...grads];
    },
    [image, kernel, float(4), float(4), float(8, 4), labels],
    1e-4,
  );
});

test('record - nothing is left in tfjs, and the backend of before is current again', () => {
  const before = { ...tf.memory(), backend: tf.getBackend() };
  assertSameBothWays((x) => tf.sum(tf.square(x!)), [float(3)]);
  assert.deepEqual(
    [tf.memory().numTensors, tf.memory().numDataBuffers, tf.getBackend()],
    [before.numTensors, before.numDataBuffers, before.backend],
  );
});
