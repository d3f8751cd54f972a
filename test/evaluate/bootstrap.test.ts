import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootstrap, meanOfHeads, meanReplicates } from '../../src/evaluate/bootstrap.ts';
import { resampler } from '../../src/evaluate/draws.ts';
import { countRows, figureNames, figuresOf, totalsOf } from '../../src/evaluate/figures.ts';
import { fixture, headOf } from './fixture.ts';

/** A head with its rows as often as a resample has them. */
function repeated(head: ReturnType<typeof headOf>, times: readonly number[]): ReturnType<typeof headOf> {
  const rows = times.flatMap((n, row) => Array<number>(n).fill(row));
  const { length: k } = head.classes;
  const pick = (values: Int32Array): Int32Array => Int32Array.from(rows, (row) => values[row]!);
  return {
    ...head,
    labels_N: pick(head.labels_N),
    answers_N: pick(head.answers_N),
    probabilities_NK: Float32Array.from(
      rows.flatMap((row) => [...head.probabilities_NK.subarray(row * k, (row + 1) * k)]),
    ),
  };
}

test('bootstrap - each resample has the figures of its rows scored from scratch, by rows and by groups', () => {
  const heads = [headOf(fixture.heads[1]!, true)];
  const rows = heads[0]!.labels_N.length;
  const groups = Int32Array.from({ length: rows }, (_, row) => ((row * row) % 37) % 11);
  for (const units of [null, groups]) {
    const [replicates] = bootstrap(heads.map(countRows), { units, rows, resamples: 5, seed: 9 });
    const counts = new Uint32Array(units === null ? rows : 11);
    const draw = resampler(9, 'bootstrap');
    for (let r = 0; r < 5; r++) {
      draw(counts);
      assert.equal(
        counts.reduce((sum, n) => sum + n, 0),
        counts.length,
      );
      const times = Array.from({ length: rows }, (_, row) => counts[units?.[row] ?? row]!);
      const counted = countRows(repeated(heads[0]!, times));
      const expected = figuresOf(totalsOf(counted), counted);
      for (const name of figureNames)
        assert.ok(Math.abs(replicates![name][r]! - expected[name]) < 1e-12, `${name} of resample ${r}`);
    }
  }
});

test('bootstrap - the same seed gives the same figures, another seed others; heads share their draws', () => {
  const heads = [headOf(fixture.heads[0]!, false), headOf(fixture.heads[0]!, false)].map(countRows);
  const run = (seed: number) => bootstrap(heads, { units: null, rows: 80, resamples: 20, seed });
  const [first, second] = run(1);
  assert.deepEqual(first, second);
  assert.deepEqual(run(1)[0], first);
  assert.notDeepEqual(run(2)[0]!.accuracy, first!.accuracy);
});

test('meanReplicates - the mean over the heads of each resample, without those that cannot tell', () => {
  const heads = [headOf(fixture.heads[0]!, false), { ...headOf(fixture.heads[0]!, false), majority: null }];
  const counted = heads.map(countRows);
  const replicates = bootstrap(counted, { units: null, rows: 80, resamples: 3, seed: 1 });
  const means = meanReplicates(replicates, 3);
  assert.deepEqual(means.majorityAccuracy, replicates[0]!.majorityAccuracy);
  const figures = counted.map((head) => figuresOf(totalsOf(head), head));
  assert.equal(meanOfHeads(figures).majorityAccuracy, figures[0]!.majorityAccuracy);
  assert.equal(meanOfHeads(figures).accuracy, figures[0]!.accuracy);
});

test('resampler - places are drawn as often, and as unevenly, as chance has it', () => {
  const counts = new Uint32Array(1000);
  const draw = resampler(3, 'test');
  const drawn = new Float64Array(1000);
  let pairs = 0;
  for (let r = 0; r < 200; r++) {
    draw(counts);
    counts.forEach((n, place) => {
      drawn[place]! += n;
      pairs += n * (n - 1);
    });
  }
  // Each of 1,000 places 200 times on average, with a deviation of 14.1; five of them for the extremes of so many.
  assert.ok(Math.min(...drawn) > 200 - 71 && Math.max(...drawn) < 200 + 71);
  // Of 1,000 draws, 999 pairs fall on one place on average (twice each, with order): the variance of Poisson's distribution.
  assert.ok(Math.abs(pairs / 200 - 999) < 20, `${pairs / 200}`);
});

test('bootstrap - 2,000 resamples of 100,000 rows take seconds', () => {
  const n = 100_000;
  const head = {
    classes: Array.from({ length: 17 }, (_, c) => `${c}`),
    majority: 0,
    row_M: Int32Array.from({ length: n }, (_, i) => i),
    cell_M: Int32Array.from({ length: n }, (_, i) => (i * 31) % 289),
    loss_M: Float64Array.from({ length: n }, (_, i) => (i % 7) / 3),
  };
  const counted = { ...head, classes: 17 };
  const begun = process.cpuUsage();
  bootstrap([counted], { units: null, rows: n, resamples: 100, seed: 1 });
  const { user } = process.cpuUsage(begun);
  // A twentieth of the work in a generous twentieth of a minute, on a machine that does other things too.
  assert.ok(user / 1e6 < 3, `${user / 1e6} s`);
});
