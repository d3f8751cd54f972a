/** Every backbone through every format, on photographs: small ones, shortened, with random weights. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNames } from '../../src/export/formats.ts';
import { FLOAT32_TOLERANCE } from '../../src/export/tolerance.ts';
import { backbones } from '../../src/model/backbones/backbones.ts';
import { allBackbones, compareBackbone, shortened } from './backbones.ts';
import { without } from './needs.ts';

const here = formatNames.filter((name) => without(name) === false);

test('backbones - all of them are here, but the one of free sizes', () => {
  assert.deepEqual([...Object.keys(allBackbones), 'densenet'].sort(), Object.keys(backbones).sort());
});

for (const [name, settings] of Object.entries(allBackbones)) {
  test(`${name} - answers as the model in every format`, { skip: here.length === 0 }, async () => {
    const compared = await compareBackbone(name, shortened(settings), here, 8);
    for (const [format, { largestDifference, wrongClasses, images }] of Object.entries(compared)) {
      assert.equal(images, 8);
      assert.ok(largestDifference <= FLOAT32_TOLERANCE, `${format} is off by ${largestDifference}`);
      assert.equal(wrongClasses, 0);
    }
  });
}
