import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type TransformOptions, transformImages } from '../../../src/augmentation/apply/resample.ts';
import {
  augmentationMatrix,
  type Change,
  unchanged,
} from '../../../src/augmentation/kinds/geometry/transform.ts';
import { tf } from '../../../src/tensorflow/tf.ts';
import { largestDifference, readFixture } from '../../network/fixture.ts';

const fixture = readFixture('torchvision-geometry');
const image = fixture.get('image')!;
const side = image.shape[0]!;
const numbers = (name: string): number[] => [...fixture.get(name)!.values];

function changed(change: Change, size: number, options: Partial<TransformOptions> = {}): Float32Array {
  return tf.tidy(() => {
    const images_BHWC = tf.tensor4d(image.values, [1, side, side, 3]);
    const transforms_B8 = tf.tensor2d(augmentationMatrix(change, side, size), [1, 8]);
    const settings = { fillMode: 'constant' as const, fillValue: 0, size, ...options };
    return transformImages(images_BHWC, transforms_B8, settings).dataSync() as Float32Array;
  });
}

/** Pixels that are partly beyond the image, which torchvision fills in a way of its own where the fill is not black. */
function takeBorder(t: Float32Array, from: readonly number[], to: Float32Array): void {
  let taken = 0;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const x = t[0]! * column + t[1]! * row + t[2]!;
      const y = t[3]! * column + t[4]! * row + t[5]!;
      const isInside = Math.min(x, y) >= 0 && Math.max(x, y) <= side - 1;
      const isOutside = Math.min(x, y) <= -1 || Math.max(x, y) >= side;
      if (isInside || isOutside) continue;
      taken++;
      const at = (row * side + column) * 3;
      to.set(from.slice(at, at + 3), at);
    }
  }
  assert.ok(taken < 4 * side + 1, `${taken} of ${side * side} pixels lie at the border`);
}

test('transformImages - rotation, shear, shift, zoom and flips are those of torchvision, for two fill values', (t) => {
  let largest = 0;
  for (let i = 0; fixture.has(`affine${i}/parameters`); i++) {
    const [rotate, shearX, shearY, shiftX, shiftY, zoom, horizontalFlip, verticalFlip] = numbers(
      `affine${i}/parameters`,
    ) as [number, number, number, number, number, number, number, number];
    const change: Change = {
      ...unchanged,
      ...{ rotate, shearX, shearY, shiftX, shiftY, zoomX: zoom, zoomY: zoom },
      horizontalFlip: horizontalFlip === 1,
      verticalFlip: verticalFlip === 1,
    };
    for (const fillValue of [0, 200]) {
      const expected = numbers(`affine${i}/fill${fillValue}`);
      const actual = changed(change, side, { fillValue });
      if (fillValue > 0) takeBorder(augmentationMatrix(change, side, side), expected, actual);
      const difference = largestDifference(actual, expected);
      // Of 255: places up to 16 in float32 are exact to 2e-6, and a pixel's step is at most 255.
      assert.ok(difference < 5e-3, `affine${i}, fill ${fillValue}: ${difference}`);
      largest = Math.max(largest, difference);
    }
  }
  t.diagnostic(`largest difference: ${largest} of 255`);
});

test('transformImages - a crop is the resized_crop of torchvision', (t) => {
  for (const i of [0, 1, 2]) {
    const [top, left, height, width, size] = numbers(`crop${i}/parameters`) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const crop = { left: left / side, top: top / side, width: width / side, height: height / side };
    const actual = changed({ ...unchanged, crop }, size, { fillMode: 'nearest' });
    // torchvision's crop ends at its own edge, where one resampling looks on: half a pixel around it is left out.
    const expected = numbers(`crop${i}/expected`);
    let largest = 0;
    let compared = 0;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const inside = (at: number, length: number): boolean => {
          const place = ((at + 0.5) * length) / size - 0.5;
          return place >= 0 && place <= length - 1;
        };
        if (!inside(row, height) || !inside(column, width)) continue;
        compared++;
        for (let c = 0; c < 3; c++) {
          const at = (row * size + column) * 3 + c;
          largest = Math.max(largest, Math.abs(actual[at]! - expected[at]!));
        }
      }
    }
    assert.ok(largest < 5e-3, `crop${i}: ${largest}`);
    assert.ok(compared >= (size - 2) ** 2, `${compared} pixels compared`);
    t.diagnostic(`crop${i}: largest difference ${largest} of 255 over ${compared} pixels`);
  }
});

test('transformImages - crop, then rotation and shear in its frame, then flip, as torchvision one after the other', () => {
  const [top, left, size, rotate, shearX, shearY] = numbers('sequence/parameters') as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const crop = { left: left / side, top: top / side, width: size / side, height: size / side };
  const change: Change = { ...unchanged, crop, rotate, shearX, shearY, horizontalFlip: true };
  const actual = changed(change, size);
  const expected = numbers('sequence/expected');
  const t = augmentationMatrix(change, side, size);
  let compared = 0;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = t[0]! * column + t[1]! * row + t[2]! - left;
      const y = t[3]! * column + t[4]! * row + t[5]! - top;
      // Beyond the crop one resampling finds more of the image, and two find nothing.
      if (Math.min(x, y) < 0 || Math.max(x, y) > size - 1) continue;
      compared++;
      for (let c = 0; c < 3; c++) {
        const at = (row * size + column) * 3 + c;
        assert.ok(Math.abs(actual[at]! - expected[at]!) < 5e-3, `row ${row} column ${column}`);
      }
    }
  }
  assert.ok(compared > 90, `${compared} of ${size * size} pixels compared`);
});
