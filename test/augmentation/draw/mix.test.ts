import assert from 'node:assert/strict';
import test from 'node:test';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { drawMix, drawPartners } from '../../../src/augmentation/draw/mix.ts';
import { streamsFor } from '../../../src/augmentation/draw/streams.ts';
import { noAugmentation } from '../no-augmentation.ts';

const mixed = {
  ...noAugmentation,
  mixUp: { alpha: 0.4, probability: 0.5 },
  cutMix: { alpha: 1, probability: 0.25 },
};
const streams = streamsFor(42);
const rows = 4000;
const side = 20;

function manyMixes(plan: typeof mixed | typeof noAugmentation) {
  return Array.from({ length: rows }, (_, row) => drawMix(plan, streams({ stage: 0, epoch: 0, row }), side));
}

test('drawMix - cutMix where it is drawn, else mixUp where that is, else the image alone', () => {
  const mixes = manyMixes(mixed);
  const share = (is: (mix: (typeof mixes)[number]) => boolean): number => mixes.filter(is).length / rows;
  assert.ok(Math.abs(share(({ blend }) => blend[0] < 1) - 0.75 * 0.5) < 0.04);
  assert.ok(Math.abs(share(({ share }) => share === 1) - 0.75 * 0.5) < 0.05);
  for (const mix of manyMixes({ ...mixed, cutMix: null })) {
    assert.deepEqual(mix.blend, [mix.share, 0, 0, 0, 0]);
  }
  for (const mix of manyMixes(noAugmentation)) assert.deepEqual(mix, { share: 1, blend: [1, 0, 0, 0, 0] });
});

test('drawMix - labels of cutMix follow the part of the square that is inside the image', () => {
  let clipped = 0;
  for (const { share, blend } of manyMixes({ ...noAugmentation, cutMix: { alpha: 1, probability: 1 } })) {
    const [outside, top, left, height, width] = blend;
    assert.equal(outside, 1);
    assert.ok(top >= 0 && left >= 0 && top + height <= side && left + width <= side);
    assert.equal(share, 1 - (height * width) / 400);
    if (height !== width) clipped++;
  }
  assert.ok(clipped > rows / 10);
});

test('drawPartners - a permutation of the batch, by seed, stage, epoch and rows', () => {
  const at = { stage: 1, epoch: 2, rows: Int32Array.from({ length: 32 }, (_, i) => 100 + i) };
  const partners = drawPartners(7, at);
  assert.deepEqual(
    [...partners].sort((a, b) => a - b),
    [...at.rows.keys()],
  );
  assert.deepEqual(drawPartners(7, at), partners);
  const others = [{ stage: 0 }, { epoch: 3 }, { rows: at.rows.map((row) => row + 1) }];
  for (const other of others) assert.notDeepEqual(drawPartners(7, { ...at, ...other }), partners);
  assert.notDeepEqual(drawPartners(8, at), partners);
});

test('drawBatch - shares and rectangles of a row do not depend on the batch', () => {
  const options = { seed: 42, stage: 0, epoch: 0, epochs: 4, cacheSize: 64, imageSize: side };
  const { partners, blends, shares } = drawBatch(mixed, { ...options, rows: Int32Array.of(3, 900, 12) });
  assert.equal(partners!.length, 3);
  const { share, blend } = drawMix(mixed, streams({ stage: 0, epoch: 0, row: 12 }), side);
  assert.equal(shares![2], Math.fround(share));
  assert.deepEqual(blends!.subarray(10), Float32Array.from(blend));
});
