// What asha asks of a sweep file, which trials it plans, and where they stop.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rungsOf } from '../../../src/sweep/search/strategies.ts';
import { planText, problemsOf } from '../planned.ts';

test('rungsOf - the paper: r = 1, η = 3, R = 9; the last rung is the end of the trial', () => {
  const strategy = { name: 'asha', minEpochs: 1, reduction: 3, seed: 42 } as const;
  assert.deepEqual(rungsOf(strategy, [9]), [1, 3]);
  assert.deepEqual(rungsOf(strategy, [10, 4]), [1, 3, 9]);
  assert.deepEqual(rungsOf({ ...strategy, minEpochs: 9 }, [9]), []);
  assert.deepEqual(rungsOf({ name: 'grid' }, [9]), []);
});

const grid = 'axes: { augmentation.zoom: [0, 0.1, 0.2, 0.3], augmentation.horizontalFlip: [0, 0.25, 0.5] }\n';
const values = 'values: { "stages[0].epochs": 4, "stages[1].epochs": 5 }\n';

test('planSweep - asha without budget.trials: every combination, in an order that the seed draws', (t) => {
  const points = (strategy: string): string[] =>
    planText(t, `${values}${grid}${strategy}`).trials.map(({ point }) => point.join());
  const inOrder = points('');
  const drawn = points('strategy: { name: asha, minEpochs: 1 }\n');
  assert.notDeepEqual(drawn, inOrder);
  assert.deepEqual([...drawn].sort(), [...inOrder].sort());
  assert.deepEqual(points('strategy: { name: asha, minEpochs: 1, seed: 42 }\n'), drawn);
  assert.notDeepEqual(points('strategy: { name: asha, minEpochs: 1, seed: 1 }\n'), drawn);
});

test('planSweep - asha with budget.trials: the draws of random, so that the two can be compared', (t) => {
  const hashes = (strategy: string): string[] =>
    planText(
      t,
      `${values}axes: { augmentation.zoom: { distribution: uniform, from: 0, to: 0.4 } }\nbudget: { trials: 9 }\nstrategy: ${strategy}\n`,
    ).trials.map(({ hash }) => hash);
  assert.deepEqual(hashes('{ name: asha, minEpochs: 1 }'), hashes('{ name: random }'));
});

test('planSweep - asha: no rung within the trials, too few trials, no budget for draws', (t) => {
  assert.deepEqual(problemsOf(t, `${values}${grid}strategy: { name: asha, minEpochs: 9 }\n`), [
    'outOfRange 5:36 strategy.minEpochs: expected less than the 9 epochs of a trial, got 9',
  ]);
  assert.deepEqual(
    problemsOf(t, `${values}${grid}strategy: { name: asha, minEpochs: 1 }\nbudget: { trials: 8 }\n`),
    [
      'conflict 6:19 budget.trials: expected at least 9 trials, got 8: each of the rungs at the epochs 1, 3 sends on 1 of 3, so that none would come to its end',
    ],
  );
  const drawn = 'axes: { augmentation.zoom: { distribution: uniform, from: 0, to: 0.4 } }\n';
  assert.deepEqual(problemsOf(t, `${drawn}strategy: { name: asha, minEpochs: 1 }\n`), [
    'missingKey 4:11 strategy: the strategy asha needs budget.trials: how many trials it may make, at least one for each of the seeds',
  ]);
  assert.match(
    problemsOf(t, `${grid}strategy: { name: asha }\n`).join(),
    /missingKey .* the key "minEpochs" is missing/,
  );
});
