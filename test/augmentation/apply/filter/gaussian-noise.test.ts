import assert from 'node:assert/strict';
import test from 'node:test';
import { addNoise } from '../../../../src/augmentation/apply/filter/gaussian-noise.ts';
import { tf } from '../../../../src/tensorflow/tf.ts';

const noisy = (deviations: number[], seeds: number[][]): Float32Array[] =>
  tf.tidy(() => {
    const grey_BHWC = tf.fill([deviations.length, 64, 64, 3], 128) as tf.Tensor4D;
    const images_BHWC = addNoise(grey_BHWC, tf.tensor1d(deviations), tf.tensor2d(seeds, undefined, 'int32'));
    return tf.unstack(images_BHWC).map((image) => image.dataSync() as Float32Array);
  });

test('addNoise - mean, deviation, skewness and kurtosis are those of a normal distribution', () => {
  const values = noisy([10], [[3, 4]])[0]!;
  const moment = (power: number): number =>
    values.reduce((sum, value) => sum + ((value - 128) / 10) ** power, 0) / values.length;
  // 12,288 numbers; deviations of the four means are sqrt of 1, 2, 15 and 96 over their number; five of them.
  for (const [power, expected, variance] of [
    [1, 0, 1],
    [2, 1, 2],
    [3, 0, 15],
    [4, 3, 96],
  ] as const) {
    const bound = 5 * Math.sqrt(variance / values.length);
    assert.ok(Math.abs(moment(power) - expected) < bound, `${power}: ${moment(power)}`);
  }
});

test('addNoise - depends on the seed of the image alone, is none for 0, and is cut off', () => {
  const [first, none, strong] = noisy(
    [10, 0, 200],
    [
      [3, 4],
      [5, 6],
      [7, 8],
    ],
  );
  assert.deepEqual(first, noisy([10], [[3, 4]])[0]);
  assert.notDeepEqual(first, noisy([10], [[4, 3]])[0]);
  assert.ok(none!.every((value) => value === 128));
  assert.equal(Math.min(...strong!), 0);
  assert.equal(Math.max(...strong!), 255);
});
