import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AugmentationPlan, augmentationOf } from '../../src/augmentation/plan.ts';
import {
  largestStrength,
  scaleAugmentation,
  strengthAt,
  strengthOf,
} from '../../src/augmentation/strength.ts';
import { fillDefaults } from '../../src/schema/defaults.ts';
import type { ResolvedExperiment } from '../../src/schema/experiment.ts';
import { experimentSchema } from '../../src/schema/schema.ts';

const planOf = (written: object): AugmentationPlan => {
  const { value } = fillDefaults(experimentSchema().definitions!.augmentation!, written);
  return augmentationOf(value as ResolvedExperiment['augmentation']);
};

/** Everything there is, with numbers that are exact in binary. */
const written = {
  horizontalFlip: 0.5,
  verticalFlip: 0.25,
  shift: { x: 0.5, y: 0.25, probability: 0.5 },
  zoom: 0.5,
  rotate: { degrees: 16, probability: 0.5 },
  shear: { x: 8, y: 4 },
  randomResizedCrop: { scale: [0.25, 0.75], ratio: [0.25, 4], probability: 0.5 },
  trivialAugment: { probability: 0.5 },
  randAugment: { operations: 3, magnitude: 10 },
  brightness: 0.5,
  contrast: { amount: 0.25, probability: 0.5 },
  saturation: 1,
  hue: 0.25,
  grayscale: 0.5,
  gaussianBlur: { sigma: [0.5, 2], probability: 0.5 },
  gaussianNoise: { stddev: [4, 16], probability: 0.5 },
  randomErasing: { areaMin: 0.125, areaMax: 0.5, probability: 0.5 },
  coarseDropout: { holes: [2, 4], size: [0.125, 0.25], probability: 0.5 },
  mixUp: { probability: 1 },
  cutMix: { probability: 0.5 },
};
const everything = planOf(written);

test('strengthAt - a straight line from the first epoch to the last', () => {
  const at = (from: number, to: number, epochs: number): number[] =>
    Array.from({ length: epochs }, (_, epoch) => strengthAt({ from, to }, epoch, epochs));
  assert.deepEqual(at(0, 1, 5), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(at(0.5, 0.75, 3), [0.5, 0.625, 0.75]);
  assert.deepEqual(at(1, 0, 3), [1, 0.5, 0]);
  assert.deepEqual(at(0.3, 0.3, 4), [0.3, 0.3, 0.3, 0.3]);
  assert.deepEqual(at(0.2, 0.9, 2), [0.2, 0.9]);
  // A stage of one epoch has no room to grow in, and what comes after the last is like the last.
  assert.deepEqual(at(0, 1, 1), [1]);
  assert.equal(strengthAt({ from: 0, to: 0.5 }, 9, 4), 0.5);
  assert.equal(largestStrength({ from: 0.25, to: 0.75 }), 0.75);
  assert.equal(largestStrength({ from: 1, to: 0 }), 1);
});

test('scaleAugmentation - a half of everything', () => {
  const half = scaleAugmentation(everything, 0.5);
  assert.deepEqual(half, {
    ...everything,
    horizontalFlip: 0.25,
    verticalFlip: 0.125,
    shift: { x: 0.25, y: 0.125, probability: 0.5 },
    zoom: { amount: 0.25, probability: 1 },
    rotate: { degrees: 8, probability: 0.5 },
    shear: { x: 4, y: 2, probability: 1 },
    // A half of the way from the whole image, and the square root.
    randomResizedCrop: { scale: [0.625, 0.875], ratio: [0.5, 2], probability: 0.5 },
    trivialAugment: { probability: 0.5, strength: 0.5 },
    randAugment: { operations: 3, magnitude: 10, probability: 1, strength: 0.5 },
    brightness: { amount: 0.25, probability: 1 },
    contrast: { amount: 0.125, probability: 0.5 },
    saturation: { amount: 0.5, probability: 1 },
    hue: { amount: 0.125, probability: 1 },
    grayscale: 0.25,
    gaussianBlur: { sigma: [0.25, 1], probability: 0.5 },
    gaussianNoise: { stddev: [2, 8], probability: 0.5 },
    randomErasing: { ...everything.randomErasing!, areaMin: 0.0625, areaMax: 0.25 },
    coarseDropout: { holes: [2, 4], size: [0.0625, 0.125], value: 0, probability: 0.5 },
    mixUp: { alpha: 0.2, probability: 0.5 },
    cutMix: { alpha: 1, probability: 0.25 },
  } satisfies AugmentationPlan);
});

test('scaleAugmentation - each augmentation is less at a half, and all of it is there at 1', () => {
  const half = scaleAugmentation(everything, 0.5);
  for (const name of Object.keys(written) as (keyof typeof written)[]) {
    assert.ok(strengthOf(everything, name) > 0, name);
    assert.ok(strengthOf(half, name) < strengthOf(everything, name), name);
  }
  assert.deepEqual(scaleAugmentation(everything, 1), everything);
  assert.deepEqual(scaleAugmentation(planOf({}), 0.5), planOf({}));
});
