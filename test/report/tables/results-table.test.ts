import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marksOf } from '../../../src/report/pictures/marks.ts';
import { classMarkdown, classRows } from '../../../src/report/tables/class-scores.ts';
import {
  resultsMarkdown,
  resultsRows,
  resultsTable,
  stagesTable,
} from '../../../src/report/tables/results-table.ts';
import { stageScores } from '../../../src/report/tables/stage-scores.ts';
import { textWidth } from '../../../src/report/text/text-width.ts';
import { headMetrics } from '../../../src/train/score/metrics.ts';
import { heads, metrics, metricsOf, metricsWith, stageResult } from '../samples.ts';

test('marksOf - one mark for each way in which a head says nothing', () => {
  assert.deepEqual(marksOf(heads.good), []);
  assert.deepEqual(marksOf(heads.constant), ['noBetterThanChance']);
  assert.deepEqual(marksOf(heads.below), ['belowMajority']);
  assert.deepEqual(marksOf(heads.unlabelled), ['noLabels']);
});

test('marksOf - chance counts the classes that occur among the rows', () => {
  // Three classes of which two occur: a constant answer has balanced accuracy 1/2, which is above 1/3.
  const constant = [
    [6, 0, 0],
    [4, 0, 0],
    [0, 0, 0],
  ];
  assert.deepEqual(marksOf(metricsOf(constant)), ['noBetterThanChance']);
  // Where a single class occurs, 1/1 is what a perfect head has too.
  assert.deepEqual(
    marksOf(
      metricsOf([
        [5, 0],
        [0, 0],
      ]),
    ),
    [],
  );
});

