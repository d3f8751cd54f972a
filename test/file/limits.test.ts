// What a file may not do to who reads it: take forever, fill the memory, or have another file quoted.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ExperimentError, formatProblem, formatProblems } from '../../src/errors.ts';
import { compilePlan } from '../../src/plan/compile.ts';
import { readTable } from '../../src/table/read.ts';
import { readWeightsFile } from '../../src/weights/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-limits-'));
const at = (name: string): string => join(folder, name);
const good = `name: x
dataset: { table: t.csv, images: ., attributes: { a: [x, y] } }
stages: [{ name: s, imageSize: 32, epochs: 1 }]
`;
const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

function errorOf(text: string, name = 'x.yaml'): ExperimentError {
  writeFileSync(at(name), text);
  try {
    compilePlan(at(name), { environment: {} });
  } catch (error) {
    assert.ok(error instanceof ExperimentError, String(error));
    return error;
  }
  assert.fail('expected an error');
}

/** Seconds that this process has computed: others on the machine do not count. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

test('40,000 unknown keys - a hundred are shown and the others counted, in time by their number', () => {
  errorOf(`${good}other: 1\n`);
  const few = cpuSeconds(() => errorOf(good + lines(10_000, (i) => `key${i}: 1\n`)));
  let error: ExperimentError | undefined;
  const many = cpuSeconds(() => {
    error = errorOf(good + lines(40_000, (i) => `key${i}: 1\n`));
  });
  assert.ok(many < 12 * few + 2, `${few} s, and ${many} s for four times as many`);
  assert.equal(error!.problems.length, 40_000);
  assert.equal(error!.message.split('\n').at(-1), 'and 39,900 more');
  assert.ok(error!.message.length < 50_000);
});

test('files that parsers choke on - each ends with a short text in seconds', () => {
  const long = 900_000;
  const cases: Readonly<Record<string, string>> = {
    brackets: '['.repeat(long),
    maps: '{a: '.repeat(long / 4),
    dashes: '- '.repeat(long / 2),
    indented: lines(1000, (i) => `${' '.repeat(i)}a:\n`),
    flow: `a: ${'['.repeat(1000)}${']'.repeat(1000)}`,
    line: 'a'.repeat(long),
    key: `${good}${'x'.repeat(long)}: 1\n`,
    value: `${good}seed: ${'x'.repeat(long)}\n`,
    quotes: lines(20_000, () => 'a: "b\n'),
    aliases: `a: &a [x]\nb: [${'*a,'.repeat(50_000)}]`,
    unknownAliases: `b: [${'*q,'.repeat(50_000)}]`,
    variables: `${good}description: "${`\${env:NO_SUCH_ONE} `.repeat(20_000)}"\n`,
    wrongAttributes: good.replace(
      'a: [x, y]',
      lines(20_000, (i) => `a${i}: 5, `),
    ),
    stages: good.replace(/stages.*/, `stages:\n${lines(15_000, (i) => `  - { name: s${i} }\n`)}`),
  };
  for (const [name, text] of Object.entries(cases)) {
    let message = '';
    const seconds = cpuSeconds(() => {
      message = errorOf(text).message;
    });
    assert.ok(seconds < 10, `${name}: ${seconds} s`);
    assert.ok(message.length < 50_000, `${name}: ${message.length} characters`);
    for (const line of message.split('\n')) assert.ok(line.length < 2000, name);
  }
});

test('a long file, a pipe, a device and a file of another kind are refused unread', () => {
  assert.match(errorOf(`#${' '.repeat(1_000_001)}`).message, /at most 1 MB/);
  execFileSync('mkfifo', [at('pipe.yaml'), at('pipe.csv'), at('pipe.h5')]);
  symlinkSync('/dev/zero', at('zero.yaml'));
  symlinkSync('/etc/passwd', at('words.yaml'));
  symlinkSync('/etc/passwd', at('words.csv'));
  const refusals: [() => unknown, RegExp][] = [
    [() => compilePlan(at('pipe.yaml')), /a pipe or a device/],
    [() => compilePlan(at('zero.yaml')), /ends in \.yaml/],
    [() => readTable(at('pipe.csv'), { delimiter: ',' }), /a pipe or a device/],
    [() => readTable('/dev/zero', { delimiter: ',' }), /ends in \.csv/],
    [() => readWeightsFile(at('pipe.h5')), /ENOTREG/],
    [() => readWeightsFile('/dev/zero'), /ENOTREG/],
  ];
  for (const [work, words] of refusals) assert.throws(work, words);
});

test('errors quote no file that is no experiment and no table', () => {
  const quoted = /root:/;
  for (const file of ['/etc/passwd', '/etc/shadow', '/proc/self/environ', at('words.yaml')]) {
    const { message } = errorOf(`extends: ${file}\n${good}`);
    assert.match(message, /ends in \.yaml|can't be read/);
    assert.doesNotMatch(message, quoted);
  }
  for (const table of ['/etc/passwd', at('words.csv')])
    for (const delimiter of [',', ':']) {
      const text = good.replace('table: t.csv', `table: ${table}, delimiter: "${delimiter}"`);
      assert.doesNotMatch(errorOf(text).message, quoted);
    }
});

test('formatProblem - 80 characters of the line around the place, with the caret under it, and no control characters', () => {
  const place = (text: string, column: number) => ({ file: 'x.yaml', line: 1, column, text });
  const shownOf = (text: string, column: number): string[] =>
    formatProblem({ path: 'a', message: 'm', place: place(text, column) })
      .split('\n')
      .slice(1)
      .map((line) => line.slice(6));
  assert.deepEqual(shownOf('seed: x', 7), ['seed: x', '      ^']);
  for (const column of [1, 2, 40, 500, 999, 1000]) {
    const [line, caret] = shownOf(`${'a'.repeat(column - 1)}X${'b'.repeat(1000 - column)}`, column);
    assert.ok(line!.length <= 80, `${column}: ${line!.length}`);
    assert.equal(line![caret!.indexOf('^')], 'X', `${column}`);
  }
  const text = formatProblem({
    path: 'p\u001b[2J',
    message: 'm\u001b]0;x\u0007',
    hint: 'h\n\u009b',
    place: place('a\u001b[2J: b', 1),
  });
  assert.doesNotMatch(text.replaceAll('\n', ''), /\p{Cc}/u);
  assert.equal(text.split('\n').length, 4);
});

test('formatProblems - a hundred, and how many more', () => {
  const problems = Array.from(
    { length: 100 },
    (_, i) => ({ code: 'badTable', path: '', message: `${i}` }) as const,
  );
  assert.equal(formatProblems(problems).split('\n').at(-1), '99');
  assert.equal(
    formatProblems([...problems, ...problems])
      .split('\n')
      .at(-1),
    'and 100 more',
  );
});

test('values that nobody can mean are out of range', () => {
  const text = good.replace('epochs: 1', 'epochs: 1, earlyStopping: { patience: 1e20 }');
  assert.deepEqual(
    errorOf(text).problems.map(({ code, path }) => `${code} ${path}`),
    ['outOfRange stages[0].earlyStopping.patience'],
  );
});
