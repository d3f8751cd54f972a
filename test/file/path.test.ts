import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatPath, type Path, splitPath } from '../../src/file/path.ts';

const parsePath = (text: string): Path => splitPath(text).map(({ key }) => key);

test('formatPath - plain words, indices, other keys', () => {
  assert.equal(formatPath([]), '');
  assert.equal(formatPath(['stages', 0, 'epochs']), 'stages[0].epochs');
  assert.equal(formatPath(['attributes', 'a b', 'classes', 2]), 'attributes["a b"].classes[2]');
  assert.equal(formatPath(['classWeights', 'age', '15-25']), 'classWeights.age["15-25"]');
  assert.equal(formatPath(['a"b']), '["a\\"b"]');
});

test('splitPath - brackets, dots, names and quotes', () => {
  assert.deepEqual(parsePath('stages[0].epochs'), ['stages', 0, 'epochs']);
  assert.deepEqual(parsePath('stages.0.epochs'), ['stages', 0, 'epochs']);
  assert.deepEqual(parsePath('stages[small].epochs'), ['stages', 'small', 'epochs']);
  assert.deepEqual(parsePath('a["0"]["x.y=z"]'), ['a', '0', 'x.y=z']);
});

test('splitPath - undoes formatPath', () => {
  for (const path of [
    ['a', 1, 'b c', '7', 'd-e', ''],
    ['ü', 'a]b', 'x"y'],
  ]) {
    assert.deepEqual(parsePath(formatPath(path)), path);
  }
});

test('splitPath - a mistake is an error at its character', () => {
  const mistakes: [text: string, offset: number][] = [
    ['a..b', 2],
    ['a[', 2],
    ['a[0', 3],
    ['a[]', 2],
    ['.a', 0],
    ['a[0]b', 4],
    ['a["x]', 2],
  ];
  for (const [text, offset] of mistakes) {
    assert.throws(() => parsePath(text), { name: 'PathError', offset }, text);
  }
});
