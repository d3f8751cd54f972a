// What `run compare` prints, figure by figure against values worked by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importanceOf } from '../../src/compare/importance.ts';
import { rowsOf, verdictOf } from '../../src/compare/rows.ts';
import { comparisonTable } from '../../src/compare/table.ts';
import type { Compared } from '../../src/compare/trials.ts';
import type { Metrics } from '../../src/train/score/metrics.ts';
import { compared, listAxis, trial } from './compared.ts';

function linesOf(comparison: Compared, heads = false): string[] {
  const rows = rowsOf(comparison);
  const importance = importanceOf(comparison.axes, rows);
  const all = { compared: comparison, rows, verdict: verdictOf(rows), importance };
  return comparisonTable(all, heads, { terminal: false })
    .split('\n')
    .map((line) => line.trimEnd());
}

function scores(macroF1: number, majorityAccuracy: number, ofHead: number): { metrics: Metrics } {
  const heads = { kids: { balancedAccuracy: ofHead, macroF1: null } };
  return { metrics: { loss: 1, mean: { macroF1, majorityAccuracy }, heads } as unknown as Metrics };
}

test('comparisonTable - means and deviations over three seeds, what failed, the test of the best two', () => {
  const rate = listAxis('rate', ['0.1', '0.2', '0.4']);
  const seen = compared(
    [rate],
    [
      // Mean 0.5, deviation √(0.0168 / 2).
      ...[0.4, 0.52, 0.58].map((value, seed) => trial({ rate: '0.1' }, value, seed)),
      ...[0.5, 0.6, 0.7].map((value, seed) =>
        trial({ rate: '0.2' }, value, seed, scores(value - 0.2, 0.25, value / 2)),
      ),
      trial({ rate: '0.4' }, null, 0, { status: 'failed', reason: 'the loss is not finite\nat step 3' }),
    ],
  );
  assert.deepEqual(linesOf(seen, true), [
    'rate  balancedAccuracy          macro  majority  n           kids      kids',
    '                                   F1  baseline          balanced  macro F1',
    '---------------------------------------------------------------------------',
    '0.2      0.600 ± 0.100  0.400 ± 0.100     0.250  3  0.300 ± 0.050         -',
    '0.1      0.500 ± 0.092              -         -  3              -         -',
    '',
    'Mean ± standard deviation over n seeds. The majority baseline is a plain accuracy.',
    '',
    'without a result  status  why',
    '------------------------------------------------',
    '0.4               failed  the loss is not finite',
    '',
    'Best:   rate=0.2',
    'Second: rate=0.1',
    // Differences 0.1, 0.08, 0.12: t = 0.1 / (0.02 / √3) = 8.66; of two degrees of freedom p = 1 - t / √(t² + 2), and 95 % reach 4.303.
    'They are 0.1000 apart, 95 % interval 0.0503 to 0.1497 (paired over 3 seeds, p = 0.013, 2 degrees of freedom). That is more than seeds alone explain; but the best was picked after the fact, so it looks better than it is. So few seeds show large differences only.',
  ]);
});

test('comparisonTable - by a loss the smallest is first; a grid with interaction; one seed says nothing of chance', () => {
  const axes = ['a', 'b'].map((name) => listAxis(name, ['0', '1']));
  const values = [1, 2, 4, 9].map((value, i) => trial({ a: String(i >> 1), b: String(i & 1) }, value));
  const lines = linesOf(compared(axes, values, { name: 'loss', head: null, direction: 'minimize' }));
  assert.deepEqual(
    lines.slice(3, 7).map((line) => line.split(/\s+/).slice(0, 3)),
    [
      ['0', '0', '1.000'],
      ['0', '1', '2.000'],
      ['1', '0', '4.000'],
      ['1', '1', '9.000'],
    ],
  );
  assert.deepEqual(lines.slice(8), [
    'Best:   a=0 b=0',
    'Second: a=0 b=1',
    'They are 1.0000 apart. With one seed nothing can be said about chance: repeat them with several.',
    '',
    // 6.25, 2.25 and 1 of 9.5.
    'Variance explained: a 66 %, b 24 %, interactions 11 % (exact functional ANOVA of the complete grid; seeds averaged).',
  ]);
});

test('comparisonTable - of a loss, how far apart the best two are is what the best is lower by', () => {
  const trials = [
    ...[1.1, 1.08, 1.12].map((value, seed) => trial({ a: '0' }, value, seed)),
    ...[1, 1, 1].map((value, seed) => trial({ a: '1' }, value, seed)),
  ];
  const seen = compared([listAxis('a', ['0', '1'])], trials, {
    name: 'loss',
    head: null,
    direction: 'minimize',
  });
  assert.ok(
    linesOf(seen).some((line) =>
      line.startsWith('They are 0.1000 apart, 95 % interval 0.0503 to 0.1497 (paired'),
    ),
  );
});

test('comparisonTable - drawn numbers have four digits that count, whole ones all of theirs', () => {
  const axes = ['rate', 'units'].map((name) => ({
    name,
    labels: null,
    distribution: { scale: 'log' as const, from: 1e-5, to: 1e5 },
  }));
  const trials = [
    trial({ rate: 0.00329445237452, units: 12345 }, 0.3),
    trial({ rate: 0.0000719758184702, units: 7 }, 0.2),
  ];
  const lines = linesOf(compared(axes, trials));
  assert.match(lines[3]!, /^0\.003294 +12345 +0\.300/);
  assert.match(lines[4]!, /^0\.00007198 +7 +0\.200/);
  assert.ok(lines.includes('Second: rate=0.00007198 units=7'), lines.join('\n'));
});

test('comparisonTable - an axis that takes no part in a row; runs without axes by their names; no result at all', () => {
  const axes = [listAxis('optimizer', ['adam', 'sgd']), listAxis('momentum', ['0.9'])];
  const trials = [trial({ optimizer: 'adam' }, 0.3), trial({ optimizer: 'sgd', momentum: '0.9' }, 0.2)];
  assert.match(linesOf(compared(axes, trials))[3]!, /^adam +- +0\.300/);
  const runs = [0.3, 0.2].map((value, i) => trial({}, value, 1, { label: `run-${i}` }));
  assert.match(linesOf(compared([], runs))[3]!, /^run-0 +0\.300/);
  assert.equal(
    linesOf(compared(axes, [trial({ optimizer: 'adam' }, null)]))[0],
    'No trial has a result yet.',
  );
});
