/** Convolutions of 1×1 that step over pixels: over the pixels that are left, they are the same, and so are gradients. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSubsample, skipsPixels } from '../../src/network/subsample.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { noiseTensor, tensorDifference } from './fixture.ts';

const cases: readonly { side: [number, number]; strides: [number, number] }[] = [
  { side: [8, 8], strides: [2, 2] },
  { side: [7, 9], strides: [2, 2] },
  { side: [8, 7], strides: [3, 1] },
  { side: [1, 2], strides: [2, 2] },
];

for (const { side, strides } of cases) {
  test(`createSubsample - ${side.join('×')}, strides ${strides.join(' and ')}: two convolutions on the same images as TensorFlow's with strides`, () => {
    const images = noiseTensor('images', [3, ...side, 6]) as tf.Tensor4D;
    const kernels = [4, 5].map((out) => noiseTensor(`kernel ${out}`, [1, 1, 6, out]) as tf.Tensor4D);
    const first = tf.conv2d(images, kernels[0]!, strides, 'same');
    const second = tf.conv2d(images, kernels[1]!, strides, 'same');
    const directions = [first, second].map(({ shape }, i) => noiseTensor(`direction ${i}`, shape));
    type Convolve = (x: tf.Tensor4D, kernel: tf.Tensor4D) => tf.Tensor;
    const gradients = (makeConvolve: () => Convolve): tf.Tensor[] =>
      tf.grads((...args: tf.Tensor[]) => {
        const [x, ...both] = args as tf.Tensor4D[];
        const convolve = makeConvolve();
        const sums = both.map((kernel, i) => tf.sum(tf.mul(convolve(x!, kernel), directions[i]!)));
        return tf.add(sums[0]!, sums[1]!);
      })([images, ...kernels]);
    const plain = gradients(() => (x, kernel) => tf.conv2d(x, kernel, strides, 'same'));
    const ours = gradients(() => {
      const subsample = createSubsample();
      return (x, kernel) => tf.conv2d(subsample(x, strides), kernel, 1, 'valid');
    });
    const subsample = createSubsample();
    const outputs = kernels.map((kernel) => tf.conv2d(subsample(images, strides), kernel, 1, 'valid'));
    [first, second].forEach((expected, i) => {
      assert.deepEqual(outputs[i]!.shape, expected.shape);
      assert.ok(tensorDifference(outputs[i]!, expected) < 1e-6);
    });
    plain.forEach((expected, i) => {
      assert.ok(tensorDifference(ours[i]!, expected) < 1e-6, `gradient ${i}`);
    });
  });
}

test('createSubsample - makes smaller images once for each input and strides', () => {
  const subsample = createSubsample();
  const [a, b] = [tf.ones([1, 4, 4, 2]) as tf.Tensor4D, tf.ones([1, 4, 4, 2]) as tf.Tensor4D];
  const made = subsample(a, [2, 2]);
  assert.equal(subsample(a, [2, 2]), made);
  assert.notEqual(subsample(b, [2, 2]), made);
  assert.deepEqual(subsample(a, [2, 1]).shape, [1, 2, 4, 2]);
});

test('skipsPixels - kernels of 1×1 with a stride, and no other', () => {
  assert.ok(skipsPixels([1, 1, 8, 8], [2, 2]));
  assert.ok(skipsPixels([1, 1, 8, 8], [1, 2]));
  assert.ok(!skipsPixels([1, 1, 8, 8], [1, 1]));
  assert.ok(!skipsPixels([3, 3, 8, 8], [2, 2]));
  assert.ok(!skipsPixels([1, 3, 8, 8], [2, 2]));
});
