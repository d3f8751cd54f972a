import assert from 'node:assert/strict';
import test from 'node:test';
import { type Streams, streamsFor } from '../../../../src/augmentation/draw/streams.ts';
import {
  blurKernel,
  gaussianBlur,
  kernelLength,
} from '../../../../src/augmentation/kinds/filter/gaussian-blur.ts';

const blur = { sigma: [0.5, 1.2], probability: 0.5 } as const;
const streams = streamsFor(42);
const rows = 4000;

function drawBlur(own: Streams): readonly number[] {
  const image = { side: 50, shapes: { kernels: [kernelLength(blur)] }, streams: own };
  return gaussianBlur.draw(blur, own('gaussianBlur'), image).kernels;
}

test('blurKernel - the normal density at whole distances, of sum 1', () => {
  const [side, middle] = [Math.exp(-2) / (1 + 2 * Math.exp(-2)), 1 / (1 + 2 * Math.exp(-2))];
  blurKernel(0.5, 3).forEach((value, i) => {
    assert.ok(Math.abs(value - [side, middle, side][i]!) < 1e-15, `${i}: ${value}`);
  });
  assert.deepEqual(blurKernel(0, 5), [0, 0, 1, 0, 0]);
  // Three times 1.2 is 3.6: four pixels to each side.
  assert.equal(kernelLength(blur), 9);
});

test('gaussianBlur - share and range of deviations over many rows', () => {
  const kernels = Array.from({ length: rows }, (_, row) => drawBlur(streams({ stage: 0, epoch: 0, row })));
  const blurred = kernels.filter((kernel) => kernel[4] !== 1);
  assert.ok(Math.abs(blurred.length / rows - 0.5) < 0.04);
  // The ratio of neighbours is exp(-1 / (2 sigma²)).
  const sigmas = blurred.map((kernel) => Math.sqrt(-0.5 / Math.log(kernel[3]! / kernel[4]!)));
  assert.ok(Math.min(...sigmas) > 0.4999 && Math.min(...sigmas) < 0.51);
  assert.ok(Math.max(...sigmas) < 1.2001 && Math.max(...sigmas) > 1.19);
  // Mean 0.85; 0.7 / sqrt(12) over the root of about 2,000 is 0.0045; five of them.
  assert.ok(Math.abs(sigmas.reduce((a, b) => a + b, 0) / sigmas.length - 0.85) < 0.023);
});
