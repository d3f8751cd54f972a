import assert from 'node:assert/strict';
import test from 'node:test';
import { changeColours } from '../../../src/augmentation/apply/colours.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { largestDifference, readFixture } from '../../network/fixture.ts';

const fixture = readFixture('torchvision-colour');
const { shape, values } = fixture.get('images')!;
const imagesOf = (): tf.Tensor4D => tf.tensor4d(values, shape as [number, number, number, number]);

for (const name of ['brightness', 'contrast', 'saturation', 'hue', 'grayscale'] as const) {
  test(`changeColours - ${name} is that of torchvision`, (t) => {
    const cases = [...fixture.keys()].filter((key) => key.startsWith(name) && key.endsWith('/number'));
    assert.ok(cases.length > 0);
    let largest = 0;
    for (const key of cases) {
      const number = fixture.get(key)!.values[0]!;
      const expected = fixture.get(key.replace('/number', '/expected'))!.values;
      const changed = tf.tidy(
        () => changeColours(imagesOf(), tf.fill([shape[0]!, 1], number), [name]).dataSync() as Float32Array,
      );
      const difference = largestDifference(changed, expected);
      // Of 255: float32 has 3e-5 there, and a hue goes through six divisions.
      assert.ok(difference < 1e-3, `${key}: ${difference}`);
      largest = Math.max(largest, difference);
    }
    t.diagnostic(`largest difference of ${cases.length} cases: ${largest} of 255`);
  });
}

test('changeColours - each image has its own numbers, in the order of the names', () => {
  tf.tidy(() => {
    const images_BHWC = tf.tensor4d([10, 20, 30, 100, 150, 200], [2, 1, 1, 3]);
    const changed = changeColours(images_BHWC, tf.tensor2d([2, 1, 1.5, 0], [2, 2]), [
      'brightness',
      'grayscale',
    ]);
    // The first twice as bright, then grey: 0.2989·20 + 0.587·40 + 0.114·60; the second 1.5 times as bright, cut off.
    const grey = Math.fround(0.2989 * 20 + 0.587 * 40 + 0.114 * 60);
    const expected = [grey, grey, grey, 150, 225, 255];
    assert.ok(largestDifference(changed.dataSync() as Float32Array, expected) < 1e-4);
  });
});
