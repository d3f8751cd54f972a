import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelStatistics } from '../../src/data/statistics.ts';
import { RunError } from '../../src/errors.ts';

/** Images of one pixel each. */
function onePixel(...pixels: readonly (readonly [number, number, number])[]) {
  return { size: 1, pixels: () => Uint8Array.from(pixels.flat()) };
}

test('channelStatistics - hand-worked, over the images given and no others', () => {
  const images = onePixel([1, 0, 10], [2, 255, 20], [4, 0, 30], [200, 200, 200]);
  const { mean, std } = channelStatistics(images, Int32Array.of(0, 1, 2));
  // Red 1, 2, 4: mean 7/3, variance (1 + 4 + 16)/3 - 49/9 = 14/9. Green 0, 255, 0: mean 85, variance
  // 65025/3 - 7225 = 14450. Blue 10, 20, 30: mean 20, variance 200/3.
  assert.deepEqual(mean, [7 / 3, 85, 20]);
  [Math.sqrt(14) / 3, Math.sqrt(14450), Math.sqrt(200 / 3)].forEach((expected, c) => {
    assert.ok(Math.abs(std[c]! - expected) < 1e-12);
  });
});

test('channelStatistics - an image listed twice counts twice', () => {
  const { mean } = channelStatistics(onePixel([0, 0, 0], [30, 60, 90]), Int32Array.of(0, 1, 1));
  assert.deepEqual(mean, [20, 40, 60]);
});

test('channelStatistics - several pixels an image', () => {
  const pixels = Uint8Array.of(1, 5, 9, 3, 5, 9, 1, 5, 9, 3, 7, 1);
  const { mean, std } = channelStatistics({ size: 2, pixels: () => pixels }, Int32Array.of(0));
  // Red 1, 3, 1, 3; green 5, 5, 5, 7: variance (75 + 49)/4 - 5.5² = 0.75; blue 9, 9, 9, 1: 61 - 49 = 12.
  assert.deepEqual(mean, [2, 5.5, 7]);
  assert.deepEqual(std, [1, Math.sqrt(12) / 4, Math.sqrt(192) / 4]);
});

test('channelStatistics - a channel of one value is an error that names it', () => {
  assert.throws(
    () => channelStatistics(onePixel([1, 7, 1], [2, 7, 2]), Int32Array.of(0, 1)),
    (error) => error instanceof RunError && /the green channel .* found 7 in every pixel/.test(error.message),
  );
});
