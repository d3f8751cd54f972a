import assert from 'node:assert/strict';
import test from 'node:test';
import { colourNames, drawColours } from '../../../src/augmentation/draw/colours.ts';
import { drawBatch } from '../../../src/augmentation/draw/draws.ts';
import { feedsOf } from '../../../src/augmentation/draw/feeds.ts';
import { streamsFor } from '../../../src/augmentation/draw/streams.ts';
import type { AugmentationPlan } from '../../../src/augmentation/plan.ts';
import { noAugmentation } from '../no-augmentation.ts';

const coloured: AugmentationPlan = {
  ...noAugmentation,
  brightness: { amount: 1.5, probability: 1 },
  saturation: { amount: 0.4, probability: 0.5 },
  hue: { amount: 0.1, probability: 1 },
  grayscale: 0.25,
};
const holes = { holes: [2, 4], size: [0.1, 0.3], value: 0.5, probability: 0.5 } as const;
const streams = streamsFor(42);
const rows = 4000;

test('feedsOf - a step is fed what can change an image, and nothing else', () => {
  assert.deepEqual([...feedsOf(null)], [['transforms', [8]]]);
  assert.deepEqual([...feedsOf(noAugmentation)], [['transforms', [8]]]);
  assert.deepEqual([...feedsOf({ ...noAugmentation, contrast: { amount: 0.5, probability: 0 } })].length, 1);
  const all = new Map(feedsOf({ ...coloured, coarseDropout: holes }));
  assert.deepEqual(all.get('colours'), [4]);
  assert.deepEqual(all.get('holes'), [4, 5]);
});

test('drawColours - ranges and shares over many rows', () => {
  assert.deepEqual(colourNames(coloured), ['brightness', 'saturation', 'hue', 'grayscale']);
  const drawn = Array.from({ length: rows }, (_, row) =>
    drawColours(coloured, streams({ stage: 0, epoch: 0, row }), colourNames(coloured)),
  );
  const column = (i: number): number[] => drawn.map((numbers) => numbers[i]!);
  const [brightness, saturation, hue, grey] = [0, 1, 2, 3].map(column) as [
    number[],
    number[],
    number[],
    number[],
  ];
  const mean = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0) / rows;
  // A factor is not below 0: from 0 to 2.5, mean 1.25, deviation of the mean 0.0114; five deviations.
  assert.ok(Math.min(...brightness) >= 0 && Math.max(...brightness) < 2.5);
  assert.ok(Math.abs(mean(brightness) - 1.25) < 0.057);
  assert.ok(saturation.every((factor) => factor >= 0.6 && factor < 1.4));
  assert.ok(Math.abs(mean(saturation.map((factor) => (factor === 1 ? 1 : 0))) - 0.5) < 0.04);
  assert.ok(
    hue.every((turn) => Math.abs(turn) <= 0.1) && Math.min(...hue) < -0.09 && Math.max(...hue) > 0.09,
  );
  assert.ok(Math.abs(mean(grey) - 0.25) < 0.035);
});

test('drawBatch - colours and holes of a row do not depend on the batch, nor on what else is drawn', () => {
  const options = { seed: 42, stage: 0, epoch: 0, epochs: 4, cacheSize: 64, imageSize: 50 };
  const plan = { ...coloured, coarseDropout: holes };
  const together = drawBatch(plan, { ...options, rows: Int32Array.of(3, 900, 12) });
  const apart = drawBatch(
    { ...noAugmentation, coarseDropout: holes },
    { ...options, rows: Int32Array.of(12) },
  );
  assert.deepEqual(together.holes!.subarray(40), apart.holes);
  const expected = drawColours(coloured, streams({ stage: 0, epoch: 0, row: 900 }), colourNames(coloured));
  assert.deepEqual(together.colours!.subarray(4, 8), Float32Array.from(expected));
});
