import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readDocument } from '../../src/file/read.ts';
import { folderWith } from './folder.ts';

test('extends - maps merge key by key; lists, single values and null replace', (t) => {
  const folder = folderWith(t, {
    'base.yaml': 'a: { x: 1, y: { p: 1, q: 2 } }\nlist: [1, 2, 3]\nmap: { k: 1 }\nplain: 5\ngone: { k: 1 }\n',
    'x.yaml':
      'extends: base.yaml\na: { y: { q: 3 }, z: 4 }\nlist: [9]\nmap: [1]\nplain: { k: 2 }\ngone: null\n',
  });
  const { document, problems } = readDocument(join(folder, 'x.yaml'));
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, {
    a: { x: 1, y: { p: 1, q: 3 }, z: 4 },
    list: [9],
    map: [1],
    plain: { k: 2 },
    gone: null,
  });
});

test('extends - a chain through folders: each value keeps its file, folder and line', (t) => {
  const folder = folderWith(t, {
    'x.yaml': 'extends: sub/middle.yaml\nc: 3\n',
    'sub/middle.yaml': 'extends: ../root.yaml\n\nb: { own: 2 }\n',
    'root.yaml': 'a: 1\nb: { inherited: 1 }\n',
  });
  const { document, problems } = readDocument(join(folder, 'x.yaml'));
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, { a: 1, b: { inherited: 1, own: 2 }, c: 3 });
  assert.deepEqual(document.originOf(['c']), { kind: 'file', folder, file: join(folder, 'x.yaml') });
  assert.deepEqual(document.originOf(['b', 'own']), {
    kind: 'base',
    folder: join(folder, 'sub'),
    file: join(folder, 'sub/middle.yaml'),
  });
  assert.deepEqual(document.originOf(['b', 'inherited']), {
    kind: 'base',
    folder,
    file: join(folder, 'root.yaml'),
  });
  assert.deepEqual(document.placeOf(['b', 'own']).line, 3);
  assert.deepEqual(
    document.sources.map(({ file }) => file),
    ['x.yaml', 'sub/middle.yaml', 'root.yaml'].map((name) => join(folder, name)),
  );
});

test('extends - a loop through a symbolic link is a loop', (t) => {
  const folder = folderWith(t, { 'x.yaml': '# loop\nextends: y.yaml\na: 1\n' });
  symlinkSync(join(folder, 'x.yaml'), join(folder, 'y.yaml'));
  const { problems, document } = readDocument(join(folder, 'x.yaml'));
  assert.deepEqual(
    problems.map(({ code, place }) => [code, place?.line, place?.column]),
    [['extendsCycle', 2, 10]],
  );
  assert.equal(document.incomplete, true);
});

test('extends - problems of the file and of its base come in one report', (t) => {
  const folder = folderWith(t, { 'x.yaml': 'extends: base.yaml\na: .nan\n', 'base.yaml': 'b: 1\nb: 2\n' });
  const { problems, document } = readDocument(join(folder, 'x.yaml'));
  assert.deepEqual(
    problems.map(({ code, place }) => `${code} ${place?.file.slice(folder.length + 1)}:${place?.line}`),
    ['notFinite x.yaml:2', 'duplicateKey base.yaml:2'],
  );
  assert.equal(document.unread(['a']), true);
  assert.equal(document.unread(['b']), false);
});

test('extends - is not a part of the value, may hold a variable, and must be a path', (t) => {
  const folder = folderWith(t, {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the language's own variables
    'x.yaml': 'extends: ${env:BASE:base}.yaml\n',
    'base.yaml': 'a: 1\n',
    'list.yaml': 'extends: [base.yaml]\n',
  });
  assert.deepEqual(readDocument(join(folder, 'x.yaml'), { environment: {} }).document.value, { a: 1 });
  const { problems } = readDocument(join(folder, 'list.yaml'));
  assert.deepEqual(
    problems.map(({ code, message }) => [code, message]),
    [['wrongType', 'expected the path of a file, got a list']],
  );
});
