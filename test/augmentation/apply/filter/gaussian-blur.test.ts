import assert from 'node:assert/strict';
import test from 'node:test';
import { blurImages } from '../../../../src/augmentation/apply/filter/gaussian-blur.ts';
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
