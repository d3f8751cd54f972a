import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bestOfResults } from '../../../src/sweep/ledger/best.ts';
import type { TrialResult } from '../../../src/sweep/ledger/ledger.ts';

const result = (values: Record<string, unknown>, metric: number): TrialResult =>
  ({ values, metric, trial: JSON.stringify(values), label: '' }) as unknown as TrialResult;

const loss = { name: 'loss', head: null, direction: 'minimize' } as const;

/** The luckiest trial, 0.1, is of the combination that is worse on average: 0.5 against 0.4. */
const results = [
  result({ 'model.pooling': ['gap'], seed: 1 }, 0.3),
  result({ 'model.pooling': ['gap'], seed: 2 }, 0.5),
  result({ 'model.pooling': ['gmp'], seed: 1 }, 0.9),
  result({ 'model.pooling': ['gmp'], seed: 2 }, 0.1),
];

test('bestOfResults - the best trial of the combination with the best mean, not the luckiest of all', () => {
  const best = bestOfResults(loss, results)!;
  assert.equal(best.result, results[0]);
  assert.equal(best.combination!.label, 'model.pooling=["gap"]');
  assert.equal(best.combination!.trials, 2);
  assert.ok(Math.abs(best.combination!.mean - 0.4) < 1e-12);
  assert.ok(Math.abs(best.combination!.standardDeviation! - Math.SQRT2 / 10) < 1e-12);
});

test('bestOfResults - the single best where that is asked for, the highest where more is better', () => {
  assert.deepEqual(bestOfResults(loss, results, true), { result: results[3], combination: null });
  const accuracy = { name: 'accuracy', head: null, direction: 'maximize' } as const;
  assert.equal(bestOfResults(accuracy, results)!.result, results[2]);
});

test('bestOfResults - folds repeat as seeds do; one trial has no deviation; without results there is none', () => {
  const folds = [0, 1, 2].map((fold) => result({ 'dataset.split.fold': fold, seed: fold }, fold));
  const { combination } = bestOfResults(loss, folds)!;
  assert.deepEqual(combination, { label: '', trials: 3, mean: 1, standardDeviation: 1 });
  assert.equal(bestOfResults(loss, [results[0]!])!.combination!.standardDeviation, null);
  assert.equal(bestOfResults(loss, []), undefined);
});

test('bestOfResults - a combination without a figure loses to one with', () => {
  const unknown = [result({ a: 1 }, Number.NaN), result({ a: 2 }, 5)];
  assert.equal(bestOfResults(loss, unknown)!.result, unknown[1]);
});
