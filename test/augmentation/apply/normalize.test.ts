/** Normalisation beside tf.image. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { normalizeImages } from '../../../src/augmentation/apply/normalize.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { assertClose, readFixture } from '../../network/fixture.ts';

const fixture = readFixture('layers');

test('normalizeImages - perImage is tf.image.per_image_standardization, for an image of one value too', (t) => {
  tf.tidy(() => {
    const { shape, values: pixels } = fixture.get('perImage/images')!;
    const images_BHWC = tf.tensor4d(pixels, shape as [number, number, number, number]);
    const normalized_BHWC = normalizeImages(images_BHWC, 'perImage');
    const difference = assertClose(normalized_BHWC, fixture.get('perImage/expected')!, 1e-6, 'images');
    t.diagnostic(`largest difference: ${difference.toExponential(1)} of the largest value`);
    assert.deepEqual(new Set(normalized_BHWC.slice(1, 1).dataSync()), new Set([0]));
  });
});
