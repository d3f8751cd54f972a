// Folds of cross-validation are averaged over as seeds are.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { differingValues } from '../../src/compare/differences.ts';
import { overlapOf, repeatedWord } from '../../src/compare/repetition.ts';
import { rowsOf, verdictOf } from '../../src/compare/rows.ts';
import { pairedDifference } from '../../src/compare/statistics.ts';
import { comparisonTable } from '../../src/compare/table.ts';
import { compared, listAxis, trial } from './compared.ts';

const folds = { seeds: false, folds: 5 };

test('comparisonTable - the folds of one experiment are one row with their mean and deviation', () => {
  const values = [0.4, 0.5, 0.6, 0.5, 0.5];
  const trials = values.map((value, i) => trial({}, value, i, { label: `dataset.split.fold=${i}` }));
  const seen = { ...compared([], trials), repetition: folds };
  const rows = rowsOf(seen);
  const lines = comparisonTable(
    { compared: seen, rows, verdict: verdictOf(rows, folds), importance: undefined },
    false,
    { terminal: false },
  ).split('\n');
  assert.equal(rows.length, 1);
  // Deviation √(0.02 / 4).
  assert.match(lines[3]!, /^all folds +0\.500 ± 0\.071 .* 5$/);
  assert.ok(lines.at(-1)!.startsWith('Mean ± standard deviation over n folds. Folds share training rows'));
});

test('verdictOf - folds are paired, and their differences count with the correction of Nadeau and Bengio', () => {
  const first = [0.7, 0.6, 0.65, 0.7, 0.75];
  const second = [0.6, 0.55, 0.6, 0.6, 0.7];
  const trials = [
    ...first.map((value, i) => trial({ a: '0' }, value, i)),
    ...second.map((value, i) => trial({ a: '1' }, value, i)),
  ];
  const verdict = verdictOf(rowsOf(compared([listAxis('a', ['0', '1'])], trials)), folds)!;
  // Differences 0.1, 0.05, 0.05, 0.1, 0.05: mean 0.07, variance 0.003 / 4; √(0.00075 · (1/5 + 1/4)) = 0.01837; t(4) 2.7764.
  assert.ok(Math.abs(verdict.test!.low - (0.07 - 2.776445 * 0.0183712)) < 1e-6);
  assert.match(
    verdict.text,
    /paired over 5 folds, corrected for the training rows that folds share, p = 0\.019/,
  );
  // Without it the interval would be narrower by √(0.2 / 0.45).
  const plain = pairedDifference(first, second)!;
  const ratio = (plain.high - plain.low) / (verdict.test!.high - verdict.test!.low);
  assert.ok(Math.abs(ratio - Math.sqrt(0.2 / 0.45)) < 1e-9);
});

test('repeatedWord, overlapOf - seeds, folds, and both', () => {
  assert.deepEqual(
    [{ seeds: true, folds: null }, folds, { seeds: true, folds: 10 }].map((one) => [
      repeatedWord(one),
      overlapOf(one),
    ]),
    [
      ['seeds', 0],
      ['folds', 1 / 4],
      ['seeds and folds', 1 / 9],
    ],
  );
});

test('differingValues - the fold is no axis, and tells repetitions apart together with the seed', () => {
  const experiment = (seed: number, fold: number) => ({ seed, dataset: { split: { folds: 3, fold } }, x: 1 });
  const { axes, seeds, repetition } = differingValues([experiment(1, 0), experiment(1, 2), experiment(2, 0)]);
  assert.deepEqual(axes, []);
  assert.deepEqual(seeds, ['1/0', '1/2', '2/0']);
  assert.deepEqual(repetition, { seeds: true, folds: 3 });
  const none = { seed: 1, dataset: { split: { folds: null, fold: null } } };
  assert.deepEqual(differingValues([none, { ...none, seed: 2 }]).seeds, ['1', '2']);
});
