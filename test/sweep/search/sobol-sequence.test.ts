import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { MOST_DIMENSIONS, sobol } from '../../../src/sweep/search/sobol-sequence.ts';
import { labelAt } from '../../../src/sweep/space/points.ts';
import { planText, problemsOf } from '../planned.ts';

const first = (count: number, dimensions: number, seed: number | null): Float64Array[] => {
  const points: Float64Array[] = [];
  for (const point of sobol(dimensions, seed)) {
    points.push(point);
    if (points.length === count) break;
  }
  return points;
};

test('sobol - without a shift the points of scipy in 32 dimensions', () => {
  const file = new URL('./fixtures/sobol.json', import.meta.url);
  const expected = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number[]>;
  assert.equal(MOST_DIMENSIONS, 32);
  const points = first(40, 32, null);
  for (const [index, point] of Object.entries(expected))
    assert.deepEqual([...points[Number(index)]!], point, index);
});

test('sobol - with a shift every sixteenth of each axis has one of 16 points, and the seed moves them', () => {
  const cells = (seed: number) =>
    first(16, 5, seed).map((point) => [...point].map((share) => Math.floor(share * 16)));
  for (let d = 0; d < 5; d++) assert.equal(new Set(cells(7).map((cell) => cell[d])).size, 16);
  assert.deepEqual(cells(7), cells(7));
  assert.notDeepEqual(cells(7), cells(8));
});

test('planSweep sobol - as many trials as the budget allows, seeds among them, the same each time', (t) => {
  const text = `axes:
  augmentation.zoom: { distribution: uniform, from: 0, to: 0.5 }
  stages[all].learningRate: { distribution: logUniform, from: 1e-4, to: 1e-1 }
  model.pooling: [[gap], [gmp]]
seeds: [1, 2]
strategy: { name: sobol, seed: 3 }
budget: { trials: 17 }
`;
  const labels = () => {
    const { axes, trials } = planText(t, text);
    return trials.map(({ point }) => labelAt(axes, point));
  };
  assert.equal(labels().length, 16);
  assert.deepEqual(labels(), labels());
  const { trials } = planText(t, text);
  const zooms = new Set(trials.map(({ point }) => Math.floor(point[0]! * 16)));
  assert.equal(zooms.size, 8, 'an eighth of the range each');
  assert.equal(trials.filter(({ point }) => point[2] === 0).length, 8);
  assert.match(
    problemsOf(t, text.replace('budget: { trials: 17 }', ''))[0] ?? '',
    /the strategy sobol needs budget/,
  );
});
