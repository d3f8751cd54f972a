/** What a person sees who starts a broken experiment: every error with its place, exit code 2, no stack trace. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { expectedProblems } from '../broken/expected.ts';
import { runCommand } from './command.ts';

const root = join(import.meta.dirname, '..', '..');
const environment = { MANYHEADS_RUNS: mkdtempSync(join(tmpdir(), 'manyheads-runs-')) };
const run = (...args: string[]) => runCommand(args, environment, root);

/** `file:line:column path` of what is expected of a file. */
function places(name: string): string[] {
  return expectedProblems[name]!.map((summary) => summary.replace(/^\w+ /, '').trim());
}

function assertReported(stderr: string, names: readonly string[]): void {
  for (const place of names.flatMap(places)) assert.ok(stderr.includes(place), `${place} in\n${stderr}`);
  assert.doesNotMatch(stderr, /^\s+at .*[(:]/m, 'no stack trace');
  assert.doesNotMatch(stderr, /undefined|\[object|NaN/);
}

test('run FILE - of a file with eight mistakes prints all of them, exits with 2 and begins no run', async () => {
  const { code, stdout, stderr } = await run('test/broken/several.yaml');
  assert.equal(code, 2, stderr);
  assert.equal(stdout, '');
  assertReported(stderr, ['several.yaml']);
  assert.match(stderr, /\n8 problems\n$/);
  assert.deepEqual(readdirSync(environment.MANYHEADS_RUNS), []);
});

test('run FILE - of a file whose mistakes are between keys and in its table does the same', async () => {
  const { code, stderr } = await run('test/broken/several-across-keys.yaml');
  assert.equal(code, 2, stderr);
  assertReported(stderr, ['several-across-keys.yaml']);
});

test('run FILE - without its table says so, with the line that names it', async () => {
  const { code, stderr } = await run('test/broken/good.yaml');
  assert.equal(code, 2, stderr);
  assert.match(
    stderr,
    /test\/broken\/good\.yaml:2:19 dataset\.table: there is no file test\/broken\/table\.csv/,
  );
  assert.match(stderr, /good\.yaml:2:38 dataset\.images: there is no folder test\/broken\/images/);
});

test('run FILE - of an argument that is wrong points into the argument', async () => {
  const { code, stderr } = await run('test/broken/good.yaml', 'stages[small].epochs=many');
  assert.equal(code, 2, stderr);
  assert.match(stderr, /argument 1:1:22 stages\[0\]\.epochs: expected a whole number/);
});

test('run validate FILES - prints the errors of every broken file, exits with 2', async () => {
  const names = Object.entries(expectedProblems)
    .filter(([name, problems]) => !name.includes(' ') && problems.length > 0)
    .map(([name]) => name);
  assert.ok(names.length > 50);
  const { code, stderr } = await run('validate', ...names.map((name) => `test/broken/${name}`));
  assert.equal(code, 2, stderr);
  assertReported(stderr, names);
});

test('run validate --json - gives code, path and place of each problem', async () => {
  const { code, stdout } = await run(
    'validate',
    'test/broken/unknown-class.yaml',
    'test/broken/good.yaml',
    '--json',
  );
  assert.equal(code, 2);
  const { files } = JSON.parse(stdout) as {
    files: { file: string; problems: { code: string; path: string; place: { line: number } }[] }[];
  };
  assert.deepEqual(
    files.map(({ file, problems }) => [
      file,
      problems.map(({ code, path, place }) => [code, path, place.line]),
    ]),
    [
      ['test/broken/unknown-class.yaml', [['unknownClass', 'loss.classWeights.kids.yess', 8]]],
      ['test/broken/good.yaml', []],
    ],
  );
});

test('run validate - of files without a mistake exits with 0', async () => {
  const { code, stdout } = await run('validate', 'experiments/quickstart.yaml');
  assert.equal(code, 0);
  assert.equal(stdout, 'experiments/quickstart.yaml: ok\n');
});

test('run validate, run plan - of a sweep: its own problems, and those of its trials', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-validate-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const base = resolve('experiments/quickstart.yaml');
  const write = (name: string, axes: string): string => {
    const file = join(folder, name);
    writeFileSync(file, `name: s\nbase: ${base}\naxes: ${axes}\n`);
    return file;
  };
  const good = write('good.yaml', '{ loss.labelSmoothing: [0, 0.1] }');
  const wrong = write('wrong.yaml', '{ optimizer.learningRate: [0.1, -1] }');
  const validated = await run('validate', good, wrong);
  assert.equal(validated.code, 2);
  assert.equal(validated.stdout, `${good}: ok\n`);
  assert.match(
    validated.stderr,
    /wrong\.yaml:3:39 optimizer\.learningRate: expected a number above 0 and at most 100, got -1/,
  );
  assert.match(validated.stderr, /\n1 problem\n/);
  const planned = await run('plan', good, '--json');
  assert.equal(planned.code, 0, planned.stderr);
  assert.equal((JSON.parse(planned.stdout) as { trials: unknown[] }).trials.length, 2);
  const refused = await run('plan', good, '--schedule-plot', 'x.png');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /--schedule-plot is for experiments, and .*good\.yaml is a sweep/);
});

test('run - an option that does not exist exits with 2 and points to the help', async () => {
  const { code, stderr } = await run('plan', 'experiments/quickstart.yaml', '--layer');
  assert.equal(code, 2);
  assert.match(stderr, /unknown option '--layer'\s+\(Did you mean (one of )?--layers/);
});

test('run - a word that is neither a command nor a file names the commands', async () => {
  const { code, stderr } = await run('lsit');
  assert.equal(code, 2);
  assert.match(stderr, /there is no command "lsit", and no file of that name\n {2}Did you mean "list"\?/);
});

test('run - without arguments prints the help and exits with 2', async () => {
  const { code, stderr } = await run();
  assert.equal(code, 2);
  assert.match(stderr, /Usage: run FILE[\s\S]*--resume[\s\S]*Exit codes: 0 done/);
});
