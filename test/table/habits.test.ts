import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ExperimentError } from '../../src/errors.ts';
import { readTable } from '../../src/table/read.ts';
import { folderWith } from '../file/folder.ts';

const rows = [
  ['a.jpg', 'red'],
  ['b.jpg', 'blue'],
];

function read(t: TestContext, text: string, delimiter = ',') {
  return readTable(join(folderWith(t, { 'table.csv': text }), 'table.csv'), { delimiter });
}

function refused(t: TestContext, text: string, delimiter = ','): string[] {
  try {
    read(t, text, delimiter);
    return [];
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.problems.map(({ place, message, hint }) => `${place?.line} ${message}: ${hint}`);
  }
}

for (const [what, text, lines] of [
  ['the index of pandas', ',path,colour\n0,a.jpg,red\n1,b.jpg,blue\n', [2, 3]],
  ['the index of R', '"","path","colour"\n"1","a.jpg","red"\n"2","b.jpg","blue"\n', [2, 3]],
  ['empty columns at the end', 'path,colour,,\na.jpg,red,,\nb.jpg,blue,,\n', [2, 3]],
  ['empty cells at the end of rows alone', 'path,colour\na.jpg,red,\nb.jpg,blue,,\n', [2, 3]],
  ['both ends', ',path,colour,\n0,a.jpg,red,\n1,b.jpg,blue,\n', [2, 3]],
  ["Excel's line", 'sep=,\r\npath,colour\r\na.jpg,red\r\nb.jpg,blue\r\n', [3, 4]],
  ['comments above the header', '# made by hand\n# on Monday\npath,colour\na.jpg,red\nb.jpg,blue\n', [4, 5]],
  ['Ctrl-Z on a line of its own', 'path,colour\r\na.jpg,red\r\nb.jpg,blue\r\n\u001a', [2, 3]],
  ['Ctrl-Z behind the last cell', 'path,colour\na.jpg,red\nb.jpg,blue\u001a', [2, 3]],
] as const)
  test(`a table with ${what} is read as one without`, (t) => {
    const table = read(t, text);
    assert.deepEqual(table.columns, ['path', 'colour']);
    assert.deepEqual(table.rows, rows);
    assert.deepEqual(table.lines, lines);
  });

test('a name that begins with # is a name where the line is as wide as the rows', (t) => {
  assert.deepEqual(read(t, '#path,colour\na.jpg,red\n').columns, ['#path', 'colour']);
});

test("Excel's line with another delimiter says which one to set", (t) => {
  assert.deepEqual(refused(t, 'sep=;\npath;colour\na.jpg;red\n'), [
    '1 expected columns separated by ",", found a first line that says ";": Set dataset.delimiter to ";".',
  ]);
  assert.deepEqual(read(t, 'sep=;\npath;colour\na.jpg;red\n', ';').rows, [rows[0]]);
});

test('a column without a name that says something is a mistake, at the end and in the middle', (t) => {
  const hint =
    'Give it a name, or remove the column. Only the first column, and empty ones at the end, need none.';
  assert.deepEqual(refused(t, 'path,colour,\na.jpg,red,\nb.jpg,blue,new\n'), [
    `1 expected a name for column 3, found an empty cell: ${hint}`,
  ]);
  assert.deepEqual(refused(t, 'path,,colour\na.jpg,,red\n'), [
    `1 expected a name for column 2, found an empty cell: ${hint}`,
  ]);
});

test('a row of another width is named with the habit behind it', (t) => {
  assert.deepEqual(refused(t, "path,colour\na.jpg,'red,blue'\nb.jpg,blue\n# 2 rows\n"), [
    '2 expected 2 cells as in the header, found 3: A cell with "," in it is quoted by " in a CSV, not by \'.',
    '4 expected 2 cells as in the header, found 1: Lines that begin with # are comments only above the header: remove this one.',
  ]);
  assert.match(
    refused(t, 'path,colour\na.jpg,red,\nb.jpg,blue,new\n').join('\n'),
    /^2 .* found 3: Other rows have something in these columns/,
  );
});
