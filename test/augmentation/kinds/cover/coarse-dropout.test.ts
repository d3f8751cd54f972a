import assert from 'node:assert/strict';
import test from 'node:test';
import { type Streams, streamsFor } from '../../../../src/augmentation/draw/streams.ts';
import {
  type CoarseDropoutPlan,
  coarseDropout,
} from '../../../../src/augmentation/kinds/cover/coarse-dropout.ts';
import type { Rectangle } from '../../../../src/augmentation/kinds/cover/rectangle.ts';

const holes = { holes: [2, 4], size: [0.1, 0.3], value: 0.5, probability: 0.5 } as const;
const streams = streamsFor(42);
const rows = 4000;

/** The fed numbers of an image as rectangles. */
function drawHoles(plan: CoarseDropoutPlan, own: Streams, side: number): Rectangle[] {
  const image = { side, shapes: { holes: [4, 5] }, streams: own };
  const fed = coarseDropout.draw(plan, own('coarseDropout'), image).holes;
  return Array.from({ length: fed.length / 5 }, (_, i) => {
    const [top, left, height, width, value] = fed.slice(5 * i, 5 * i + 5);
    return { top: top!, left: left!, height: height!, width: width!, value: value! };
  });
}

test('coarseDropout - number, sides and places, all inside the image', () => {
  const drawn = Array.from({ length: rows }, (_, row) =>
    drawHoles(holes, streams({ stage: 0, epoch: 0, row }), 50),
  );
  const holed = drawn.filter((list) => list.length > 0);
  assert.ok(Math.abs(holed.length / rows - 0.5) < 0.04);
  for (const count of [2, 3, 4]) {
    const share = holed.filter(({ length }) => length === count).length / holed.length;
    assert.ok(Math.abs(share - 1 / 3) < 0.053, `${count}: ${share}`);
  }
  const all = holed.flat();
  for (const { top, left, height, width, value } of all) {
    assert.ok(height >= 5 && height <= 15 && width >= 5 && width <= 15);
    assert.ok(top >= 0 && left >= 0 && top + height <= 50 && left + width <= 50);
    assert.equal(value, 0.5);
  }
  assert.ok(all.some(({ top, height }) => top + height === 50) && all.some(({ left }) => left === 0));
});

test('coarseDropout - a side is a pixel at least', () => {
  const tiny = { ...holes, size: [0.001, 0.001] as const, probability: 1 };
  const drawn = drawHoles(tiny, streams({ stage: 0, epoch: 0, row: 0 }), 8);
  assert.ok(drawn.length >= 2 && drawn.every(({ height, width }) => height === 1 && width === 1));
});
