/** Draws of a stage whose augmentation grows from epoch to epoch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { feedsOf } from '../../../src/augmentation/draw/feeds.ts';
import { drawGeometry } from '../../../src/augmentation/draw/geometry.ts';
import { streamsFor } from '../../../src/augmentation/draw/streams.ts';
import { unchangedPixels } from '../../../src/augmentation/kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { scaleAugmentation } from '../../../src/augmentation/strength.ts';
import { noAugmentation } from '../no-augmentation.ts';

const always = { probability: 1 };
const full: AugmentationPlan = {
  ...noAugmentation,
  horizontalFlip: 0.5,
  shift: { x: 0.2, y: 0.1, ...always },
  zoom: { amount: 0.25, ...always },
  rotate: { degrees: 30, ...always },
  shear: { x: 20, y: 10, ...always },
  randomResizedCrop: { scale: [0.25, 0.5], ratio: [0.75, 1.25], ...always },
  brightness: { amount: 0.4, ...always },
  hue: { amount: 0.1, ...always },
  grayscale: 0.5,
  gaussianBlur: { sigma: [0.5, 2], ...always },
  gaussianNoise: { stddev: [5, 10], ...always },
  randomErasing: {
    ...always,
    ...{ areaMin: 0.1, areaMax: 0.2, aspectMin: 0.5, aspectMax: 2, valueMin: 0, valueMax: 1 },
  },
  coarseDropout: { holes: [1, 3], size: [0.1, 0.2], value: 0, ...always },
  mixUp: { alpha: 1, probability: 0.5 },
  cutMix: { alpha: 1, probability: 0.5 },
};
const growing: AugmentationPlan = { ...full, strength: { from: 0, to: 1 } };
const rows = Int32Array.from({ length: 40 }, (_, i) => i);
const at = { seed: 7, stage: 0, epochs: 5, rows, cacheSize: 64, imageSize: 32 };

test('drawBatch - at strength 0 no image is changed, and the shapes that are fed stay', () => {
  const none = drawBatch(growing, { ...at, epoch: 0 });
  assert.deepEqual(none.transforms, drawBatch(null, { ...at, epoch: 0 }).transforms);
  for (const [name, shape] of feedsOf(growing)) {
    assert.equal(none[name]!.length, shape.reduce((a, b) => a * b, 1) * rows.length, name);
  }
  const all = (values: ArrayLike<number>, wanted: readonly number[]): void =>
    assert.deepEqual(
      Array.from(values),
      Array.from(rows).flatMap(() => wanted),
    );
  // Factor of brightness, turn of the hue, not grey.
  all(none.colours!, [1, 0, 0]);
  all(none.kernels!, [0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  all(none.deviations!, [0]);
  all(none.shares!, [1]);
  all(none.blends!, [1, 0, 0, 0, 0]);
  assert.ok(none.holes!.every((value) => value === 0));
  for (let i = 0; i < rows.length; i++) assert.equal(none.rectangles![i * 5 + 2], 0, 'no height');
});

for (const policy of [
  { trivialAugment: { probability: 1 } },
  { randAugment: { operations: 3, magnitude: 20, probability: 1 } },
]) {
  const [name] = Object.keys(policy);
  test(`drawBatch - ${name} at strength 0 changes no image, and in the last epoch is all there`, () => {
    const plan: AugmentationPlan = { ...noAugmentation, ...policy };
    const grows = { ...plan, strength: { from: 0, to: 1 } };
    const none = drawBatch(grows, { ...at, epoch: 0 });
    assert.deepEqual(none.transforms, drawBatch(null, { ...at, epoch: 0 }).transforms);
    const size = Object.keys(unchangedPixels).length;
    assert.equal(none.pixelChanges!.length, feedsOf(grows).get('pixelChanges')![0]! * size * rows.length);
    none.pixelChanges!.forEach((value, i) => {
      assert.equal(value, Object.values(unchangedPixels)[i % size]);
    });
    const whole = drawBatch(plan, { ...at, epoch: 4 });
    assert.deepEqual(drawBatch(grows, { ...at, epoch: 4 }), whole);
    assert.notDeepEqual(whole.transforms, none.transforms);
    assert.notDeepEqual(whole.pixelChanges, none.pixelChanges);
  });
}

test('drawBatch - in the last epoch the draws are those of the full strength', () => {
  assert.deepEqual(drawBatch(growing, { ...at, epoch: 4 }), drawBatch(full, { ...at, epoch: 4 }));
  const { epochs: _, ...once } = at;
  assert.deepEqual(
    drawBatch(growing, { ...once, epochs: 1, epoch: 0 }),
    drawBatch(full, { ...at, epoch: 0 }),
  );
});

test('drawBatch - the second of five epochs has a quarter of the strength', () => {
  const quarter = { ...full, strength: { from: 0.25, to: 0.25 } };
  const drawn = drawBatch(growing, { ...at, epoch: 1 });
  assert.deepEqual(drawn, drawBatch(quarter, { ...at, epoch: 1 }));
  assert.notDeepEqual(drawn, drawBatch(growing, { ...at, epochs: 9, epoch: 1 }));
  // Deviations are uniform in [5, 10], so a quarter of that.
  assert.ok(drawn.deviations!.every((deviation) => deviation >= 1.25 && deviation < 2.5));
});

test('drawGeometry - strength multiplies what is drawn, and draws nothing else', () => {
  for (const row of rows) {
    const streams = streamsFor(7)({ stage: 0, epoch: 3, row });
    const whole = drawGeometry(full, streams);
    const part = drawGeometry(scaleAugmentation(full, 0.25), streams);
    for (const key of ['shiftX', 'shiftY', 'rotate', 'shearX', 'shearY'] as const) {
      assert.ok(Math.abs(part[key] - 0.25 * whole[key]) < 1e-12, key);
    }
    assert.ok(Math.abs(part.zoomX - 1 - 0.25 * (whole.zoomX - 1)) < 1e-12);
    // An eighth of the images is mirrored, all of them among the half that is at full strength.
    assert.ok(whole.horizontalFlip || !part.horizontalFlip);
  }
});
