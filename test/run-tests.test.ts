/** test/run-tests.mjs and the reporter beside it, over small tests of this test's own. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { folderWith } from './file/folder.ts';

const run = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'run-tests.mjs'), ...args], { encoding: 'utf8' });

const HEAD =
  "import { test } from 'node:test';\nimport { setTimeout as sleep } from 'node:timers/promises';\n";
const passing = `${HEAD}test('passes', () => undefined);\n`;

test('run-tests.mjs - tests of a folder and below it pass; the slowest file comes first, with its processor time', (t) => {
  const slow = `${HEAD}test('sleeps', () => sleep(3000));\n`;
  // Works for a second, in a process of its own.
  const work = 'const end = process.cpuUsage().user + 1e6; while (process.cpuUsage().user < end);';
  const busy = `${HEAD}import { execFileSync } from 'node:child_process';
test('works', () => void execFileSync(process.execPath, ['-e', '${work}']));
`;
  const folder = folderWith(t, {
    'quick.test.ts': passing,
    'deep/slow.test.ts': slow,
    'busy.test.ts': busy,
    'no-test.ts': 'throw 1',
  });
  const { status, stdout } = run(folder);
  assert.equal(status, 0, stdout);
  assert.match(stdout, /pass 3\b/);
  const shown = [
    ...stdout.matchAll(/^ +([\d.]+) s +([\d.]+) s of processor {2}\S*?([a-z]+)\.test\.ts$/gm),
  ].map(([, seconds, processor, file]) => ({ file, seconds: Number(seconds), processor: Number(processor) }));
  assert.match(stdout, /^slowest of 3 files; all took \d+ s of processor time$/m);
  const of = (name: string) => shown.find(({ file }) => file === name)!;
  assert.equal(shown.length, 3);
  assert.ok(shown.every(({ seconds }, i) => i === 0 || seconds <= shown[i - 1]!.seconds));
  assert.ok(of('slow').seconds >= 3);
  assert.ok(of('busy').processor >= 1 + of('quick').processor / 2, JSON.stringify(shown));
});

test('run-tests.mjs - one failing test, and a file that cannot be loaded, end with code 1', (t) => {
  const folder = folderWith(t, {
    'passing.test.ts': passing,
    'failing.test.ts': `${HEAD}test('fails', () => { throw new Error('as it should'); });\n`,
    'broken.test.ts': 'throw new Error("at its start");\n',
  });
  assert.equal(run(join(folder, 'passing.test.ts')).status, 0);
  assert.equal(run(join(folder, 'failing.test.ts')).status, 1);
  assert.equal(run(join(folder, 'broken.test.ts')).status, 1);
});

test('run-tests.mjs - options of Node are passed on, and --full raises counts that are not set', (t) => {
  const full = `${HEAD}import assert from 'node:assert/strict';
test('by itself', () => assert.equal(process.env.TEST_KILLS, undefined));
test('with --full', () => assert.ok(Number(process.env.TEST_KILLS) > 4));
`;
  const file = join(folderWith(t, { 'full.test.ts': full }), 'full.test.ts');
  assert.equal(run(file, '--test-name-pattern=by itself').status, 0);
  assert.equal(run(file, '--full', '--test-name-pattern=with --full').status, 0);
  assert.equal(run(file, '--test-name-pattern=with --full').status, 1);
});

test('run-tests.mjs - a room, a file of src, and a test without a room are found; an unknown room is said with all there are', () => {
  const none = '--test-name-pattern=no test has this name';
  const filesOf = (word: string): number =>
    Number(/slowest of (\d+)/.exec(run(word, none).stdout)?.[1] ?? Number.NaN);
  const rooms = (folder: string): number =>
    readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.test.ts'),
    ).length;
  assert.equal(filesOf('schedule'), rooms('schedule'));
  assert.equal(filesOf('src/schedule/schedule.ts'), 1);
  assert.equal(filesOf('random'), 1);
  // Translated, and shown as it was written.
  assert.match(run('random').stdout, /^ +[\d.]+ s +[\d.]+ s of processor {2}test\/random\.test\.ts$/m);
  const { status, stderr } = run('schedule', 'shedule');
  assert.equal(status, 2);
  assert.match(stderr, /^no test is named shedule\n {2}The rooms: .*\bschedule\b/);
});
