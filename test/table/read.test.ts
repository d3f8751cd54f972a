import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ExperimentError, type Problem } from '../../src/errors.ts';
import { readTable } from '../../src/table/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-table-'));
after(() => rmSync(folder, { recursive: true }));

function fileWith(content: string | Uint8Array): string {
  const file = join(folder, `${createHash('sha256').update(content).digest('hex').slice(0, 12)}.csv`);
  writeFileSync(file, content);
  return file;
}

function problemsOf(content: string | Uint8Array, delimiter = ','): readonly Problem[] {
  try {
    readTable(fileWith(content), { delimiter });
  } catch (error) {
    assert.ok(error instanceof ExperimentError);
    return error.problems;
  }
  assert.fail('expected an error');
}

test('readTable - byte order mark, CRLF, quotes, blank lines and spaces around cells', () => {
  const text = '\ufeffpath, label\r\na.jpg,"T-Shirt, red"\r\n\r\n"b\r\nb.jpg",\r\n c.jpg , "say ""hi""" \r\n';
  const table = readTable(fileWith(text), { delimiter: ',' });
  assert.deepEqual(table.columns, ['path', 'label']);
  assert.deepEqual(table.rows, [
    ['a.jpg', 'T-Shirt, red'],
    ['b\r\nb.jpg', ''],
    ['c.jpg', 'say "hi"'],
  ]);
  // Line 3 is blank; the second row takes lines 4 and 5.
  assert.deepEqual(table.lines, [2, 4, 6]);
  assert.equal(table.digest, createHash('sha256').update(text).digest('hex'));
});

test('readTable - tab as delimiter keeps empty cells at both ends', () => {
  const table = readTable(fileWith('a\tb\tc\n\t2\t\n'), { delimiter: '\t' });
  assert.deepEqual(table.rows, [['', '2', '']]);
});

test('readTable - every ragged row is listed with its line and text', () => {
  const problems = problemsOf('a,b\n1,2\n3\n4,5\n6,7,8\n');
  assert.deepEqual(
    problems.map(({ code, message, place }) => [code, message, place?.line, place?.text]),
    [
      ['badTable', 'expected 2 cells as in the header, found 1', 3, '3'],
      ['badTable', 'expected 2 cells as in the header, found 3', 5, '6,7,8'],
    ],
  );
});

test('readTable - duplicate and empty column names beside a ragged row, all at once', () => {
  const problems = problemsOf('a,b,a,,c\n1,2,3,4\n');
  assert.deepEqual(
    problems.map(({ message }) => message),
    [
      'expected column names to differ, found "a" as column 1 and column 3',
      'expected a name for column 4, found an empty cell',
      'expected 5 cells as in the header, found 4',
    ],
  );
});

test('readTable - a quote that is not closed names the row where it opens', () => {
  const [problem] = problemsOf('a,b\n1,2\n3,"x\n5,6\n');
  assert.equal(problem?.place?.line, 3);
  assert.match(problem?.message ?? '', /closing quote/);
});

test('readTable - a quote inside a cell', () => {
  const [problem] = problemsOf('a,b\n1,2\n3,5"6\n');
  assert.equal(problem?.place?.line, 3);
  assert.match(problem?.message ?? '', /quote inside a cell/);
});

test('readTable - another delimiter is suggested', () => {
  const [problem] = problemsOf('a;b\n1;2\n');
  assert.match(problem?.message ?? '', /one column only/);
  assert.equal(problem?.hint, 'Set dataset.delimiter to ";".');
});

test('readTable - empty file and header without rows', () => {
  assert.equal(problemsOf('')[0]?.code, 'emptyData');
  assert.equal(problemsOf('\n\n')[0]?.code, 'emptyData');
  assert.equal(problemsOf('a,b\n')[0]?.code, 'emptyData');
});

test('readTable - what is no text in UTF-8', () => {
  assert.match(problemsOf(Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'))[0]?.message ?? '', /found UTF-16/);
  assert.match(problemsOf(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1))[0]?.message ?? '', /no text/);
  const latin = problemsOf(Buffer.from('a,b\nx,y\nHüte,1\n', 'latin1'))[0];
  assert.equal(latin?.code, 'badTable');
  assert.equal(latin?.place?.line, 3);
});

test('readTable - missing file and folder', () => {
  const codeOf = (path: string) => {
    try {
      readTable(path, { delimiter: ',' });
    } catch (error) {
      return (error as ExperimentError).problems[0]?.code;
    }
    return null;
  };
  assert.equal(codeOf(join(folder, 'absent.csv')), 'fileNotFound');
  assert.equal(codeOf(folder), 'badTable');
});
