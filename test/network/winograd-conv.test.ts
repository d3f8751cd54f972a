/**
 * Our own kernels for convolutions of 3×3 beside TensorFlow's: values and both gradients, for every length of vector that
 * this processor has, at sizes with tiles that lie half outside, and with fewer and more tiles than a block holds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suitsWinograd, winogradConv } from '../../src/network/winograd-conv.ts';
import { attribute, rawOp } from '../../src/tensorflow/raw-op.ts';
import { tf } from '../../src/tensorflow/tf.ts';
import { noise } from './fixture.ts';

type Sizes = { readonly images: [number, number, number, number]; readonly out: number };

const cases: readonly Sizes[] = [
  { images: [2, 5, 5, 32], out: 32 },
  { images: [1, 6, 9, 64], out: 32 },
  { images: [3, 25, 25, 128], out: 32 },
  { images: [2, 13, 12, 32], out: 128 },
  { images: [1, 1, 1, 32], out: 64 },
];

function values(name: string, shape: [number, number, number, number]): tf.Tensor4D {
  const size = shape.reduce((product, side) => product * side, 1);
  return tf.tensor4d(Float32Array.from(noise(name, size)), shape);
}

/** Largest difference as a share of the largest value. */
function difference(actual: tf.Tensor, expected: tf.Tensor): number {
  assert.deepEqual(actual.shape, expected.shape);
  return tf.max(tf.abs(tf.sub(actual, expected))).dataSync()[0]! / tf.max(tf.abs(expected)).dataSync()[0]!;
}

const lanesHere = [4, 8, 16].filter((lanes) => {
  try {
    const [x, kernel] = [tf.zeros([1, 2, 2, 32]), tf.zeros([3, 3, 32, 32])];
    tf.dispose(rawOp('ManyheadsConv3x3', [attribute.int('lanes', lanes)], [x, kernel], 1));
    return true;
  } catch {
    return false;
  }
});

test('ManyheadsConv3x3 - has at least the shortest vectors', () => {
  assert.ok(lanesHere.includes(4));
});

for (const { images, out } of cases) {
  for (const lanes of lanesHere) {
    test(`ManyheadsConv3x3 - [${images}] to ${out} channels, vectors of ${lanes}: TensorFlow's values and gradients`, () => {
      tf.tidy(() => {
        const x = values('images', images);
        const kernel = values('kernel', [3, 3, images[3], out]);
        const dy = values('gradient', [images[0], images[1], images[2], out]);
        const length = [attribute.int('lanes', lanes)];
        const run = (op: string, inputs: tf.Tensor[]): tf.Tensor => rawOp(op, length, inputs, 1)[0]!;
        const convolve = (image: tf.Tensor, filter: tf.Tensor): tf.Tensor =>
          tf.conv2d(image as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
        const { grads } = tf.valueAndGrads((image, filter) => tf.sum(tf.mul(convolve(image!, filter!), dy)))([
          x,
          kernel,
        ]);
        // Twice the rounding of a plain convolution in float32, of which these are sums of up to 1,152 products.
        assert.ok(difference(run('ManyheadsConv3x3', [x, kernel]), convolve(x, kernel)) < 5e-6);
        assert.ok(difference(run('ManyheadsConv3x3InputGrad', [dy, kernel]), grads[0]!) < 5e-6);
        assert.ok(difference(run('ManyheadsConv3x3KernelGrad', [x, dy]), grads[1]!) < 2e-5);
      });
    });
  }
}

test('ManyheadsConv3x3 - by hand: a kernel of ones adds up the pixels around, zeros outside', () => {
  tf.tidy(() => {
    // 3×3 pixels 1 to 9 in the first of 32 channels.
    const pixels = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
    const x = tf.pad(pixels, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 31],
    ]) as tf.Tensor4D;
    const y = winogradConv(x, tf.ones([3, 3, 32, 32]));
    // Corner 1 + 2 + 4 + 5, edge 1 to 6, and so on; 45 in the middle.
    const expected = [12, 21, 16, 27, 45, 33, 24, 39, 28];
    const first = tf.slice(y, [0, 0, 0, 0], [1, 3, 3, 1]).dataSync();
    for (const [i, value] of expected.entries()) assert.ok(Math.abs(first[i]! - value) < 1e-5);
  });
});

test('ManyheadsConv3x3 - the same input gives the same bits, whatever thread computes which tile', () => {
  tf.tidy(() => {
    const [x, dy] = [values('images', [3, 25, 25, 64]), values('gradient', [3, 25, 25, 32])];
    const gradient = () => rawOp('ManyheadsConv3x3KernelGrad', [], [x, dy], 1)[0]!.dataSync();
    const first = gradient();
    for (let i = 0; i < 5; i++) assert.deepEqual(gradient(), first);
  });
});

test('suitsWinograd - not for strides, other kernels, odd numbers of channels, large kernels or small images', () => {
  const suiting = {
    images: [8, 25, 25, 128],
    kernel: [3, 3, 128, 32],
    strides: [1, 1],
    padding: 'same' as const,
  };
  assert.ok(suitsWinograd(suiting));
  assert.ok(!suitsWinograd({ ...suiting, strides: [2, 2] }));
  assert.ok(!suitsWinograd({ ...suiting, padding: 'valid' }));
  assert.ok(!suitsWinograd({ ...suiting, kernel: [1, 1, 128, 32] }));
  assert.ok(!suitsWinograd({ ...suiting, kernel: [3, 3, 128, 48] }));
  assert.ok(!suitsWinograd({ ...suiting, kernel: [3, 3, 256, 256] }));
  assert.ok(!suitsWinograd({ ...suiting, images: [8, 4, 4, 128] }));
});
