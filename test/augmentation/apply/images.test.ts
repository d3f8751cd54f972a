import assert from 'node:assert/strict';
import test from 'node:test';
import { augmentImages } from '../../../src/augmentation/apply/images.ts';
import { type TransformOptions, transformImages } from '../../../src/augmentation/apply/resample.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { largestDifference, type Reference, readFixture } from '../../network/fixture.ts';
import { noAugmentation } from '../no-augmentation.ts';

function transform(
  image: Reference,
  vector: number[],
  options: Partial<TransformOptions> & { size: number },
): Float32Array {
  return tf.tidy(() => {
    const [height, width, channels] = image.shape as [number, number, number];
    const images_BHWC = tf.tensor4d(Int32Array.from(image.values), [1, height, width, channels], 'int32');
    const settings = { fillMode: 'nearest' as const, fillValue: 0, ...options };
    return transformImages(images_BHWC, tf.tensor2d([vector]), settings).dataSync() as Float32Array;
  });
}

/**
 * The transform of Keras's shift, zoom and flip: zoom about the image's centre, then shift, then mirror what comes out.
 * With c = (size - 1) / 2: column from zx·(x - c) + c + tx; mirrored, x becomes size - 1 - x, and x - c its negative.
 */
function affine([tx, ty, zx, zy, flip]: readonly number[], size: number): number[] {
  const c = (size - 1) / 2;
  const a0 = flip === 1 ? -zx! : zx!;
  return [a0, 0, c - a0 * c + tx!, 0, zy!, c - zy! * c + ty!, 0, 0];
}

const fixture = readFixture('augmentation');
const cases = [...fixture.keys()]
  .filter((name) => name.endsWith('/parameters'))
  .map((name) => name.split('/')[0]!);

test('transformImages - shift, zoom and flip are those of Keras for every fill mode that both have', (t) => {
  const image = fixture.get('image')!;
  let largest = 0;
  for (const name of cases) {
    const vector = affine([...fixture.get(`${name}/parameters`)!.values], 24);
    for (const fillMode of ['nearest', 'reflect'] as const) {
      const difference = largestDifference(
        transform(image, vector, { size: 24, fillMode }),
        fixture.get(`${name}/${fillMode}`)!.values,
      );
      // Of 255: coordinates up to 24 in float32 are exact to 2e-6, and a pixel's step is at most 255.
      assert.ok(difference < 5e-3, `${name} ${fillMode}: ${difference}`);
      largest = Math.max(largest, difference);
    }
  }
  t.diagnostic(`largest difference of ${cases.length} cases: ${largest} of 255`);
});

test('transformImages - constant fill is that of Keras but for the pixel around the border', () => {
  const image = fixture.get('image')!;
  for (const name of cases) {
    const vector = affine([...fixture.get(`${name}/parameters`)!.values], 24);
    const actual = transform(image, vector, { size: 24, fillMode: 'constant' });
    const expected = fixture.get(`${name}/constant`)!.values;
    let compared = 0;
    for (let y = 0; y < 24; y++) {
      for (let x = 0; x < 24; x++) {
        const column = vector[0]! * x + vector[2]!;
        const row = vector[4]! * y + vector[5]!;
        // There TensorFlow blends into the black and SciPy cuts it off.
        const blends = [column, row].some((at) => (at > -1 && at < 1e-4) || (at > 23 - 1e-4 && at < 24));
        const exact = [column, row].every(Number.isInteger);
        if (blends && !exact) continue;
        compared++;
        for (let channel = 0; channel < 3; channel++) {
          const i = (y * 24 + x) * 3 + channel;
          assert.ok(
            Math.abs(actual[i]! - expected[i]!) < 5e-3,
            `${name} row ${y} column ${x}: ${actual[i]}, ${expected[i]}`,
          );
        }
      }
    }
    assert.ok(compared > 440, `${name}: ${compared} pixels compared`);
  }
});

test('transformImages - wrap takes the pixels of the other side', () => {
  const image: Reference = { shape: [1, 4, 1], values: Float32Array.of(10, 20, 30, 40) };
  // Column x comes from column x + 2: the third, the fourth, and from the start again.
  const moved = transform(image, [1, 0, 2, 0, 0, 0, 0, 0], { size: 4, fillMode: 'wrap' });
  assert.deepEqual([...moved.slice(0, 4)], [30, 40, 10, 20]);
});

test('transformImages - resizing is bilinear with half-pixel centres, as tf.image.resize', (t) => {
  for (const [from, to] of [
    [48, 24],
    [32, 20],
    [20, 32],
  ] as const) {
    const name = `resize${from}to${to}`;
    // The centre of pixel x, at x + 1/2, lies at (x + 1/2)·from/to in the larger image.
    const scale = from / to;
    const offset = scale / 2 - 0.5;
    const resized = transform(fixture.get(`${name}/image`)!, [scale, 0, offset, 0, scale, offset, 0, 0], {
      size: to,
    });
    const difference = largestDifference(resized, fixture.get(`${name}/expected`)!.values);
    assert.ok(difference < 5e-3, `${name}: ${difference}`);
    t.diagnostic(`${name}: largest difference ${difference} of 255`);
  }
});

test('augmentImages - normalises each channel, and keeps fractions of integer pixels', () => {
  const normalization = { mean: [10, 20, 40], std: [0.5, 10, 5] };
  // Half-way between both pixels: 10.5, 30, 40.
  tf.tidy(() => {
    const cached_BSSC = tf.tensor4d([10, 20, 30, 11, 40, 50], [1, 1, 2, 3], 'int32');
    const transforms = tf.tensor2d([[1, 0, 0.5, 0, 1, 0, 0, 0]]);
    const options = { size: 2, augmentation: noAugmentation, normalization };
    const [red, green, blue] = augmentImages(cached_BSSC, { transforms }, options).dataSync();
    assert.deepEqual([red, green, blue], [1, 1, 0]);
  });
});

test('augmentImages - colours are those of pixels, holes those of the normalised image', () => {
  const normalization = { mean: [100, 100, 100], std: [50, 50, 50] };
  const augmentation = { ...noAugmentation, brightness: { amount: 1, probability: 1 } };
  tf.tidy(() => {
    const cached_BSSC = tf.tensor4d([150, 50, 100, 100, 100, 100], [1, 1, 2, 3], 'int32');
    const feeds = {
      transforms: tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]]),
      colours: tf.tensor2d([[2]]),
      holes: tf.tensor3d([[[0, 1, 2, 1, 7]]]),
    };
    const images = augmentImages(cached_BSSC, feeds, { size: 2, augmentation, normalization });
    // 300 is cut off at 255, (255 - 100) / 50 = 3.1; 100 and 200 become 0 and 2. Then the hole's value.
    const row = [Math.fround(3.1), 0, 2, 7, 7, 7];
    assert.deepEqual([...images.dataSync()], [...row, ...row]);
  });
});
