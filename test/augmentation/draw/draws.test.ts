import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { streamsFor } from '../../../src/augmentation/draw/streams.ts';
import type { RandomErasingPlan } from '../../../src/augmentation/kinds/cover/random-erasing.ts';
import { augmentationMatrix, unchanged } from '../../../src/augmentation/kinds/geometry/transform.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { RunError } from '../../../src/errors.ts';
import { keyFor, stream } from '../../../src/random.ts';
import { noAugmentation } from '../no-augmentation.ts';
import { drawnOf } from './drawn.ts';

/** The article's settings. */
const erasing: RandomErasingPlan = {
  probability: 0.5,
  areaMin: 0.01,
  areaMax: 0.2,
  aspectMin: 0.1,
  aspectMax: 1,
  valueMin: 0,
  valueMax: 1,
};
const off = noAugmentation;
const article: AugmentationPlan = {
  ...off,
  horizontalFlip: 0.5,
  shift: { x: 0.2, y: 0.1, probability: 1 },
  zoom: { amount: 0.2, probability: 1 },
  randomErasing: erasing,
};
const at = { stage: 1, epoch: 3, row: 17, imageSize: 100 };

function manyDraws(plan: AugmentationPlan, count = 4000) {
  const streams = streamsFor(42);
  return Array.from({ length: count }, (_, row) => drawnOf(plan, streams({ ...at, row }), 100));
}

test('drawAugmentation - ranges of the five numbers, from the stream of (seed, stage, epoch, row)', () => {
  const numbers = stream(keyFor(42, 'augmentation'), 1, 3, 17);
  const [u0, u1, u2, u3, u4] = Array.from({ length: 5 }, () => numbers.uniform()) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const change = drawnOf(article, streamsFor(42)(at), 100);
  assert.equal(change.horizontalFlip, u0 < 0.5);
  assert.equal(change.shiftX, -0.2 + 0.4 * u1);
  assert.equal(change.shiftY, -0.1 + 0.2 * u2);
  assert.ok(Math.abs(change.zoomX - (0.8 + 0.4 * u3)) < 1e-12);
  assert.ok(Math.abs(change.zoomY - (0.8 + 0.4 * u4)) < 1e-12);
});

test('drawAugmentation - the eraser takes the sixth and seventh number of the same stream, others have their own', () => {
  for (const row of [3, 17, 40, 41]) {
    const numbers = stream(keyFor(42, 'augmentation'), 1, 3, row);
    const uniforms = Array.from({ length: 7 }, () => numbers.uniform());
    const streams = streamsFor(42)({ ...at, row });
    const { erase } = drawnOf(article, streams, 100);
    assert.equal(erase !== null, uniforms[5]! < 0.5);
    if (erase !== null) assert.equal(erase.value, uniforms[6]);
    const own = stream(keyFor(42, 'augmentation/verticalFlip'), 1, 3, row);
    assert.equal(streams('verticalFlip').uniform(), own.uniform());
  }
});

test('drawAugmentation - settings at zero change nothing', () => {
  for (const change of manyDraws(off, 100)) {
    assert.deepEqual(change, { ...unchanged, erase: null, pixels: [] });
  }
});

test('drawAugmentation - one setting does not change what the others draw', () => {
  const [full, without] = [article, { ...article, horizontalFlip: 0, zoom: off.zoom }].map((plan) =>
    manyDraws(plan, 50),
  );
  full!.forEach((change, i) => {
    assert.equal(change.shiftX, without![i]!.shiftX);
    assert.deepEqual(change.erase, without![i]!.erase);
  });
});

test('drawAugmentation - shares and bounds over many rows', () => {
  const changes = manyDraws(article);
  const share = (is: (change: (typeof changes)[number]) => boolean) =>
    changes.filter(is).length / changes.length;
  // Deviation of a share of one half over 4,000 draws: 0.0079; five deviations.
  assert.ok(Math.abs(share(({ horizontalFlip }) => horizontalFlip) - 0.5) < 0.04);
  assert.ok(Math.abs(share(({ erase }) => erase !== null) - 0.5) < 0.04);
  assert.ok(Math.abs(share(({ shiftX }) => shiftX > 0) - 0.5) < 0.04);
  assert.ok(changes.every(({ shiftX, shiftY }) => Math.abs(shiftX) <= 0.2 && Math.abs(shiftY) <= 0.1));
  assert.ok(changes.every(({ zoomX, zoomY }) => zoomX >= 0.8 && zoomX < 1.2 && zoomY >= 0.8 && zoomY < 1.2));
  // Drawn apart: equal zooms on both sides would be a coincidence.
  assert.ok(share(({ zoomX, zoomY }) => zoomX !== zoomY) > 0.99);
});

