import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  evaluationTable,
  type ShownEvaluation,
  slicesTable,
} from '../../../src/report/tables/evaluation-table.ts';
import { textWidth } from '../../../src/report/text/text-width.ts';

const at = (value: number | null, low: number | null = null, high: number | null = null) => ({
  value,
  low,
  high,
});

const figures = {
  logLoss: at(0.5, 0.4, 0.6),
  accuracy: at(0.8, 0.75, 0.85),
  majorityAccuracy: at(0.7, 0.65, 0.75),
  balancedAccuracy: at(0.6, 0.5, 0.7),
  macroF1: at(0.55, 0.45, 0.65),
  answered: at(1),
};

const head = {
  rows: 1200,
  figures,
  auc: 0.9,
  calibrationError: 0.05,
  meanAbsoluteError: null,
  rareClasses: {},
  confusion: [
    [1, 2],
    [3, 4],
  ],
};

const evaluation: ShownEvaluation = {
  part: 'test',
  table: 'people.csv',
  rows: 1300,
  unit: 'groups',
  units: 40,
  groupBy: 'who',
  resamples: 2000,
  heads: { age: head, bag: { ...head, figures: { ...figures, logLoss: at(0.0001) } } },
  mean: figures,
};

const plain = { terminal: false };

test('evaluationTable - a row a head with intervals, the majority beside the accuracy, and the means', () => {
  assert.deepEqual(evaluationTable(evaluation, plain).split('\n'), [
    'The test part of people.csv, 1,300 rows; 95 % intervals from 2,000 resamples of 40 groups of who',
    '',
    'head   rows             log loss             accuracy  majority             balanced                macro    AUC  calibration',
    '                                                       baseline             accuracy                   F1               error',
    '-----------------------------------------------------------------------------------------------------------------------------',
    'age   1,200  0.500 (0.400–0.600)  0.800 (0.750–0.850)     0.700  0.600 (0.500–0.700)  0.550 (0.450–0.650)  0.900        0.050',
    'bag   1,200                 1e-4  0.800 (0.750–0.850)     0.700  0.600 (0.500–0.700)  0.550 (0.450–0.650)  0.900        0.050',
    'mean                              0.800 (0.750–0.850)     0.700  0.600 (0.500–0.700)  0.550 (0.450–0.650)',
  ]);
});

test('evaluationTable - marks what a reader must not miss, and what is not answered', () => {
  const poor = {
    ...head,
    figures: { ...figures, accuracy: at(0.6), balancedAccuracy: at(0.5), answered: at(0.9, 0.8, 0.95) },
    rareClasses: { old: 3, young: 9 },
  };
  const unknown = at(null);
  const none = {
    ...head,
    rows: 0,
    auc: null,
    calibrationError: null,
    figures: Object.fromEntries(Object.keys(figures).map((name) => [name, unknown])) as typeof head.figures,
  };
  const text = evaluationTable({ ...evaluation, part: null, heads: { age: poor, bag: none } }, plain);
  assert.match(text, /^1,300 rows of people\.csv;/);
  assert.match(text, /^age\*\+~ .* 0\.900 \(0\.800–0\.950\)$/m);
  assert.match(text, /^bag! +0 +- +- +- +- +- +- +- +-$/m);
  for (const sentence of [
    '* Accuracy is below that of always answering the most frequent class of the training part.',
    '+ Balanced accuracy is no better than chance, 1/K for K classes among the rows.',
    '~ The intervals of balanced accuracy and macro F1 are likely too narrow, because some classes have fewer than 10 groups. age: old (3), young (9).',
    '! No row has a label for this head.',
    'All but the log loss is told of the rows that are answered.',
  ])
    assert.ok(text.split('\n').includes(sentence), sentence);
});

test('evaluationTable - no line is wider than the terminal', () => {
  for (const line of evaluationTable(evaluation, { terminal: true, columns: 60 }).split('\n').slice(2))
    assert.ok(textWidth(line) <= 60, line);
});

test('slicesTable - the largest twenty, and how many there are', () => {
  const values = Array.from({ length: 23 }, (_, i) => ({
    ...evaluation,
    value: i === 1 ? '' : `person ${i}`,
    rows: 100 - i,
  }));
  const lines = slicesTable({ column: 'who', values }, plain).split('\n');
  assert.deepEqual(lines.slice(0, 5), [
    'who        rows                 mean                  age                  bag',
    '                            accuracy             accuracy             accuracy',
    '------------------------------------------------------------------------------',
    'person 0    100  0.800 (0.750–0.850)  0.800 (0.750–0.850)  0.800 (0.750–0.850)',
    '(empty)      99  0.800 (0.750–0.850)  0.800 (0.750–0.850)  0.800 (0.750–0.850)',
  ]);
  assert.equal(lines.at(-2), '3 smaller slices are not shown; --json has all of them.');
  assert.match(lines.at(-1)!, /^Of 23 slices some look better or worse by chance alone/);
});
