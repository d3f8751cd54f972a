import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OperationName } from '../../../../src/augmentation/kinds/policy/operations.ts';
import { pixelChangeOf, unchangedPixels } from '../../../../src/augmentation/kinds/policy/pixel-change.ts';

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
