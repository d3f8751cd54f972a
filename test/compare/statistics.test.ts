/** Tests of means beside SciPy's, shares of variance beside Optuna's and by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { importanceOf } from '../../src/compare/importance.ts';
import { rowsOf, verdictOf } from '../../src/compare/rows.ts';
import { type Difference, pairedDifference, welchDifference } from '../../src/compare/statistics.ts';
import { mainShares } from '../../src/compare/variance.ts';
import { compared, listAxis, trial } from './compared.ts';

interface Reference {
  readonly p: number;
  readonly low: number;
  readonly high: number;
  readonly df: number;
}
const fixture = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'compare.json'), 'utf8')) as {
  tests: { first: number[]; second: number[]; welch: Reference; paired: Reference | null }[];
  trees: { leaves: { value: number; box: [number, number][] }[]; shares: number[] }[];
};

function near(actual: number, expected: number, tolerance = 1e-7): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1e-2, Math.abs(expected)),
    `${actual} ${expected}`,
  );
}

function sameAs(found: Difference | undefined, { p, low, high, df }: Reference): void {
  assert.ok(found);
  near(found.p, p);
  near(found.low, low);
  near(found.high, high);
  near(found.degreesOfFreedom, df);
}

test('welchDifference, pairedDifference - p, interval and degrees of freedom are SciPy’s', () => {
  assert.ok(fixture.tests.length >= 5);
  for (const { first, second, welch, paired } of fixture.tests) {
    sameAs(welchDifference(first, second), welch);
    if (paired) sameAs(pairedDifference(first, second), paired);
  }
});

test('mainShares - of scikit-learn’s trees, what Optuna’s functional ANOVA says', () => {
  for (const { leaves, shares } of fixture.trees) {
    const edges = [0, 1, 2].map((axis) =>
      [...new Set(leaves.flatMap(({ box }) => box[axis]!))].sort((a, b) => a - b),
    );
    const weights = edges.map((own) => own.slice(1).map((edge, i) => edge - own[i]!));
    const boxes = leaves.map(({ value, box }) => ({
      value,
      cells: box.map(([low, high], axis) =>
        edges[axis]!.slice(1).map((edge, i) => edges[axis]![i]! >= low && edge <= high),
      ),
    }));
    mainShares(boxes, weights)!.forEach((share, axis) => {
      near(share, shares[axis]!);
    });
  }
});

const twoByTwo = ['a', 'b'].map((name) => listAxis(name, ['0', '1']));

test('importanceOf - of a 2×2 grid, by hand: 1 2 / 4 9 has mean 4 and variance 9.5', () => {
  const trials = [1, 2, 4, 9].map((value, i) => trial({ a: String(i >> 1), b: String(i & 1) }, value));
  const rows = rowsOf(compared(twoByTwo, trials));
  const found = importanceOf(twoByTwo, rows)!;
  assert.equal(found.method, 'exact');
  // Means of a: 1.5 and 6.5; of b: 2.5 and 5.5.
  near(found.axes.find(({ name }) => name === 'a')!.share, 6.25 / 9.5);
  near(found.axes.find(({ name }) => name === 'b')!.share, 2.25 / 9.5);
  near(found.interactions, 1 / 9.5);
});

test('importanceOf - of a 2×3 grid, by hand: 1 2 3 / 4 5 9 has mean 4 and variance 20/3; one without a result is no grid', () => {
  const axes = [listAxis('row', ['0', '1']), listAxis('column', ['x', 'y', 'z'])];
  const trials = [1, 2, 3, 4, 5, 9].map((value, i) =>
    trial({ row: String(Math.floor(i / 3)), column: 'xyz'[i % 3]! }, value),
  );
  const found = importanceOf(axes, rowsOf(compared(axes, trials)))!;
  assert.deepEqual([found.method, found.axes.map(({ name }) => name)], ['exact', ['row', 'column']]);
  // Means of rows: 2 and 6; of columns: 2.5, 3.5 and 6.
  near(found.axes[0]!.share, 0.6);
  near(found.axes[1]!.share, 0.325);
  near(found.interactions, 0.075);
  const some = [...trials.slice(0, 5), trial({ row: '1', column: 'z' }, null)];
  assert.equal(importanceOf(axes, rowsOf(compared(axes, some)))!.method, 'forest');
  const same = trials.map(({ point }) => trial(point, 3));
  assert.equal(importanceOf(axes, rowsOf(compared(axes, same))), undefined, 'nothing to explain');
});

test('importanceOf - of a random sweep, the axis that does something has nearly all', () => {
  const axes = ['rate', 'idle'].map((name) => ({
    name,
    labels: null,
    distribution: { scale: 'linear' as const, from: 0, to: 1 },
  }));
  const trials = Array.from({ length: 40 }, (_, i) => {
    const rate = (i * 0.618034) % 1;
    return trial({ rate, idle: (i * 0.414214) % 1 }, rate ** 2);
  });
  const found = importanceOf(axes, rowsOf(compared(axes, trials)))!;
  assert.equal(found.method, 'forest');
  assert.equal(found.axes[0]!.name, 'rate');
  assert.ok(found.axes[0]!.share > 0.95, JSON.stringify(found));
  assert.deepEqual(found, importanceOf(axes, rowsOf(compared(axes, trials))));
});

test('rowsOf - one row for all seeds, best first, and what is missing is kept', () => {
  const rows = rowsOf(
    compared(twoByTwo, [
      trial({ a: '0', b: '0' }, 0.2, 1),
      trial({ a: '0', b: '0' }, 0.4, 2),
      trial({ a: '1', b: '0' }, 0.5, 1),
      trial({ a: '1', b: '0' }, null, 2),
      trial({ a: '1', b: '1' }, null, 1),
    ]),
  );
  assert.deepEqual(
    rows.map(({ label, done, missing }) => [label, done.length, missing.length]),
    [
      ['a=1 b=0', 1, 1],
      ['a=0 b=0', 2, 0],
      ['a=1 b=1', 0, 1],
    ],
  );
  near(rows[1]!.metric!.mean, 0.3);
  near(rows[1]!.metric!.spread!, Math.SQRT1_2 / 5);
});

test('verdictOf - pairs by seed, whatever their order; one seed says nothing', () => {
  const pairs = compared(twoByTwo, [
    ...[0.5, 0.6, 0.72].map((value, seed) => trial({ a: '1', b: '0' }, value, seed)),
    ...[0.59, 0.41, 0.5].map((value, i) => trial({ a: '0', b: '0' }, value, [2, 0, 1][i]!)),
  ]);
  const { test: found } = verdictOf(rowsOf(pairs))!;
  assert.equal(found?.test, 'paired');
  sameAs(found!, {
    ...pairedDifference([0.5, 0.6, 0.72], [0.41, 0.5, 0.59])!,
    df: 2,
  });
  const single = verdictOf(
    rowsOf(compared(twoByTwo, [trial({ a: '0', b: '0' }, 0.2), trial({ a: '1', b: '0' }, 0.4)])),
  );
  assert.equal(single?.test, null);
  assert.match(single!.text, /one seed nothing can be said/);
});
