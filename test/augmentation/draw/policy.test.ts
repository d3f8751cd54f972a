/** Draws of TrivialAugment and RandAugment. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { feedsOf } from '../../../src/augmentation/draw/feeds.ts';
import { drawPolicy } from '../../../src/augmentation/draw/policy.ts';
import { streamsFor } from '../../../src/augmentation/draw/streams.ts';
import { type Operation, operationNames } from '../../../src/augmentation/kinds/policy/operations.ts';
import { pixelNumbers } from '../../../src/augmentation/kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { scaleAugmentation } from '../../../src/augmentation/strength.ts';
import { noAugmentation } from '../no-augmentation.ts';

const trivial: AugmentationPlan = { ...noAugmentation, trivialAugment: { probability: 1 } };
const rand: AugmentationPlan = {
  ...noAugmentation,
  randAugment: { operations: 3, magnitude: 15, probability: 1 },
};
const COUNT = 14_000;

function draws(plan: AugmentationPlan, count = COUNT, seed = 42): Operation[][] {
  const streams = streamsFor(seed);
  return Array.from({ length: count }, (_, row) => drawPolicy(plan, streams({ stage: 0, epoch: 0, row })));
}

/** Each as often as the others: 1,000 of 14,000, whose deviation is 30.5; five deviations. */
function assertAlike(operations: readonly Operation[]): void {
  for (const name of operationNames) {
    const times = operations.filter((operation) => operation.name === name).length;
    assert.ok(Math.abs(times - COUNT / 14) < 153, `${name}: ${times}`);
  }
}

test('drawPolicy - TrivialAugment: one operation, all alike, at 31 levels that are all alike, to both sides', () => {
  const drawn = draws(trivial);
  assert.ok(drawn.every(({ length }) => length === 1));
  const operations = drawn.flat();
  assertAlike(operations);
  const degrees = operations.flatMap(({ name, magnitude }) => (name === 'rotate' ? [magnitude] : []));
  // Level 0 counts for both signs: 31 levels at 4.5 degrees.
  const levels = degrees.map((angle) => Math.round(Math.abs(angle) / 4.5));
  assert.ok(degrees.every((angle, i) => Math.abs(Math.abs(angle) - 4.5 * levels[i]!) < 1e-9));
  assert.deepEqual(
    [...new Set(levels)].sort((a, b) => a - b),
    Array.from({ length: 31 }, (_, i) => i),
  );
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length;
  // Deviation of the mean of a thousand: 0.28; five deviations.
  assert.ok(Math.abs(mean - 15) < 1.5, String(mean));
  const right = degrees.filter((angle) => angle > 0).length / degrees.length;
  assert.ok(Math.abs(right - 15 / 31) < 0.08, String(right));
});

test('drawPolicy - RandAugment: as many operations as asked for, all alike in each place, at one level', () => {
  const drawn = draws(rand);
  assert.ok(drawn.every(({ length }) => length === 3));
  for (const place of [0, 1, 2]) assertAlike(drawn.map((operations) => operations[place]!));
  // Drawn apart: the first is the second in one of fourteen images, 1,000; five deviations.
  const twice = drawn.filter(([first, second]) => first!.name === second!.name).length;
  assert.ok(Math.abs(twice - 1000) < 153, String(twice));
  for (const { name, magnitude } of drawn.flat()) {
    if (name === 'rotate') assert.equal(Math.abs(magnitude), 15);
    if (name === 'solarize') assert.equal(magnitude, 0.5);
    if (name === 'posterize') assert.equal(magnitude, 6);
    if (name === 'contrast') assert.ok(Math.abs(Math.abs(magnitude - 1) - 0.45) < 1e-12);
  }
});

test('drawPolicy - seed, stage, epoch and row each change the operations, and nothing else does', () => {
  const at = (seed: number, stage: number, epoch: number, from: number): Operation[][] =>
    Array.from({ length: 20 }, (_, i) => drawPolicy(rand, streamsFor(seed)({ stage, epoch, row: from + i })));
  const base = at(1, 0, 0, 0);
  assert.deepEqual(at(1, 0, 0, 0), base);
  for (const other of [at(2, 0, 0, 0), at(1, 1, 0, 0), at(1, 0, 1, 0), at(1, 0, 0, 100)]) {
    assert.notDeepEqual(other, base);
  }
  // In any batch, and whatever else is done.
  const options = { seed: 1, stage: 0, epoch: 2, epochs: 4, cacheSize: 64, imageSize: 32 };
  const together = drawBatch(rand, { ...options, rows: Int32Array.of(3, 900, 12) });
  const size = 3 * pixelNumbers.length;
  assert.deepEqual(feedsOf(rand).get('pixelChanges'), [3, pixelNumbers.length]);
  const noisy = { ...rand, shear: { x: 5, y: 0, probability: 1 } };
  for (const [i, row] of [3, 900, 12].entries()) {
    const alone = drawBatch(noisy, { ...options, rows: Int32Array.of(row) });
    assert.deepEqual(together.pixelChanges!.subarray(i * size, (i + 1) * size), alone.pixelChanges);
  }
});

test('drawPolicy - a probability leaves images as they are, and half a strength halves levels', () => {
  const quarter = draws({ ...rand, randAugment: { ...rand.randAugment!, probability: 0.25 } });
  const whole = draws(rand);
  quarter.forEach((operations, row) => {
    if (operations.some(({ name }) => name !== 'identity')) assert.deepEqual(operations, whole[row]);
  });
  // All three are Identity in one of 2,744 images that get them.
  const left = quarter.filter((operations) => operations.every(({ name }) => name === 'identity')).length;
  assert.ok(Math.abs(left / COUNT - 0.75) < 0.02, String(left));

  for (const plan of [trivial, rand]) {
    const full = draws(plan).flat();
    const half = draws(scaleAugmentation(plan, 0.5)).flat();
    let kept = 0;
    let all = 0;
    full.forEach(({ name, magnitude }, i) => {
      const other = half[i]!;
      if (name === 'rotate') assert.ok(Math.abs(other.magnitude - magnitude / 2) < 1e-12);
      if (name === 'solarize') assert.ok(Math.abs(1 - other.magnitude - (1 - magnitude) / 2) < 1e-12);
      if (name !== 'equalize' && name !== 'autoContrast') {
        assert.equal(other.name, name);
        return;
      }
      all++;
      if (other.name === name) kept++;
      else assert.equal(other.name, 'identity');
    });
    // Two thousand or more: five deviations of a half.
    assert.ok(Math.abs(kept / all - 0.5) < 0.056, String(kept / all));
  }
});
