import assert from 'node:assert/strict';
import test from 'node:test';
import { drawBatch } from '../../../../src/augmentation/draw/draws.ts';
import { feedsOf } from '../../../../src/augmentation/draw/feeds.ts';
import { type Streams, streamsFor } from '../../../../src/augmentation/draw/streams.ts';
import { gaussianNoise } from '../../../../src/augmentation/kinds/filter/gaussian-noise.ts';
import { noAugmentation } from '../../no-augmentation.ts';

const blur = { sigma: [0.5, 1.2], probability: 0.5 } as const;
const noise = { stddev: [2, 6], probability: 0.25 } as const;
const plan = { ...noAugmentation, gaussianBlur: blur, gaussianNoise: noise };
const streams = streamsFor(42);
const rows = 4000;

function drawNoise(own: Streams) {
  const image = { side: 50, shapes: { deviations: [], noiseSeeds: [2] }, streams: own };
  return gaussianNoise.draw(noise, own('gaussianNoise'), image);
}

test('gaussianNoise - share and range of deviations, and a seed for each row', () => {
  const drawn = Array.from({ length: rows }, (_, row) => drawNoise(streams({ stage: 0, epoch: 0, row })));
  const changed = drawn.filter(({ deviations: [deviation] }) => deviation! > 0);
  assert.ok(Math.abs(changed.length / rows - 0.25) < 0.035);
  assert.ok(changed.every(({ deviations: [deviation] }) => deviation! >= 2 && deviation! < 6));
  assert.equal(new Set(drawn.map(({ noiseSeeds }) => `${noiseSeeds}`)).size, rows);
});

test('drawBatch - blur and noise of a row do not depend on the batch, and change with the epoch', () => {
  const options = { seed: 42, stage: 0, epoch: 0, epochs: 4, cacheSize: 64, imageSize: 50 };
  const { kernels, deviations, noiseSeeds } = drawBatch(plan, { ...options, rows: Int32Array.of(3, 900) });
  const alone = drawBatch(plan, { ...options, rows: Int32Array.of(900) });
  assert.deepEqual(kernels!.subarray(9), alone.kernels);
  assert.deepEqual(deviations!.subarray(1), alone.deviations);
  assert.deepEqual(noiseSeeds!.subarray(2), alone.noiseSeeds);
  const later = drawBatch(plan, { ...options, epoch: 1, rows: Int32Array.of(900) });
  assert.notDeepEqual(later.noiseSeeds, alone.noiseSeeds);
  assert.deepEqual(
    [...feedsOf(plan)].map(([name]) => name),
    ['transforms', 'kernels', 'deviations', 'noiseSeeds'],
  );
});
