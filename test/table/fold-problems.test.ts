import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldProblems } from '../../src/table/fold-problems.ts';

const plain = { folds: 5, rows: 20, groupBy: null, groups: null, classes: [] };

test('foldProblems - rows and classes enough', () => {
  const labels = Int32Array.from({ length: 20 }, (_, i) => (i < 5 ? 1 : i < 7 ? -1 : 0));
  assert.deepEqual(foldProblems(plain), []);
  // Rows whose label is not known are no class.
  assert.deepEqual(foldProblems({ ...plain, classes: [{ name: 'kind', classes: ['a', 'b'], labels }] }), []);
});

test('foldProblems - fewer rows than folds', () => {
  assert.deepEqual(
    foldProblems({ ...plain, rows: 4 }).map(({ message, path }) => [path, message]),
    [['dataset.split.folds', 'expected at most as many folds as there are rows, 4, got 5']],
  );
});

test('foldProblems - fewer groups than folds; rows without a group are groups of their own', () => {
  const groups = Array.from({ length: 20 }, (_, i) => (i < 18 ? `g${i % 2}` : ''));
  assert.equal(
    foldProblems({ ...plain, groupBy: 'who', groups })[0]?.message,
    'expected at most as many folds as there are groups of column "who", 4, got 5',
  );
});

test('foldProblems - a group of more than twice the share, and a class of too few groups, both at once', () => {
  // Nine rows of anna: twice the share of 20 / 5 is 8.
  const groups = Array.from({ length: 20 }, (_, i) => (i < 9 ? 'anna' : `g${i}`));
  const labels = Int32Array.from({ length: 20 }, (_, i) => (i < 12 ? 1 : 0));
  const problems = foldProblems({
    ...plain,
    groupBy: 'who',
    groups,
    classes: [{ name: 'kind', classes: ['a', 'b'], labels }],
  });
  assert.deepEqual(
    problems.map(({ message }) => message),
    [
      'expected groups of at most 8 rows, twice the share of one of 5 folds, found 9 rows with who "anna"',
      // anna and three more.
      'expected every class of kind in at least 5 groups of column "who", one for each fold, found "b" in 4',
    ],
  );
  assert.match(problems[1]?.hint ?? '', /leave kind out of stratifyBy/);
});
