import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MOST_DIMENSIONS, sobolSequence } from '../../../src/sweep/search/sobol-sequence.ts';

const first = (count: number, dimensions: number, seed: number | null): Float64Array[] => {
  const points: Float64Array[] = [];
  for (const point of sobolSequence(dimensions, seed)) {
    points.push(point);
    if (points.length === count) break;
  }
  return points;
};

test('sobolSequence - without a shift the points of scipy in 32 dimensions', () => {
  const file = new URL('./fixtures/sobol.json', import.meta.url);
  const expected = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number[]>;
  assert.equal(MOST_DIMENSIONS, 32);
  const points = first(40, 32, null);
  for (const [index, point] of Object.entries(expected))
    assert.deepEqual([...points[Number(index)]!], point, index);
});

test('sobolSequence - with a shift every sixteenth of each axis has one of 16 points, and the seed moves them', () => {
  const cells = (seed: number) =>
    first(16, 5, seed).map((point) => [...point].map((share) => Math.floor(share * 16)));
  for (let d = 0; d < 5; d++) assert.equal(new Set(cells(7).map((cell) => cell[d])).size, 16);
  assert.deepEqual(cells(7), cells(7));
  assert.notDeepEqual(cells(7), cells(8));
});
