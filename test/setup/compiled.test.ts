/** The program as JavaScript: what is translated and when, that it still lives in src, and what a stack says. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { runCommand } from '../../src/machine/command.ts';
import { compileProgram } from '../../src/setup/compiled.mjs';
import { projectFolder } from '../../src/setup/stamp.mjs';
import { folderWith } from '../file/folder.ts';
import { launcherFiles } from './launcher-files.ts';

/** A clone of three files. @returns its src */
function clone(t: TestContext): string {
  const folder = folderWith(t, {
    'src/cli.ts': `import { type Place, place } from './deep/place.ts';
import { three } from './plain.mjs';

export interface Unused { readonly wide: number }
const found: Place = place;
export const answer = { ...found, three, later: (await import('./deep/place.ts')).place.url };
export function fail(): never {
  throw new Error('as it should');
}
`,
    'src/deep/place.ts':
      'export interface Place { readonly url: string; readonly dirname: string }\nexport const place: Place = { url: import.meta.url, dirname: import.meta.dirname };\n',
    'src/plain.mjs': 'export const three = 3;\n',
    'src/plain.d.mts': 'export declare const three: number;\n',
  });
  return join(folder, 'src');
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.m?js$/.test(name))
    .sort();

test('compileProgram - code and no types; a file still finds itself in src', async (t) => {
  const source = clone(t);
  const folder = await compileProgram(source);
  assert.deepEqual(filesOf(folder), ['cli.js', 'deep/place.js', 'plain.mjs']);
  const { answer } = (await import(pathToFileURL(join(folder, 'cli.js')).href)) as { answer: unknown };
  const url = pathToFileURL(join(source, 'deep/place.ts')).href;
  assert.deepEqual(answer, { url, dirname: join(source, 'deep'), three: 3, later: url });
});

test('compileProgram - a stack names the file and the line of src', async (t) => {
  const source = clone(t);
  const cli = pathToFileURL(join(await compileProgram(source), 'cli.js')).href;
  const script = `process.setSourceMapsEnabled(true); const { fail } = await import('${cli}'); fail()`;
  const { stderr } = await runCommand(process.execPath, ['--input-type=module', '-e', script]);
  assert.match(stderr, /Error: as it should\n\s+at fail \(\S*\/src\/cli\.ts:8:9\)/);
});

test('compileProgram - only what has changed is translated again, and a copied clone has files of its own', async (t) => {
  const source = clone(t);
  const folder = await compileProgram(source);
  const times = () => filesOf(folder).map((name) => statSync(join(folder, name)).ino);
  const first = times();
  assert.equal(await compileProgram(source), folder);
  assert.deepEqual(times(), first);
  writeFileSync(join(source, 'plain.mjs'), 'export const three = 4;\n');
  // Older than it was, as a file of another commit may be.
  utimesSync(join(source, 'plain.mjs'), 1_000_000, 1_000_000.5);
  await compileProgram(source);
  assert.deepEqual(
    times().map((inode, i) => inode === first[i]),
    [true, true, false],
  );
  assert.match(readFileSync(join(folder, 'plain.mjs'), 'utf8'), /three = 4/);

  const copy = `${dirname(source)}-copy`;
  t.after(() => rmSync(copy, { recursive: true }));
  cpSync(dirname(source), copy, { recursive: true, preserveTimestamps: true });
  const other = await compileProgram(join(copy, 'src'));
  assert.ok(readFileSync(join(other, 'deep/place.js'), 'utf8').includes(`"${join(copy, 'src/deep')}"`));
});

test('launch - a clone whose node_modules cannot be written, or with a mistake in a file, is run by tsx', async (t) => {
  const folder = folderWith(t, {
    'package.json': '{ "type": "module" }',
    'src/cli.ts': 'const word: string = import.meta.url;\nprocess.stdout.write(word);\n',
  });
  for (const name of launcherFiles)
    cpSync(join(projectFolder, 'src', name), join(folder, 'src', name), { recursive: true });
  for (const name of ['tsx', 'esbuild', '@esbuild'])
    cpSync(join(projectFolder, 'node_modules', name), join(folder, 'node_modules', name), {
      recursive: true,
    });
  const launch = () => runCommand(process.execPath, [join(folder, 'src/launch.mjs')]);
  const expected = { code: 0, stdout: pathToFileURL(join(folder, 'src/cli.ts')).href, stderr: '' };
  // In the place of the folder: it stops root too.
  writeFileSync(join(folder, 'node_modules/.manyheads'), '');
  chmodSync(join(folder, 'node_modules/.manyheads'), 0o444);
  assert.deepEqual(await launch(), expected);
  rmSync(join(folder, 'node_modules/.manyheads'));
  assert.deepEqual(await launch(), expected);
  assert.equal(filesOf(join(folder, 'node_modules/.manyheads')).length, launcherFiles.length + 1);
  writeFileSync(join(folder, 'src/cli.ts'), 'const word: = 1;\n');
  const { code, stderr } = await launch();
  assert.equal(code, 1);
  assert.match(stderr, /src\/cli\.ts:1:12: ERROR: Unexpected "="/);
});
