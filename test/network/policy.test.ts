/** Changes of pixels that TrivialAugment and RandAugment choose from, beside torchvision's on floating point. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createProgram } from '../../src/graph/program.ts';
import { changePixels, type PixelChange, unchangedPixels } from '../../src/network/policy.ts';
import { tf } from '../../src/runtime/tf.ts';
import { largestDifference, readFixture } from './fixture.ts';

const fixture = readFixture('torchvision-policy');
const images = fixture.get('images')!;
const count = images.shape[0]!;

const changes: Readonly<Record<string, (number: number) => Partial<PixelChange>>> = {
  brightness: (factor) => ({ factor, black: 1 }),
  grey: (factor) => ({ factor, grey: 1 }),
  contrast: (factor) => ({ factor, meanGrey: 1 }),
  sharpness: (factor) => ({ factor, smooth: 1 }),
  posterize: (bits) => ({ levels: 2 ** bits }),
  solarize: (share) => ({ threshold: 255 * share }),
  autoContrast: () => ({ autoContrast: 1 }),
  equalize: () => ({ equalize: 1 }),
};

function changed(of: readonly Partial<PixelChange>[]): Float32Array {
  return tf.tidy(() => {
    const images_BHWC = tf.tensor4d(images.values, images.shape as [number, number, number, number]);
    const rows = of.map((change): number[] => Object.values({ ...unchangedPixels, ...change }));
    return changePixels(images_BHWC, tf.tensor2d(rows)).dataSync() as Float32Array;
  });
}

for (const [name, change] of Object.entries(changes)) {
  for (let i = 0; fixture.has(`${name}${i}/number`); i++) {
    const number = fixture.get(`${name}${i}/number`)!.values[0]!;
    test(`changePixels - ${name} of ${number} is that of torchvision`, (t) => {
      const expected = fixture.get(`${name}${i}/expected`)!.values;
      const ours = changed(Array.from({ length: count }, () => change(number)));
      const difference = largestDifference(ours, expected);
      t.diagnostic(`largest difference ${difference} of 255`);
      assert.ok(difference < 1e-3, String(difference));
    });
  }
}

test('changePixels - each image gets its own change, and one without stays to the bit', () => {
  const size = images.values.length / count;
  for (const own of [{ equalize: 1 }, { autoContrast: 1 }, { levels: 4 }, { factor: 0.5, smooth: 1 }]) {
    const together = changed([own, {}]);
    assert.deepEqual(together.subarray(0, size), changed([own, own]).subarray(0, size));
    assert.notDeepEqual(together.subarray(0, size), images.values.subarray(0, size));
    assert.deepEqual(together.subarray(size), images.values.subarray(size));
  }
});

test('changePixels - can be recorded into a graph', () => {
  createProgram().signature('step', {
    inputs: {
      images: { shape: [2, 8, 8, 3], dtype: 'float32' },
      numbers: { shape: [2, Object.keys(unchangedPixels).length], dtype: 'float32' },
    },
    record: (inputs) => ({
      images: changePixels(inputs.images as tf.Tensor4D, inputs.numbers as tf.Tensor2D),
    }),
  });
});
