/** What holds for the pixels of every augmentation of the table. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { augmentImages } from '../../../src/augmentation/apply/images.ts';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { feedsOf, feedType } from '../../../src/augmentation/draw/feeds.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { augmentationNames } from '../../../src/augmentation/table.ts';
import { keyFor, stream } from '../../../src/random.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { largestDifference } from '../../network/fixture.ts';
import { planWith } from '../examples.ts';

const SIDE = 16;
const rows = Int32Array.from({ length: 8 }, (_, i) => i);
const numbers = stream(keyFor(1, 'pixels'));
const pixels = Int32Array.from({ length: rows.length * SIDE * SIDE * 3 }, () => numbers.integer(256));

/** Values from 0 to 255. */
function augmented(plan: AugmentationPlan): Float32Array {
  const at = { seed: 3, stage: 0, epoch: 0, epochs: 1, cacheSize: SIDE, imageSize: SIDE, rows };
  const draws = drawBatch(plan, at);
  return tf.tidy(() => {
    const feeds = [...feedsOf(plan)].map(([feed, shape]) => [
      feed,
      tf.tensor(draws[feed]!, [rows.length, ...shape], feedType(feed)),
    ]);
    const cached_BSSC = tf.tensor4d(pixels, [rows.length, SIDE, SIDE, 3], 'int32');
    const normalization = { mean: [0, 0, 0], std: [1, 1, 1] };
    const options = { size: SIDE, augmentation: plan, normalization };
    return augmentImages(cached_BSSC, Object.fromEntries(feeds), options).dataSync() as Float32Array;
  });
}

for (const name of augmentationNames) {
  test(`augmentImages - ${name} changes images, and none at strength 0`, () => {
    const plan = planWith([name]);
    assert.ok(largestDifference(augmented(plan), pixels) > 1);
    const none = augmented({ ...plan, strength: { from: 0, to: 0 } });
    // Of 255: a hue goes through six divisions in float32.
    assert.ok(largestDifference(none, pixels) < 1e-3);
  });
}
