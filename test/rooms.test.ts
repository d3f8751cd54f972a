/** The order of rooms, as src/README.md shows it, holds for every import; no file is in a circle; no folder or file is too large. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
/** Side by side in a folder of src. */
const MOST_FILES = 20;
const MOST_LINES = 300;
/** Written by `npm run schema`. */
const generated = ['src/schema/experiment.ts', 'src/schema/sweep.ts'];

const entries = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map(({ parentPath, name }) => ({
    folder: posix.relative(root, parentPath),
    file: posix.relative(root, join(parentPath, name)),
  }));
const files = new Set(
  entries.map(({ file }) => file).filter((file) => /\.(ts|mjs|js)$/.test(file) && !file.endsWith('.d.ts')),
);
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Rooms from first to last: the first column of the table under "The rooms", rows from above, words from the left. */
function roomsOf(readme: string): string[] {
  const [section = ''] = /^## The rooms$[\s\S]*?(?=^## )/m.exec(readme) ?? [];
  return [...section.matchAll(/^\| ((?:`[^`]+`(?:, )?)+) \|/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([^`]+)`/g)].map(([, room]) => room!.replace(/\/$/, '')),
  );
}

/** What a file imports of src, when it is loaded or later, types among it. */
function importsOf(file: string, text: string): string[] {
  const code = text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return [...code.matchAll(/(?:\bfrom\s+|\bimport\(\s*|^import\s+)['"](\.[^'"]+)['"]/gm)].map(([, target]) =>
    posix.normalize(posix.join(posix.dirname(file), target!)),
  );
}

/** @returns groups of files that import each other, in whatever way round */
function circlesOf(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const number = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const circles: string[][] = [];
  // Tarjan's strongly connected components (SIAM J. Comput. 1972).
  const visit = (file: string): void => {
    number.set(file, number.size);
    lowest.set(file, number.get(file)!);
    open.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!number.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
    }
    if (lowest.get(file) !== number.get(file)) return;
    const circle = open.splice(open.indexOf(file));
    if (circle.length > 1 || imports.get(file)?.includes(file)) circles.push(circle);
  };
  for (const file of imports.keys()) if (!number.has(file)) visit(file);
  return circles;
}

const roomOf = (file: string): string => file.split('/')[1]!;
const rooms = roomsOf(read('src/README.md'));
const imports = new Map(
  [...files].map((file) => [file, importsOf(file, read(file)).filter((target) => files.has(target))]),
);

/** @returns `from -> to` where `to` stands after `from` in the order */
function againstTheOrder(all: ReadonlyMap<string, readonly string[]>, order: readonly string[]): string[] {
  return [...all].flatMap(([file, targets]) =>
    targets
      .filter((target) => order.indexOf(roomOf(target)) > order.indexOf(roomOf(file)))
      .map((target) => `${file} -> ${target}`),
  );
}

test('src/README.md - its table names every room of src and no other', () => {
  const there = readdirSync(join(root, 'src')).filter(
    (name) => name !== 'README.md' && !name.endsWith('.d.ts'),
  );
  assert.deepEqual([...rooms].sort(), there.sort());
});

test('rooms - each imports from those before it alone', () => {
  assert.ok([...imports.values()].flat().length > 500);
  assert.deepEqual(againstTheOrder(imports, rooms), []);
});

test('rooms - no file imports itself by way of others', () => {
  assert.deepEqual(circlesOf(imports), []);
});

test('rooms - of augmentation only apply/ loads TensorFlow', () => {
  const loading = [...imports]
    .filter(([, targets]) => targets.some((target) => roomOf(target) === 'tensorflow'))
    .map(([file]) => file)
    .filter((file) => roomOf(file) === 'augmentation');
  assert.ok(loading.length > 0);
  assert.deepEqual(
    loading.filter((file) => !file.startsWith('src/augmentation/apply/')),
    [],
  );
});

/** Files that are loaded when this one is: types, and what is imported later, left out. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const code = read(file)
    .replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')
    .replace(/^import type [^;]*;/gm, '');
  for (const [, named = '', target = ''] of code.matchAll(/^(?:import|export)\s([^;']*)'(\.[^']+)'/gm)) {
    const values = /\{([^}]*)\}/
      .exec(named)?.[1]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const isTypes = values?.every((name) => name.trim().startsWith('type '));
    const path = posix.normalize(posix.join(posix.dirname(file), target));
    if (!isTypes && files.has(path)) loadedWith(path, seen);
  }
  return seen;
}

test('rooms - TensorFlow is loaded once a plan is right: neither the commands nor a run load it to begin with', () => {
  assert.ok(loadedWith('src/train/step/train-step.ts').has('src/tensorflow/tf.ts'));
  const early = ['src/cli.ts', 'src/run/experiment.ts', 'src/run/lr-find.ts', 'src/plan/compile.ts'];
  for (const file of early) assert.ok(!loadedWith(file).has('src/tensorflow/tf.ts'), file);
});

/** Programs of their own, which no command runs in its process, and why each writes and ends by itself. */
const programs = new Map([
  ['src/cli.ts', 'the one place for all commands'],
  ['src/launch.mjs', 'starts before the npm packages are known to be there'],
  ['src/setup/bootstrap.mjs', '`npm run setup`, before there are npm packages'],
  ['src/setup/setup.ts', 'the process in which `npm run setup` goes on'],
  ['src/export/tfjs/snippet.ts', 'makes the text of a program that prints, and prints nothing'],
  ['src/weights/hdf5.ts', 'takes the console from a package that prints, and prints nothing'],
  [
    'src/tensorflow/proof.ts',
    'the process that is asked whether TensorFlow answers; what it writes is the answer',
  ],
]);

/** Writes to a stream of the process, ends it or sets its exit code; standard input is not meant. */
const SPEAKS =
  /\bprocess\s*(?:\.|\[\s*['"`])(?:stdout|stderr|exit|exitCode|abort|reallyExit)\b|\bconsole\b|\b(?:from|import|require)\s*\(?\s*['"](?:node:)?process['"]/;

const codeOf = (text: string): string => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');

test('rooms - of all that commands load, cli.ts alone prints, ends the process and sets its exit code', () => {
  const speaking = [...files].filter((file) => SPEAKS.test(codeOf(read(file))));
  assert.deepEqual(
    speaking.filter((file) => !programs.has(file)),
    [],
  );
  for (const file of programs.keys()) assert.ok(speaking.includes(file), `${file} is no exception any more`);
});

test('rooms - every way to print and to end is seen', () => {
  for (const code of [
    "process.stdout.write('x')",
    'const { stderr } = process; process.stderr',
    'process.exit(1)',
    'process.exitCode = 1',
    "process['exit'](1)",
    "console.log('x')",
    "import { stdout } from 'node:process';",
    "import process from 'process';",
  ])
    assert.match(code, SPEAKS);
  for (const code of [
    'process.stdin.resume()',
    'process.env.X',
    "process.on('exit', f)",
    'subprocess.stdout',
    'exit(1)',
  ])
    assert.doesNotMatch(code, SPEAKS);
});

test('rooms - an import against the order and a circle are found', () => {
  const order = ['a', 'b'];
  const wrong = new Map([
    ['src/a/x.ts', ['src/b/y.ts']],
    ['src/b/y.ts', ['src/b/z.ts']],
    ['src/b/z.ts', ['src/b/y.ts', 'src/a/x.ts']],
  ]);
  assert.deepEqual(againstTheOrder(wrong, order), ['src/a/x.ts -> src/b/y.ts']);
  assert.deepEqual(
    circlesOf(wrong).map((circle) => circle.sort()),
    [['src/a/x.ts', 'src/b/y.ts', 'src/b/z.ts']],
  );
  assert.deepEqual(
    importsOf('src/a/x.ts', "import { y } from '../b/y.ts';\nawait import('./z.ts');\nimport './w.ts';"),
    ['src/b/y.ts', 'src/a/z.ts', 'src/a/w.ts'],
  );
});

test(`src - no folder holds more than ${MOST_FILES} files, no file more than ${MOST_LINES} lines`, () => {
  const counts = new Map<string, number>();
  for (const { folder } of entries) counts.set(folder, (counts.get(folder) ?? 0) + 1);
  assert.deepEqual(
    [...counts].filter(([, count]) => count > MOST_FILES),
    [],
  );
  const long = [...files, ...entries.map(({ file }) => file).filter((file) => file.endsWith('.css'))]
    .filter((file) => !generated.includes(file))
    .map((file) => [file, read(file).split('\n').length - 1] as const)
    .filter(([, lines]) => lines > MOST_LINES);
  assert.deepEqual(long, []);
});
