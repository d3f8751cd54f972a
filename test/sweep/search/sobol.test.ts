import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelAt } from '../../../src/sweep/space/points.ts';
import { planText, problemsOf } from '../planned.ts';

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
