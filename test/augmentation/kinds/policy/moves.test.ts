/** What TrivialAugment and RandAugment move, beside torchvision's operations done one after the other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { transformImages } from '../../../../src/augmentation/apply/resample.ts';
import { augmentationMatrix, unchanged } from '../../../../src/augmentation/kinds/geometry/transform.ts';
import { afterOf } from '../../../../src/augmentation/kinds/policy/moves.ts';
import type { Operation, OperationName } from '../../../../src/augmentation/kinds/policy/operations.ts';
import { tf } from '../../../../src/tensorflow/tf.ts';
import { largestDifference, readFixture } from '../../../network/fixture.ts';

const fixture = readFixture('torchvision-policy-space');

/** As torchvision was asked; its shifts are pixels. */
function operationsOf(name: string, side: number): Operation[] {
  return [...fixture]
    .map(([key, { values }]) => [key.split('/'), values[0]!] as const)
    .filter(([[first, , last]]) => first === name && last !== undefined)
    .sort(([[, a]], [[, b]]) => Number(a) - Number(b))
    .map(([[, , word], number]) => ({
      name: `${word![0]!.toLowerCase()}${word!.slice(1)}` as OperationName,
      magnitude: word!.startsWith('Translate') ? number / side : number,
    }));
}

for (let i = 0; fixture.has(`geometry${i}/image`); i++) {
  const name = `geometry${i}`;
  const { values, shape } = fixture.get(`${name}/image`)!;
  const side = shape[0]!;
  const operations = operationsOf(name, side);
  const words = operations.map((operation) => operation.name).join(', then ');
  test(`afterOf - ${words} in one resampling as torchvision does it`, (t) => {
    const matrix = augmentationMatrix({ ...unchanged, after: afterOf(operations) }, side, side);
    const moved = tf.tidy(() => {
      const images_BHWC = tf.tensor4d(values, [1, side, side, 3]);
      const settings = { fillMode: 'constant' as const, fillValue: 0, size: side };
      return transformImages(images_BHWC, tf.tensor2d(matrix, [1, 8]), settings).dataSync();
    });
    const difference = largestDifference(moved, fixture.get(`${name}/expected`)!.values);
    t.diagnostic(`largest difference ${difference} of 255`);
    // Places up to 16 in float32 are exact to 2e-6, and a pixel's step is at most 255.
    assert.ok(difference < 5e-3, String(difference));
    assert.notDeepEqual(moved, values);
  });
}

test('afterOf - what changes pixels moves none', () => {
  assert.equal(
    afterOf([
      { name: 'identity', magnitude: 0 },
      { name: 'equalize', magnitude: 0 },
    ]),
    null,
  );
});
