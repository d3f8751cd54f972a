/** Operations of TrivialAugment and RandAugment, beside torchvision's tables. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  MOST,
  type OperationName,
  operationNames,
  operationOf,
} from '../../../../src/augmentation/kinds/policy/operations.ts';
import { randSpace } from '../../../../src/augmentation/kinds/policy/rand-augment.ts';
import { trivialSpace } from '../../../../src/augmentation/kinds/policy/trivial-augment.ts';
import { readFixture } from '../../../network/fixture.ts';

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
