import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { cellsOf, countClasses, findClasses, readLabels } from '../../src/table/labels.ts';
import type { Table } from '../../src/table/table.ts';

const table: Table = {
  file: 'bags.csv',
  digest: '',
  columns: ['path', 'bag'],
  rows: ['None', 'Daily', '', 'daily', '?', 'Grocery', 'daily'].map((bag, i) => [`${i}.jpg`, bag]),
  lines: [2, 3, 4, 5, 6, 7, 8],
};

test('findClasses - sorted by code point, None is a class, empty and listed cells are not', () => {
  // Capitals (0x41-) come before small letters (0x61-).
  assert.deepEqual(findClasses(table, 'bag', ['?']), ['Daily', 'Grocery', 'None', 'daily']);
  assert.deepEqual(findClasses(table, 'bag', ['?', 'None']), ['Daily', 'Grocery', 'daily']);
});

test('findClasses - code points, not UTF-16 units', () => {
  // U+FF61 is one unit 0xff61; U+1F45C is two, the first 0xd83d: UTF-16 order would put it first.
  const rows = ['\u{1f45c}', '\uff61', 'ab', 'a'].map((bag) => ['x', bag]);
  assert.deepEqual(findClasses({ ...table, rows }, 'bag', []), ['a', 'ab', '\uff61', '\u{1f45c}']);
});

test('readLabels - index of each class, -1 where the label is not known', () => {
  const head = { name: 'bag', column: 'bag', classes: ['None', 'Grocery', 'Daily', 'daily'] };
  const { labels, problems } = readLabels(table, head, ['?']);
  assert.deepEqual([...labels], [0, 2, -1, 3, -1, 1, 3]);
  assert.deepEqual(problems, []);
});

test('readLabels - one problem for each label that is no class, with count, line and nearest class', () => {
  const head = { name: 'bag', column: 'bag', classes: ['None', 'Grocery', 'Daily'] };
  const { labels, problems } = readLabels(table, head, []);
  assert.deepEqual([...labels], [0, 2, -1, -1, -1, 1, -1]);
  assert.deepEqual(
    problems.map(({ code, path, place }) => [code, path, place?.file, place?.line]),
    [
      ['unknownClass', 'dataset.attributes.bag', 'bags.csv', 5],
      ['unknownClass', 'dataset.attributes.bag', 'bags.csv', 6],
    ],
  );
  assert.equal(
    problems[0]?.message,
    'expected one of the 3 classes of bag, found "daily" in column "bag" (in 2 rows, this one first)',
  );
  assert.match(problems[0]?.hint ?? '', /^Did you mean "Daily"\? /);
  assert.doesNotMatch(problems[1]?.hint ?? '', /Did you mean/);
});

test('readLabels - a column that the table lacks', () => {
  const { problems } = readLabels(table, { name: 'bag', column: 'bags', classes: ['a', 'b'] }, []);
  assert.equal(problems[0]?.code, 'unknownColumn');
  assert.match(problems[0]?.hint ?? '', /Did you mean "bag"\?/);
});

test('cellsOf - cells by row, or unknownColumn', () => {
  assert.deepEqual(cellsOf(table, 'path', 'dataset.imageColumn').slice(0, 2), ['0.jpg', '1.jpg']);
  assert.throws(
    () => cellsOf(table, 'paht', 'dataset.imageColumn'),
    (error) => error instanceof ExperimentError && error.problems[0]?.code === 'unknownColumn',
  );
});

test('countClasses - only the rows given, unknown labels not counted', () => {
  assert.deepEqual(
    [...countClasses(Int32Array.of(0, 2, -1, 2, 1), Int32Array.of(1, 2, 3, 4), 4)],
    [0, 1, 2, 0],
  );
});
