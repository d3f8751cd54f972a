import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawGeometry } from '../../../src/augmentation/draw/geometry.ts';
import { streamsFor } from '../../../src/augmentation/draw/streams.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { noAugmentation } from '../no-augmentation.ts';

function draws(changes: Partial<AugmentationPlan>, count = 4000) {
  const streams = streamsFor(42);
  return Array.from({ length: count }, (_, row) =>
    drawGeometry({ ...noAugmentation, ...changes }, streams({ stage: 0, epoch: 0, row })),
  );
}

/** Of four deviations over 4,000 draws of a number that is uniform in [low, high]. */
function assertUniform(values: readonly number[], low: number, high: number): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = (high - low) / Math.sqrt(12 * values.length);
  assert.ok(Math.abs(mean - (low + high) / 2) < 4 * deviation, `mean ${mean} of ${low} to ${high}`);
  const reach = (high - low) / 100;
  assert.ok(Math.min(...values) >= low && Math.min(...values) < low + reach, `from ${Math.min(...values)}`);
  assert.ok(Math.max(...values) <= high && Math.max(...values) > high - reach, `to ${Math.max(...values)}`);
}

test('drawGeometry - rotation and shear are uniform in their ranges', () => {
  const changes = draws({
    rotate: { degrees: 30, probability: 1 },
    shear: { x: 10, y: 5, probability: 1 },
  });
  assertUniform(
    changes.map(({ rotate }) => rotate),
    -30,
    30,
  );
  assertUniform(
    changes.map(({ shearX }) => shearX),
    -10,
    10,
  );
  assertUniform(
    changes.map(({ shearY }) => shearY),
    -5,
    5,
  );
});

test('drawGeometry - each change has its own probability, and none changes what the others draw', () => {
  const all: Partial<AugmentationPlan> = {
    verticalFlip: 0.5,
    shift: { x: 0.2, y: 0, probability: 0.25 },
    zoom: { amount: 0.3, probability: 0.25 },
    rotate: { degrees: 30, probability: 0.25 },
    shear: { x: 10, y: 0, probability: 0.25 },
    randomResizedCrop: { scale: [0.2, 0.9], ratio: [0.8, 1.25], probability: 0.25 },
  };
  const changes = draws(all);
  const share = (is: (change: (typeof changes)[number]) => boolean) =>
    changes.filter(is).length / changes.length;
  // Deviation of a share of 1/4 over 4,000 draws: 0.0068; five deviations.
  for (const part of [
    share(({ shiftX }) => shiftX !== 0),
    share(({ zoomX }) => zoomX !== 1),
    share(({ rotate }) => rotate !== 0),
    share(({ shearX }) => shearX !== 0),
    share(({ crop }) => crop !== null),
  ])
    assert.ok(Math.abs(part - 0.25) < 0.035, String(part));
  assert.ok(Math.abs(share(({ verticalFlip }) => verticalFlip) - 0.5) < 0.04);
  // Independent: two of them together as often as the product says.
  assert.ok(Math.abs(share(({ rotate, shearX }) => rotate !== 0 && shearX !== 0) - 1 / 16) < 0.02);
  const alone = draws({ rotate: all.rotate! }, 100);
  alone.forEach(({ rotate }, i) => {
    assert.equal(rotate, changes[i]!.rotate);
  });
});

test('drawGeometry - a crop has a uniform area, a ratio in its range, and lies inside', () => {
  const plan = { scale: [0.1, 0.5], ratio: [0.5, 2], probability: 1 } as const;
  const crops = draws({ randomResizedCrop: plan }).map(({ crop }) => crop!);
  // Half of the image at a width of twice the height just fits: no draw is thrown away.
  assertUniform(
    crops.map(({ width, height }) => width * height),
    0.1,
    0.5,
  );
  assertUniform(
    crops.map(({ width, height }) => Math.log2(width / height)),
    -1,
    1,
  );
  assertUniform(
    crops.map(({ left, width }) => left / (1 - width)),
    0,
    1,
  );
  assert.ok(
    crops.every(
      ({ left, top, width, height }) => Math.min(left, top, 1 - left - width, 1 - top - height) >= -1e-12,
    ),
  );
});

test('drawGeometry - where no crop fits, the largest one in the middle is taken, as torchvision', () => {
  const plan = { scale: [1, 1], ratio: [2, 3], probability: 1 } as const;
  const [change] = draws({ randomResizedCrop: plan }, 1);
  assert.deepEqual(change!.crop, { left: 0, top: 0.25, width: 1, height: 0.5 });
});
