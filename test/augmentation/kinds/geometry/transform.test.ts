import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  augmentationMatrix,
  unchanged as none,
} from '../../../../src/augmentation/kinds/geometry/transform.ts';

/** Within float32: the numbers that are worked out here are of the order of 10. */
function assertMatrix(actual: Float32Array, expected: readonly number[]): void {
  assert.equal(actual.length, 8);
  expected.forEach((value, i) => {
    assert.ok(Math.abs(actual[i]! - value) < 1e-5, `number ${i}: ${actual[i]} and not ${value}`);
  });
}

test('augmentationMatrix - no change at the same size is the identity', () => {
  assert.deepEqual([...augmentationMatrix(none, 7, 7)], [1, 0, 0, 0, 1, 0, 0, 0]);
});

test('augmentationMatrix - no change at another size is a resize with half-pixel centres', () => {
  // (x + 0.5) × 8 / 4 - 0.5 = 2x + 0.5
  assertMatrix(augmentationMatrix(none, 8, 4), [2, 0, 0.5, 0, 2, 0.5, 0, 0]);
  // (x + 0.5) × 4 / 8 - 0.5 = 0.5x - 0.25
  assertMatrix(augmentationMatrix(none, 4, 8), [0.5, 0, -0.25, 0, 0.5, -0.25, 0, 0]);
  // (x + 0.5) × 192 / 100 - 0.5 = 1.92x + 0.46
  assertMatrix(augmentationMatrix(none, 192, 100), [1.92, 0, 0.46, 0, 1.92, 0.46, 0, 0]);
});

test('augmentationMatrix - flip: x comes from s - 1 - x', () => {
  assertMatrix(augmentationMatrix({ ...none, horizontalFlip: true }, 4, 4), [-1, 0, 3, 0, 1, 0, 0, 0]);
});

test('augmentationMatrix - shift: x comes from x + share × side', () => {
  assertMatrix(augmentationMatrix({ ...none, shiftX: 0.25, shiftY: -0.5 }, 4, 4), [1, 0, 1, 0, 1, -2, 0, 0]);
});

test('augmentationMatrix - zoom about the centre (s - 1) / 2', () => {
  // x: 1.5 + 0.5 (x - 1.5) = 0.5x + 0.75; y: 1.5 + 2 (y - 1.5) = 2y - 1.5
  assertMatrix(augmentationMatrix({ ...none, zoomX: 0.5, zoomY: 2 }, 4, 4), [0.5, 0, 0.75, 0, 2, -1.5, 0, 0]);
});

test('augmentationMatrix - shift, zoom and flip as Keras does them one after the other', () => {
  // Side 5, centre 2. Keras: the affine image A(x) = I(2 + 1 + 0.8 (x - 2)) = I(0.8x + 1.4), shift 0.2 × 5 = 1;
  // flipped: A(4 - x) = I(0.8 (4 - x) + 1.4) = I(4.6 - 0.8x). Rows: I(2 - 0.5 + 1.2 (y - 2)) = I(1.2y - 0.9).
  const change = { ...none, horizontalFlip: true, shiftX: 0.2, shiftY: -0.1, zoomX: 0.8, zoomY: 1.2 };
  assertMatrix(augmentationMatrix(change, 5, 5), [-0.8, 0, 4.6, 0, 1.2, -0.9, 0, 0]);
});

test('augmentationMatrix - what comes after stands on the right of all else', () => {
  // Side 4, centre 1.5. The shear takes x - 1.5 to u = (x - 1.5) + 0.5 (y - 1.5) + 0.25 · 4; flip and shift take
  // that to 1.5 + 1 - u = 3.75 - x - 0.5 y.
  const after = { xx: 1, xy: 0.5, yx: 0, yy: 1, x: 0.25, y: 0 };
  const change = { ...none, horizontalFlip: true, shiftX: 0.25, after };
  assertMatrix(augmentationMatrix(change, 4, 4), [-1, -0.5, 3.75, 0, 1, 0, 0, 0]);
  // From twice the side: 2 (3.75 - x - 0.5 y) + 0.5.
  assertMatrix(augmentationMatrix(change, 8, 4), [-2, -1, 8, 0, 2, 0.5, 0, 0]);
});

test('augmentationMatrix - the same with a resize before it', () => {
  // A place p of the small image is (p + 0.5) × 10 / 5 - 0.5 = 2p + 0.5 of the large one:
  // 2 (4.6 - 0.8x) + 0.5 = 9.7 - 1.6x; 2 (1.2y - 0.9) + 0.5 = 2.4y - 1.3.
  const change = { ...none, horizontalFlip: true, shiftX: 0.2, shiftY: -0.1, zoomX: 0.8, zoomY: 1.2 };
  assertMatrix(augmentationMatrix(change, 10, 5), [-1.6, 0, 9.7, 0, 2.4, -1.3, 0, 0]);
});
