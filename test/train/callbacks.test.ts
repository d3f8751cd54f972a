import assert from 'node:assert/strict';
import { test } from 'node:test';
import { earlyStopping, newWatch, reduceOnPlateau } from '../../src/train/callbacks.ts';

function epochsUntilStop(losses: number[], plan: { patience: number; minDelta: number }): number | null {
  let watch = newWatch;
  for (const [i, loss] of losses.entries()) {
    const next = earlyStopping(plan, watch, loss);
    watch = next.watch;
    if (next.stop) return i + 1;
  }
  return null;
}

test('earlyStopping - stops after patience epochs without a better one', () => {
  // Best in epoch 2; epochs 3, 4, 5 are not better.
  assert.equal(epochsUntilStop([2, 1, 1.5, 1.4, 1.3, 0.1], { patience: 3, minDelta: 0 }), 5);
});

test('earlyStopping - a loss within minDelta of the best is not better', () => {
  assert.equal(epochsUntilStop([1, 0.9995, 0.9991, 0.5], { patience: 2, minDelta: 1e-3 }), 3);
  // Exactly minDelta lower is not lower by more than minDelta: 1 - 0.75 = 0.25.
  assert.equal(epochsUntilStop([1, 0.75, 0.5], { patience: 2, minDelta: 0.25 }), null);
});

test('earlyStopping - patience 0 stops at the first epoch that is not better, never at the first epoch', () => {
  assert.equal(epochsUntilStop([1, 0.5, 0.6], { patience: 0, minDelta: 0 }), 3);
});

test('earlyStopping - the settings of the article', () => {
  // Best in epoch 3; 6.9995 is lower by less than 1e-3, so epochs 4 to 11 are the eight without a better one.
  const losses = [8, 7.5, 7, 7.0005, 6.9995, 7.1, 7.2, 7.3, 7.4, 7.5, 7.6, 6];
  assert.equal(epochsUntilStop(losses, { patience: 8, minDelta: 1e-3 }), 11);
});

test('reduceOnPlateau - lowers after patience epochs, starts to count again, stops at the minimum', () => {
  const plan = { factor: 0.5, patience: 2, minDelta: 0, minLearningRate: 0.3 };
  const rates: number[] = [];
  let watch = newWatch;
  let rate = 1;
  for (const loss of [5, 5, 5, 5, 5, 5, 5]) {
    const next = reduceOnPlateau(plan, watch, loss, rate);
    watch = next.watch;
    rate = next.learningRate;
    rates.push(rate);
  }
  // Epoch 1 is the best; 2 and 3 are not: half. 4 and 5: a quarter would be below the minimum, so 0.3. Then nothing.
  assert.deepEqual(rates, [1, 1, 0.5, 0.5, 0.3, 0.3, 0.3]);
});

test('reduceOnPlateau - a better epoch keeps the rate and the count starts again', () => {
  const plan = { factor: 0.7, patience: 2, minDelta: 0.1, minLearningRate: 0 };
  let state = { watch: newWatch, learningRate: 1 };
  for (const loss of [5, 5, 4, 4, 4]) state = reduceOnPlateau(plan, state.watch, loss, state.learningRate);
  assert.equal(state.learningRate, 0.7);
  assert.equal(state.watch.best, 4);
});
