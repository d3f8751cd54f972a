import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Document, readDocument } from '../../src/file/read.ts';
import { folderWith } from './folder.ts';

function read(t: TestContext, text: string | Uint8Array) {
  const folder = folderWith(t, { 'x.yaml': text });
  return readDocument(join(folder, 'x.yaml'), { environment: {} });
}

function at(document: Document, path: (string | number)[]): string {
  const { line, column } = document.placeOf(path);
  return `${line}:${column}`;
}

test('readDocument - values follow the core schema of YAML 1.2', (t) => {
  const { document, problems } = read(
    t,
    'a: 1e-3\nb: no\nc: True\nd: 0x1F\ne: ~\nf: "1"\ng: 1_000\n1: 12:30\n',
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, {
    a: 0.001,
    b: 'no',
    c: true,
    d: 31,
    e: null,
    f: '1',
    g: '1_000',
    1: '12:30',
  });
});

test('readDocument - every value and key has its place', (t) => {
  const { document } = read(
    t,
    '# comment\nstages:\n  - name: small\n    epochs: 3\n  - { name: "large", epochs: 5 }\n',
  );
  assert.equal(at(document, ['stages', 0, 'epochs']), '4:13');
  assert.equal(at(document, ['stages', 1, 'name']), '5:13');
  assert.equal(at(document, ['stages', 1]), '5:5');
  assert.deepEqual(document.placeOf(['stages', 0, 'epochs']).text, '    epochs: 3');
  assert.deepEqual(document.keyPlaceOf(['stages', 1, 'epochs']).column, 22);
});

test('readDocument - placeOf what does not exist is the nearest that encloses it', (t) => {
  const { document } = read(t, 'stages:\n  - name: small\n');
  assert.equal(at(document, ['stages', 0, 'optimizer', 'name']), '2:5');
  assert.equal(at(document, ['stages', 7]), '2:3');
  assert.equal(at(document, ['model']), '1:1');
  assert.deepEqual(document.keyPlaceOf(['stages', 0, 'epochs']).line, 2);
});

test('readDocument - CRLF and a byte order mark shift no place', (t) => {
  const { document } = read(t, '\uFEFFa: 1\r\nb: 2\r\n');
  assert.deepEqual(document.value, { a: 1, b: 2 });
  assert.deepEqual({ ...document.placeOf(['b']), file: '' }, { file: '', line: 2, column: 4, text: 'b: 2' });
});

test('readDocument - an alias is placed where it stands, what is inside where it is written', (t) => {
  const { document } = read(t, 'a: &shared { x: 1 }\nb: *shared\n');
  assert.deepEqual(document.value, { a: { x: 1 }, b: { x: 1 } });
  assert.equal(at(document, ['b']), '2:4');
  assert.equal(at(document, ['b', 'x']), '1:17');
});

test('readDocument - an alias inside its own anchor and aliases without bound are refused', (t) => {
  const inside = read(t, 'a: &a [*a]\n').problems;
  assert.deepEqual(
    inside.map(({ code, message }) => [code, message]),
    [['notYaml', 'the alias *a stands inside its own anchor']],
  );
  // Nine lists of nine aliases each: 9^9 values.
  const laughs = Array.from(
    { length: 9 },
    (_, i) =>
      `l${i}: &l${i} [${Array(9)
        .fill(i === 0 ? 'ha' : `*l${i - 1}`)
        .join(', ')}]`,
  );
  const { problems } = read(t, laughs.join('\n'));
  assert.match(problems[0]!.message, /stand for more than 100000 values/);
});

test('readDocument - keys that objects inherit are keys like others', (t) => {
  const { document } = read(t, 'a: { __proto__: 1, constructor: 2 }\n');
  assert.deepEqual(Object.entries((document.value as { a: object }).a), [
    ['__proto__', 1],
    ['constructor', 2],
  ]);
});

test('readDocument - syntax: one problem for each line, at what must be changed', (t) => {
  const cases: [text: string, line: number, column: number, message: string][] = [
    ['a: b: c\n', 1, 4, 'expected one "key: value" on a line, got a second colon'],
    ['a:1\nb: 2\n', 1, 1, 'expected ": " after a key'],
    ['a: 1\nb: "abc\nc: 3\n', 2, 4, 'the " that opens here is never closed'],
    ['a: [1, 2\nb: 3\n', 1, 4, 'the [ that opens here is never closed'],
    ['a: { b: 1\nc: 3\n', 1, 4, 'the { that opens here is never closed'],
    ['a: @home\n', 1, 4, 'a value can\'t begin with "@"'],
    ['a: "x"y\n', 1, 7, 'expected the end of the value'],
    ['a: !ref x\n', 1, 4, 'the only tags of the language are !replace, before a map, and !remove, for a key'],
    ['? [a]\n: b\n', 1, 3, 'expected a word as a key, got a list or a map'],
    ['a:\n - b: 1\n   c: 2\n  d: 3\n', 4, 3, 'expected "- " before an element of a list'],
    ['a:\n  - 1\n  b: 2\n', 3, 3, 'expected the same indentation as the lines that it belongs with'],
    ['a: 1\n---\nb: 1\n', 2, 1, 'expected one document in the file, got a second one'],
    ['a: *x\n', 1, 4, 'there is no anchor &x before this alias'],
    ['just text\n', 1, 1, 'expected a map of keys and values, got "just text" (string)'],
  ];
  for (const [text, line, column, message] of cases) {
    const { problems } = read(t, text);
    const found = problems.map(({ place, message: said }) => [place?.line, place?.column, said]);
    assert.deepEqual(found, [[line, column, message]], JSON.stringify(text));
  }
});

test('readDocument - a file that can not be read is a problem, and all of the document still answers', (t) => {
  const folder = folderWith(t, {
    'quickstart.yaml': 'a: 1\n',
    'latin.yaml': new Uint8Array([0x61, 0x3a, 0x20, 0xe9]),
  });
  mkdirSync(join(folder, 'sub'));
  const missing = readDocument(join(folder, 'quikstart.yaml'));
  assert.equal(missing.document.value, undefined);
  assert.equal(missing.document.placeOf(['a', 0]).line, 1);
  assert.deepEqual(
    missing.problems.map(({ code, hint, place }) => [code, hint, place]),
    [['fileNotFound', `Did you mean ${join(folder, 'quickstart.yaml')}?`, undefined]],
  );
  const say = (name: string) =>
    readDocument(join(folder, name)).problems.map(({ code, message, hint }) => [code, message, hint])[0];
  assert.deepEqual(say('sub'), [
    'fileNotFound',
    `expected a file, but ${join(folder, 'sub')} is a folder`,
    `The folder ${join(folder, 'sub')} holds no YAML file.`,
  ]);
  assert.deepEqual(say('nowhere/deep/x.yaml')?.[2], `There is no folder ${join(folder, 'nowhere')}.`);
  assert.deepEqual(say('latin.yaml')?.slice(0, 2), [
    'notYaml',
    `expected UTF-8 text, but ${join(folder, 'latin.yaml')} holds other bytes`,
  ]);
});
