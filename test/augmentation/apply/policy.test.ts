/** Changes of pixels that TrivialAugment and RandAugment choose from, beside torchvision's on floating point. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changePixels, changePixelsInRounds } from '../../../src/augmentation/apply/policy.ts';
import { type PixelChange, unchangedPixels } from '../../../src/augmentation/kinds/policy/pixel-change.ts';
import { createProgram } from '../../../src/graph/program.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { largestDifference, readFixture } from '../../network/fixture.ts';

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

test('changePixelsInRounds - the second change sees what the first one left', () => {
  const values = [{ factor: 0.5, black: 1 }, { autoContrast: 1 }].map((change) =>
    Object.values({ ...unchangedPixels, ...change }),
  );
  const inRounds = (order: readonly number[]): Float32Array =>
    tf.tidy(() => {
      const images_BHWC = tf.tensor4d(images.values, images.shape as [number, number, number, number]);
      const numbers_BRN = tf.tensor3d(Array.from({ length: count }, () => order.map((i) => values[i]!)));
      return changePixelsInRounds(images_BHWC, numbers_BRN).dataSync() as Float32Array;
    });
  const half = (of: Float32Array): Float32Array => of.map((value) => value / 2);
  const stretched = changed(Array.from({ length: count }, () => ({ autoContrast: 1 })));
  assert.ok(largestDifference(inRounds([1, 0]), half(stretched)) < 1e-4);
  // Stretching undoes the halving, but for a channel of a single value, which stays a half of itself.
  const flat = images.values.map((value, at) => (isFlat(at) ? value / 2 : stretched[at]!));
  assert.ok(largestDifference(inRounds([0, 1]), flat) < 1e-3);
});

/** Whether an element is of the second image's channel of one value. */
function isFlat(at: number): boolean {
  return at >= images.values.length / count && at % 3 === 1;
}

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