test('marksOf - a mean of recalls that is 1/K up to rounding is chance', () => {
  // Seven classes, the first always answered: (1 + 0 × 6) / 7.
  const constant = Array.from({ length: 7 }, () => [3, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(marksOf(metricsOf(constant)), ['noBetterThanChance']);
});

test('resultsTable - aligns numbers, marks heads and explains each mark once, ends with the means', () => {
  const expected = [
    'head          loss  accuracy  majority  balanced  macro  AUC  calibration  rows',
    '                              baseline  accuracy     F1             error',
    '-------------------------------------------------------------------------------',
    // F1 of good: 8/11 and 6/9, mean 0.697; constant: 16/18 and 0, mean 0.444; below: 8/12 and 4/8, mean 0.583.
    'good         1.000    0.700      0.500    0.700   0.697    -            -    10',
    'constant     1.000    0.800      0.800    0.500+  0.444    -            -    10',
    'below        1.000    0.600*     0.800    0.750   0.583    -            -    10',
    'unlabelled!      -        -          -        -       -    -            -     0',
    // Of three heads: 2.1/3, 2.1/3, 1.95/3 and 1.725/3.
    'mean                  0.700      0.700    0.650   0.575    -            -',
    '* Accuracy is below that of always answering the most frequent class of the training part.',
    '+ Balanced accuracy is no better than chance, 1/K for K classes among the validation rows.',
    '! No validation row has a label for this head.',
  ];
  assert.deepEqual(resultsTable(metrics, { terminal: false }).split('\n'), expected);
});

test('resultsTable - AUC, calibration error and the mean error of ordinal heads, where they are measured', () => {
  const counts = { lossSum: 4, lossWeight: 4, confusion: Float64Array.of(1, 1, 0, 2) };
  // Areas: of the pairs (0.9, 0.2) with (0.6, 0.7), two in four. Gaps in four bins: 0.1, 0.8, 0.4 and 0.3.
  const scores = {
    labels_N: [0, 0, 1, 1],
    probabilities_NK: Float32Array.of(0.1, 0.9, 0.8, 0.2, 0.4, 0.6, 0.3, 0.7),
  };
  const age = headMetrics(counts, { majority: 0, ordinal: true }, scores);
  const lines = resultsTable(metricsWith(1, { age, good: heads.good }), { terminal: false }).split('\n');
  const [head, second, , ...rows] = lines;
  assert.match(head!, /AUC {2}calibration {2}mean error {2}rows$/);
  assert.match(second!, /error {2}in classes$/);
  assert.match(rows[0]!, /^age .* 0\.500 {8}0\.450 {7}0\.250 {5}4$/);
  assert.match(rows[1]!, /^good .* - {12}- {11}- {4}10$/);
  assert.match(rows[2]!, /^mean .* 0\.500 {8}0\.450$/);
});

test('resultsTable - no footnote and no mark where nothing is wrong', () => {
  const lines = resultsTable(metricsWith(1, { good: heads.good }), { terminal: false }).split('\n');
  assert.equal(lines.length, 4);
  assert.ok(lines.at(-1)!.startsWith('good'), 'no mean of one head');
});

test('resultsTable - is plain ASCII without escapes where piped, with a drawn rule in a terminal', () => {
  assert.match(resultsTable(metrics, { terminal: false, colour: false }), /^[\x20-\x7e\n]*$/);
  const coloured = resultsTable(metrics, { terminal: true, colour: true });
  assert.match(coloured, /─{20}/);
  assert.ok(coloured.includes('\u001b['));
});

test('resultsTable - in a narrow terminal no line is wider than it', () => {
  const wide = { ...metrics, heads: { ...heads, 服の種類: heads.below } };
  for (const columns of [40, 60, 80, 120]) {
    const lines = resultsTable(wide, { terminal: true, columns }).split('\n');
    assert.ok(
      lines.every((line) => textWidth(line) <= columns),
      `${columns} columns`,
    );
    assert.ok(lines.some((line) => line.includes('0.583')));
  }
});

test('stagesTable - shows the loss only where every stage has its metrics', () => {
  const { metrics: _, ...bare } = stageResult;
  assert.deepEqual(stagesTable([stageResult], { terminal: false }).split('\n'), [
    'stage    epochs  best epoch    time  images/s   loss',
    '----------------------------------------------------',
    'warm-up      12           9  1:05 h      48.1  3.000',
  ]);
  assert.ok(!stagesTable([bare], { terminal: false }).includes('loss'));
});

test('resultsMarkdown - tables of heads and stages, bars in names escaped', () => {
  const text = resultsMarkdown(metricsWith(1, { 'a|b': heads.below }), [stageResult]);
  assert.ok(text.includes('| a\\|b | 1.000 | 0.600* | 0.800 | 0.750 | 0.583 | - | - | 10 |'));
  assert.ok(text.includes('- `*` Accuracy is below'));
  assert.ok(text.includes('| warm-up | 12 | 9 | 1:05 h | 48.1 | 3.000 |'));
  const cells = text.split('\n').filter((line) => line.startsWith('|'));
  assert.deepEqual(new Set(cells.slice(0, 2).map((line) => line.split(' | ').length)), new Set([9]));
});

test('resultsRows - numbers as they are, null where there is no label', () => {
  const { columns, rows } = resultsRows(metrics);
  assert.deepEqual(columns, [
    'head',
    'loss',
    'accuracy',
    'majorityAccuracy',
    'balancedAccuracy',
    'macroF1',
    'auc',
    'calibrationError',
    'meanAbsoluteError',
    'rows',
  ]);
  assert.deepEqual(rows[2], ['below', 1, 0.6, 0.8, 0.75, heads.below.macroF1, null, null, null, 10]);
  assert.deepEqual(rows[3], ['unlabelled', null, null, null, null, null, null, null, null, 0]);
});

test('stageScores - a row a stage as the article has it, and what needs no learning at its end', () => {
  const first = metricsWith(2, { good: heads.constant, below: heads.below });
  const second = metricsWith(1, { good: heads.good, below: heads.below });
  const stages = [
    { name: 'small', metrics: first },
    { name: 'full', metrics: second },
  ];
  const accuracy = stageScores(stages, 'accuracy')!;
  assert.deepEqual(
    accuracy.columns.map(({ title }) => title),
    ['stage', 'good', 'below', 'mean'],
  );
  assert.deepEqual(accuracy.rows, [
    ['small', '0.800', '0.600', '0.700'],
    ['full', '0.700', '0.600', '0.650'],
    ['most frequent class', '0.500', '0.800', '0.650'],
  ]);
  assert.deepEqual(stageScores(stages, 'balancedAccuracy')!.rows, [
    ['small', '0.500', '0.750', '0.625'],
    ['full', '0.700', '0.750', '0.725'],
    ['most frequent class', '0.500', '0.500', '0.500'],
  ]);
  const { metrics: _, ...bare } = stageResult;
  assert.equal(stageScores([bare], 'accuracy'), null);
  const text = resultsMarkdown(second, [{ ...stageResult, name: 'full', metrics: second }]);
  assert.ok(text.includes('## Balanced accuracy by stage'));
  assert.ok(text.includes('| most frequent class | 0.500 | 0.800 | 0.650 |'));
});

test('classRows - rows, recall and precision of every class', () => {
  const of = [
    { name: 'below', classes: ['no', 'yes'] },
    { name: 'constant', classes: ['a', 'b'] },
  ];
  const { columns, rows } = classRows(metrics, of);
  assert.deepEqual(columns, ['head', 'class', 'rows', 'recall', 'precision']);
  assert.deepEqual(rows, [
    ['below', 'no', 8, 0.5, 1],
    ['below', 'yes', 2, 1, 2 / 6],
    ['constant', 'a', 8, 1, 0.8],
    ['constant', 'b', 2, 0, null],
  ]);
  assert.ok(classMarkdown(metrics, of).includes('| constant | b | 2 | 0.000 | - |'));
});
