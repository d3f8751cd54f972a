import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readDocument } from '../../src/file/read.ts';
import { folderWith } from './folder.ts';

const text =
  'seed: 1\nstages:\n  - { name: small, epochs: 1 }\n  - { name: big, epochs: 2 }\nnothing: null\n';

function read(t: TestContext, ...overrides: string[]) {
  const folder = folderWith(t, { 'x.yaml': text });
  return readDocument(join(folder, 'x.yaml'), { environment: {}, overrides });
}

test('overrides - by index, by dot and by name', (t) => {
  for (const path of ['stages[1].epochs', 'stages.1.epochs', 'stages[big].epochs', 'stages.big.epochs']) {
    const { document, problems } = read(t, `${path}=7`);
    assert.deepEqual(problems, []);
    assert.deepEqual((document.value as { stages: unknown }).stages, [
      { name: 'small', epochs: 1 },
      { name: 'big', epochs: 7 },
    ]);
  }
});

test('overrides - the value is YAML, new keys and maps may be set, a map is replaced', (t) => {
  const { document, problems } = read(
    t,
    'model.pooling=[gap, gmp]',
    'nothing.a.b=null',
    'm["a=b"]=x=y',
    'stages[0]={name: z}',
    'e=""',
  );
  assert.deepEqual(problems, []);
  const value = document.value as Record<string, unknown>;
  assert.deepEqual(value.model, { pooling: ['gap', 'gmp'] });
  assert.deepEqual(value.nothing, { a: { b: null } });
  assert.deepEqual(value.m, { 'a=b': 'x=y' });
  assert.deepEqual((value.stages as unknown[])[0], { name: 'z' });
  assert.equal(value.e, '');
});

test('overrides - place and origin are those of the argument', (t) => {
  const { document } = read(t, 'seed=3', 'stages[big].epochs=7');
  assert.deepEqual(document.placeOf(['stages', 1, 'epochs']), {
    file: 'argument 2',
    line: 1,
    column: 20,
    text: 'stages[big].epochs=7',
  });
  assert.equal(document.keyPlaceOf(['stages', 1, 'epochs']).column, 13);
  assert.deepEqual(document.originOf(['stages', 1, 'epochs']), {
    kind: 'override',
    folder: resolve(''),
    file: 'argument 2',
  });
  assert.equal(document.originOf(['stages', 0, 'epochs']).kind, 'file');
});

test('overrides - every mistake is named, at its column', (t) => {
  const cases: [argument: string, column: number, message: string, hint: string][] = [
    ['seed', 1, 'expected path=value, got "seed"', 'Write path=value, for example stages[0].epochs=3.'],
    ['=3', 1, 'expected a path before the "="', 'Write path=value, for example stages[0].epochs=3.'],
    ['seed= ', 6, 'expected a value after the "="', 'Write null for nothing, "" for an empty string.'],
    ['stages[2].epochs=3', 8, 'there is no element stages[2]', 'stages has 2 elements, [0] to [1].'],
    [
      'stages[bog].epochs=3',
      8,
      'stages has no element with the name "bog"',
      'Did you mean "big"? There are: big, small.',
    ],
    ['seed.x=3', 6, 'expected a map at seed, which is 1 (number)', 'Set it as a whole: seed={…}'],
    [
      'a."b"=3',
      3,
      'this is no path: a key in quotes stands in brackets and without the dot, as ["…"]',
      'Write path=value, for example stages[0].epochs=3.',
    ],
    ['a..b=3', 3, 'this is no path: expected a key', 'Write path=value, for example stages[0].epochs=3.'],
  ];
  for (const [argument, column, message, hint] of cases) {
    const { problems, document } = read(t, argument);
    const found = problems.map((problem) => [
      problem.code,
      problem.place?.column,
      problem.message,
      problem.hint,
    ]);
    assert.deepEqual(found, [['badOverride', column, message, hint]]);
    assert.equal(document.incomplete, true);
  }
});

test('overrides - one that undoes another is refused, one that refines it is not', (t) => {
  const twice = read(t, 'seed=1', 'seed=2').problems;
  assert.deepEqual(
    twice.map(({ code, message }) => [code, message]),
    [['conflict', 'argument 2 (seed=2) undoes argument 1 (seed=1)']],
  );
  assert.equal(read(t, 'stages[big].epochs=1', 'stages[1].epochs=2').problems[0]?.code, 'conflict');
  assert.equal(read(t, 'm.a=1', 'm={}').problems[0]?.code, 'conflict');
  const refined = read(t, 'm={a: 1}', 'm.b=2');
  assert.deepEqual(refined.problems, []);
  assert.deepEqual((refined.document.value as { m: unknown }).m, { a: 1, b: 2 });
});
