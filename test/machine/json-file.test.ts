import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { readJsonFile } from '../../src/machine/json-file.ts';

const at = mkdtempSync(join(tmpdir(), 'manyheads-json-'));

test('readJsonFile - the value; undefined where there is no file', () => {
  const file = join(at, 'a.json');
  writeFileSync(file, '{"a": [1, null]}\n');
  assert.deepEqual(readJsonFile(file), { a: [1, null] });
  assert.equal(readJsonFile(join(at, 'absent.json')), undefined);
  assert.equal(readJsonFile(join(file, 'below-a-file.json')), undefined);
});

test('readJsonFile - a file that is empty, cut or no JSON is named, with what to do', () => {
  const file = join(at, 'torn.json');
  for (const [text, found] of [
    ['', 'it is empty'],
    ['\n', 'it is empty'],
    ['{"a": [1,', 'Unexpected end of JSON input'],
    ['\0\0\0\0', 'Unexpected token'],
  ] as const) {
    writeFileSync(file, text);
    assert.throws(
      () => readJsonFile(file),
      (error) =>
        error instanceof RunError &&
        error.message.startsWith(`${relative('', file)} is damaged: expected JSON: ${found}`) &&
        error.hint === 'Put it back from a copy, or move its folder away.',
      text,
    );
  }
  const folder = join(at, 'folder.json');
  mkdirSync(folder);
  assert.throws(() => readJsonFile(folder), {
    name: 'RunError',
    message: /folder\.json can't be read: EISDIR/,
  });
});
