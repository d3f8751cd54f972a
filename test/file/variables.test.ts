// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own variables
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readDocument } from '../../src/file/read.ts';
import { folderWith } from './folder.ts';

function read(t: TestContext, text: string, environment: NodeJS.ProcessEnv, overrides: string[] = []) {
  const folder = folderWith(t, { 'x.yaml': text });
  return readDocument(join(folder, 'x.yaml'), { environment, overrides });
}

test('variables - inside a string they are text, several in one', (t) => {
  const { document, problems } = read(
    t,
    'a: ${env:A}/x-${env:N}/${env:D:/data:1/y}\nb: [x, "${env:N}px"]\n',
    { A: '/home', N: '5' },
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, { a: '/home/x-5//data:1/y', b: ['x', '5px'] });
});

test('variables - a whole string is read as YAML reads a single value', (t) => {
  const text =
    'a: ${env:N}\nb: ${env:E:5}\nc: ${env:T}\nd: ${env:Z:}\ne: ${env:L}\nf: ${env:Q}\ng: ${env:M}\n';
  const { document } = read(t, text, { N: '1e-3', T: 'true', L: '[1, 2]', Q: '"7"', M: 'a: b' });
  assert.deepEqual(document.value, { a: 0.001, b: 5, c: true, d: null, e: '[1, 2]', f: '7', g: 'a: b' });
});

test('variables - set to nothing is set; $${ is a literal; keys are left alone', (t) => {
  const { document, problems } = read(t, 'a: x${env:A:default}y\nb: $${env:B}\n"${env:C}": 1\n', { A: '' });
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, { a: 'xy', b: '${env:B}', '${env:C}': 1 });
});

test('variables - each that is not set is a problem at its own column', (t) => {
  const { document, problems } = read(t, 'a: "$${ ${env:ONE} ${env:SET} ${env:TWO}"\nb: ${HOME}\n', {
    SET: '1',
  });
  assert.deepEqual(
    problems.map(({ code, path, place }) => [code, path, place?.line, place?.column]),
    [
      // a: "$${ ${env:ONE}: the quote is column 4, so the variable begins in column 9.
      ['unsetVariable', 'a', 1, 9],
      ['unsetVariable', 'a', 1, 31],
      ['unsetVariable', 'b', 2, 4],
    ],
  );
  assert.equal(document.unread(['a']), true);
});

test('variables - one in a value that is replaced need not be set', (t) => {
  const { document, problems } = read(t, 'a: ${env:UNSET}\nb: 1\n', {}, ['a=2']);
  assert.deepEqual(problems, []);
  assert.deepEqual(document.value, { a: 2, b: 1 });
});
