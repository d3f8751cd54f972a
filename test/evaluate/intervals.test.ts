import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrap } from '../../src/evaluate/bootstrap.ts';
import type { FigureName } from '../../src/evaluate/figures.ts';
import { expandedShare, intervalOf } from '../../src/evaluate/intervals.ts';
import { coverageOf, type Population, sampleOf, truthOf } from './coverage.ts';
import { fixture } from './fixture.ts';

test('expandedShare - the quantiles of SciPy, and 2.5 % of many units', () => {
  for (const { units, share } of fixture.expandedShares)
    assert.ok(Math.abs(expandedShare(units) - share) < 1e-8, `${units}: ${expandedShare(units)} ${share}`);
  assert.ok(Math.abs(expandedShare(10_000) - 0.025) < 3e-5);
  assert.ok(Math.abs(expandedShare(1e6) - 0.025) < 1e-12);
});

test('intervalOf - a little wider than SciPy’s percentile interval of the same rows', () => {
  const { right, low, high } = fixture.percentile;
  const head = {
    classes: 2,
    majority: null,
    row_M: Int32Array.from(right.keys()),
    cell_M: Int32Array.from(right, (one) => 1 - one),
    loss_M: new Float64Array(right.length),
  };
  const [replicates] = bootstrap([head], { units: null, rows: right.length, resamples: 20_000, seed: 4 });
  const interval = intervalOf(replicates!.accuracy, right.length)!;
  // 60 rows: values are 1/60 apart.
  assert.ok(interval.low <= low && interval.low > low - 0.03, `${interval.low} ${low}`);
  assert.ok(interval.high >= high && interval.high < high + 0.03, `${interval.high} ${high}`);
});

test('intervalOf - of 99 replicates the values that shares of 2.5 % lie between, by hand', () => {
  const replicates = Float64Array.from({ length: 99 }, (_, i) => 99 - i);
  // (99 + 1) · 0.025 = 2.5: between the second and the third.
  const { low, high } = intervalOf(replicates, 1e9)!;
  assert.ok(Math.abs(low - 2.5) < 1e-4 && Math.abs(high - 97.5) < 1e-4, `${low} ${high}`);
});

test('intervalOf - null for one unit, for equal values, and where more than one resample in twenty cannot tell', () => {
  assert.equal(intervalOf(new Float64Array(100).fill(1), 50), null);
  const replicates = Float64Array.from({ length: 100 }, (_, i) => (i < 5 ? Number.NaN : i));
  assert.equal(intervalOf(replicates, 1), null);
  assert.ok(intervalOf(replicates, 50));
  assert.equal(intervalOf(replicates.fill(Number.NaN, 0, 6), 50), null);
});

// How often intervals hold the truth, over samples of populations that are known. 95 % is claimed; of 1,000 samples the
// share that is counted has a deviation of 0.7 %.
const balanced: Population = [
  [0.45, 0.05, 0.05],
  [0.05, 0.2, 0.05],
  [0.03, 0.03, 0.09],
];
const claimed: readonly FigureName[] = [
  'logLoss',
  'accuracy',
  'majorityAccuracy',
  'balancedAccuracy',
  'macroF1',
];
// The rarest class is in some 18 of the groups.
const sizes = Array.from({ length: 120 }, (_, i) => 1 + ((i * 7) % 9));

test('intervals - hold the truth in 93 to 97 of 100 samples of 300 rows', () => {
  const held = coverageOf(truthOf(balanced), (numbers) => sampleOf(balanced, 300, null, 0, numbers), {
    samples: 1000,
    resamples: 400,
  });
  for (const name of claimed) assert.ok(held[name] >= 0.93 && held[name] <= 0.97, `${name} ${held[name]}`);
});

test('intervals - drawn by groups hold it where the rows of a group are alike; drawn by rows they do not', () => {
  const draw = (byGroup: boolean) =>
    coverageOf(
      truthOf(balanced),
      (numbers) => {
        const sample = sampleOf(balanced, 0, sizes, 0.7, numbers);
        return byGroup ? sample : { ...sample, units: null };
      },
      { samples: 1000, resamples: 400 },
    );
  const held = draw(true);
  for (const name of claimed) assert.ok(held[name] >= 0.93 && held[name] <= 0.97, `${name} ${held[name]}`);
  const byRows = draw(false);
  for (const name of claimed) assert.ok(byRows[name] < 0.88, `${name} ${byRows[name]}`);
});

test('intervals - a class of six rows: balanced accuracy and macro F1 are held less often, accuracy is not', () => {
  const rare: Population = [
    [0.6, 0.03, 0.01],
    [0.05, 0.28, 0.01],
    [0.006, 0.004, 0.01],
  ];
  const held = coverageOf(truthOf(rare), (numbers) => sampleOf(rare, 300, null, 0, numbers), {
    samples: 1000,
    resamples: 400,
  });
  assert.ok(held.accuracy >= 0.93 && held.accuracy <= 0.97, `${held.accuracy}`);
  for (const name of ['balancedAccuracy', 'macroF1'] as const)
    assert.ok(held[name] > 0.85 && held[name] < 0.93, `${name} ${held[name]}`);
});