test('drawAugmentation - a rectangle lies inside, has its area, and is no taller than wide in the article', () => {
  const rectangles = manyDraws(article).flatMap(({ erase }) => (erase === null ? [] : [erase]));
  for (const { top, left, height, width, value } of rectangles) {
    assert.ok(top >= 0 && left >= 0 && top + height <= 100 && left + width <= 100);
    // Sides are rounded down: (w + 1)(h + 1) is above the area drawn, w × h is at most that.
    assert.ok(height * width <= 0.2 * 10_000 && (height + 1) * (width + 1) > 0.01 * 10_000);
    assert.ok(height <= width, `${height} high, ${width} wide`);
    assert.ok(value >= 0 && value < 1);
  }
  const aspects = rectangles.map(({ height, width }) => height / width);
  assert.ok(Math.min(...aspects) < 0.2 && Math.max(...aspects) > 0.9);
});

test('drawAugmentation - probability 0 and 1', () => {
  for (const [probability, expected] of [
    [0, 0],
    [1, 200],
  ] as const) {
    const changes = manyDraws({ ...off, randomErasing: { ...erasing, probability } }, 200);
    assert.equal(changes.filter(({ erase }) => erase !== null).length, expected);
  }
});

test('drawAugmentation - a rectangle that never fits is an error and not an endless loop', () => {
  // 0.9 of the area at height / width = 4: sqrt(0.9 × 4) = 1.9 times the image's height.
  const tall = { ...erasing, probability: 1, areaMin: 0.9, areaMax: 0.9, aspectMin: 4, aspectMax: 4 };
  assert.throws(
    () => drawnOf({ ...off, randomErasing: tall }, streamsFor(1)(at), 100),
    (error) => error instanceof RunError && /fit into 100 × 100 pixels/.test(error.message),
  );
});

test('drawBatch - a row gets the same numbers whatever the batch', () => {
  const options = { seed: 7, stage: 0, epoch: 2, epochs: 4, cacheSize: 64, imageSize: 32 };
  const together = drawBatch(article, { ...options, rows: Int32Array.of(3, 900, 12) });
  for (const [i, row] of [3, 900, 12].entries()) {
    const alone = drawBatch(article, { ...options, rows: Int32Array.of(row) });
    assert.deepEqual(together.transforms.subarray(i * 8, i * 8 + 8), alone.transforms);
    assert.deepEqual(together.rectangles!.subarray(i * 5, i * 5 + 5), alone.rectangles);
  }
});

test('drawBatch - seed, stage and epoch each change the numbers', () => {
  const options = {
    seed: 7,
    stage: 0,
    epoch: 2,
    epochs: 4,
    cacheSize: 64,
    imageSize: 32,
    rows: Int32Array.of(3),
  };
  const base = drawBatch(article, options).transforms;
  for (const other of [{ seed: 8 }, { stage: 1 }, { epoch: 3 }, { rows: Int32Array.of(4) }]) {
    assert.notDeepEqual(drawBatch(article, { ...options, ...other }).transforms, base);
  }
});

test('drawBatch - rectangle as top, left, height, width, value', () => {
  const plan = { ...off, randomErasing: { ...erasing, probability: 1 } };
  const { rectangles } = drawBatch(plan, {
    seed: 42,
    ...at,
    epochs: 4,
    rows: Int32Array.of(17),
    cacheSize: 100,
  });
  const { top, left, height, width, value } = drawnOf(plan, streamsFor(42)(at), 100).erase!;
  assert.deepEqual(rectangles, Float32Array.of(top, left, height, width, value));
});

test('drawBatch - evaluation resizes only', () => {
  const rows = Int32Array.of(5, 6);
  const { transforms, rectangles } = drawBatch(null, {
    seed: 1,
    stage: 0,
    epoch: 0,
    epochs: 4,
    rows,
    cacheSize: 8,
    imageSize: 4,
  });
  const resize = augmentationMatrix(unchanged, 8, 4);
  assert.deepEqual(transforms, Float32Array.of(...resize, ...resize));
  assert.equal(rectangles, undefined);
});
