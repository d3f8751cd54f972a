import assert from 'node:assert/strict';
import test from 'node:test';
import { drawBatch, feedsOf } from '../../../../src/augmentation/draw/draws.ts';
import { streamsFor } from '../../../../src/augmentation/draw/streams.ts';
import {
  blurKernel,
  drawBlur,
  drawNoise,
  kernelLength,
} from '../../../../src/augmentation/kinds/filter/gaussian-blur.ts';
import { noAugmentation } from '../../no-augmentation.ts';

const blur = { sigma: [0.5, 1.2], probability: 0.5 } as const;
const noise = { stddev: [2, 6], probability: 0.25 } as const;
const plan = { ...noAugmentation, gaussianBlur: blur, gaussianNoise: noise };
const streams = streamsFor(42);
const rows = 4000;

test('blurKernel - the normal density at whole distances, of sum 1', () => {
  const [side, middle] = [Math.exp(-2) / (1 + 2 * Math.exp(-2)), 1 / (1 + 2 * Math.exp(-2))];
  blurKernel(0.5, 3).forEach((value, i) => {
    assert.ok(Math.abs(value - [side, middle, side][i]!) < 1e-15, `${i}: ${value}`);
  });
  assert.deepEqual(blurKernel(0, 5), [0, 0, 1, 0, 0]);
  // Three times 1.2 is 3.6: four pixels to each side.
  assert.equal(kernelLength(blur), 9);
});

test('drawBlur - share and range of deviations over many rows', () => {
  const kernels = Array.from({ length: rows }, (_, row) =>
    drawBlur(blur, streams({ stage: 0, epoch: 0, row })('gaussianBlur'), kernelLength(blur)),
  );
  const blurred = kernels.filter((kernel) => kernel[4] !== 1);
  assert.ok(Math.abs(blurred.length / rows - 0.5) < 0.04);
  // The ratio of neighbours is exp(-1 / (2 sigma²)).
  const sigmas = blurred.map((kernel) => Math.sqrt(-0.5 / Math.log(kernel[3]! / kernel[4]!)));
  assert.ok(Math.min(...sigmas) > 0.4999 && Math.min(...sigmas) < 0.51);
  assert.ok(Math.max(...sigmas) < 1.2001 && Math.max(...sigmas) > 1.19);
  // Mean 0.85; 0.7 / sqrt(12) over the root of about 2,000 is 0.0045; five of them.
  assert.ok(Math.abs(sigmas.reduce((a, b) => a + b, 0) / sigmas.length - 0.85) < 0.023);
});

test('drawNoise - share and range of deviations, and a seed for each row', () => {
  const drawn = Array.from({ length: rows }, (_, row) =>
    drawNoise(noise, streams({ stage: 0, epoch: 0, row })('gaussianNoise')),
  );
  const changed = drawn.filter(({ deviation }) => deviation > 0);
  assert.ok(Math.abs(changed.length / rows - 0.25) < 0.035);
  assert.ok(changed.every(({ deviation }) => deviation >= 2 && deviation < 6));
  assert.equal(new Set(drawn.map(({ seed }) => `${seed}`)).size, rows);
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
