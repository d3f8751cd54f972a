/** Draws of TrivialAugment and RandAugment, beside torchvision's tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawBatch, feedsOf } from '../../../../src/augmentation/draw/draws.ts';
import { streamsFor } from '../../../../src/augmentation/draw/streams.ts';
import {
  drawPolicy,
  MOST,
  type Operation,
  type OperationName,
  operationNames,
  operationOf,
  randSpace,
  trivialSpace,
} from '../../../../src/augmentation/kinds/policy/operations.ts';
import {
  pixelChangeOf,
  pixelNumbers,
  unchangedPixels,
} from '../../../../src/augmentation/kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../../../../src/augmentation/plan.ts';
import { scaleAugmentation } from '../../../../src/augmentation/strength.ts';
import { readFixture } from '../../../network/fixture.ts';
import { noAugmentation } from '../../no-augmentation.ts';

const fixture = readFixture('torchvision-policy-space');

/** torchvision's name, and its magnitude out of ours: a shift in pixels, a factor as its distance from 1, a threshold of bytes. */
const torchvision: Readonly<
  Record<OperationName, readonly [string, (ours: number, side: number) => number]>
> = {
  identity: ['Identity', same],
  shearX: ['ShearX', same],
  shearY: ['ShearY', same],
  translateX: ['TranslateX', (share, side) => share * side],
  translateY: ['TranslateY', (share, side) => share * side],
  rotate: ['Rotate', same],
  brightness: ['Brightness', fromOne],
  colour: ['Color', fromOne],
  contrast: ['Contrast', fromOne],
  sharpness: ['Sharpness', fromOne],
  posterize: ['Posterize', same],
  solarize: ['Solarize', (share) => 255 * share],
  autoContrast: ['AutoContrast', same],
  equalize: ['Equalize', same],
};

function same(magnitude: number): number {
  return magnitude;
}

function fromOne(factor: number): number {
  return factor - 1;
}

for (const [label, space, side] of [
  ['trivial', trivialSpace, 224],
  ['rand', randSpace, 331],
] as const) {
  test(`operationOf - the ${label} space has torchvision's operations with its magnitudes at all levels`, (t) => {
    const theirs = [...fixture.keys()].filter(
      (key) => key.startsWith(`${label}/`) && key.endsWith('/magnitudes'),
    );
    assert.deepEqual(
      theirs.map((key) => key.split('/')[1]).sort(),
      operationNames.map((name) => torchvision[name][0]).sort(),
    );
    let largest = 0;
    for (const name of operationNames) {
      const [word, magnitudeOf] = torchvision[name];
      const magnitudes = fixture.get(`${label}/${word}/magnitudes`)!.values;
      const isSigned = fixture.get(`${label}/${word}/isSigned`)!.values[0] === 1;
      for (let level = 0; level <= MOST; level++) {
        const expected = magnitudes[level] ?? 0;
        for (const sign of [1, -1] as const) {
          const ours = magnitudeOf(operationOf(name, space, level, sign).magnitude, side);
          const difference = Math.abs(ours - (isSigned ? sign : 1) * expected) / Math.max(1, expected);
          assert.ok(difference < 1e-6, `${name} at ${level}: ${ours} and not ${expected}`);
          largest = Math.max(largest, difference);
        }
      }
    }
    t.diagnostic(`largest difference ${largest} of a magnitude, or of 1 where it is less`);
  });
}

test('operationOf - the largest magnitudes of the papers, written out', () => {
  const at = (name: OperationName, space: typeof trivialSpace): number =>
    operationOf(name, space, 30, 1).magnitude;
  assert.deepEqual(
    (['shearX', 'rotate', 'brightness', 'posterize', 'solarize'] as const).map((name) =>
      at(name, trivialSpace),
    ),
    [0.99, 135, 1.99, 2, 0],
  );
  assert.deepEqual(
    (['shearX', 'rotate', 'brightness', 'posterize', 'solarize'] as const).map((name) => at(name, randSpace)),
    [0.3, 30, 1.9, 4, 0],
  );
});

test('pixelChangeOf - each operation changes its own numbers', () => {
  const changed = (name: OperationName, magnitude: number): object =>
    Object.fromEntries(
      Object.entries(pixelChangeOf({ name, magnitude })).filter(
        ([key, value]) => value !== unchangedPixels[key as keyof typeof unchangedPixels],
      ),
    );
  assert.deepEqual(changed('brightness', 1.5), { factor: 1.5, black: 1 });
  assert.deepEqual(changed('colour', 0.5), { factor: 0.5, grey: 1 });
  assert.deepEqual(changed('contrast', 0.25), { factor: 0.25, meanGrey: 1 });
  assert.deepEqual(changed('sharpness', 1.75), { factor: 1.75, smooth: 1 });
  assert.deepEqual(changed('posterize', 3), { levels: 8 });
  assert.deepEqual(changed('posterize', 8), {});
  assert.deepEqual(changed('solarize', 0.5), { threshold: 127.5 });
  assert.deepEqual(changed('autoContrast', 0), { autoContrast: 1 });
  assert.deepEqual(changed('equalize', 0), { equalize: 1 });
  for (const name of ['identity', 'shearX', 'shearY', 'translateX', 'translateY', 'rotate'] as const) {
    assert.deepEqual(changed(name, 0.5), {}, name);
  }
});

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
