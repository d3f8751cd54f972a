import assert from 'node:assert/strict';
import test from 'node:test';
import { addNoise, blurImages } from '../../../../src/augmentation/apply/filter/gaussian-blur.ts';
import { blurKernel } from '../../../../src/augmentation/kinds/filter/gaussian-blur.ts';
import { createProgram } from '../../../../src/graph/program.ts';
import { tf } from '../../../../src/tensorflow/tf.ts';
import { largestDifference, readFixture } from '../../../network/fixture.ts';

const fixture = readFixture('torchvision-blur');
const source = fixture.get('image')!;
const [height, width, channels] = source.shape as [number, number, number];

test('blurImages - is that of torchvision, each image with its own kernel', (t) => {
  const cases = [...fixture.keys()].filter((key) => key.endsWith('/parameters'));
  assert.equal(cases.length, 4);
  for (const key of cases) {
    const [length, sigma] = fixture.get(key)!.values as unknown as [number, number];
    const kernels = [blurKernel(sigma, length), blurKernel(0, length)];
    const [blurred, same] = tf.tidy(() => {
      const image_1HWC = tf.tensor4d(source.values, [1, height, width, channels]);
      const images_BHWC = tf.concat([image_1HWC, image_1HWC]);
      return tf.unstack(blurImages(images_BHWC, tf.tensor2d(kernels))).map((image) => image.dataSync());
    });
    const difference = largestDifference(
      blurred!,
      fixture.get(key.replace('parameters', 'expected'))!.values,
    );
    // Of 255, where float32 has 3e-5.
    assert.ok(difference < 2e-4, `${key}: ${difference}`);
    assert.deepEqual(same, source.values);
    t.diagnostic(`${length} pixels, sigma ${sigma}: largest difference ${difference} of 255`);
  }
});

test('blurImages - of the largest images and kernels, the graph holds no large constant', () => {
  const inputs = {
    images: { shape: [2, 2048, 2048, 3], dtype: 'float32' },
    kernels: { shape: [2, 61], dtype: 'float32' },
  } as const;
  const record = ({ images, kernels }: Readonly<Record<string, tf.Tensor>>) => ({
    blurred: blurImages(images as tf.Tensor4D, kernels as tf.Tensor2D),
  });
  assert.doesNotThrow(() => createProgram().signature('blur', { inputs, record }));
});

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
