// The program as JavaScript. Node 20 has no TypeScript, and a loader that translates it at each start takes a second: every
// import goes to another thread and back. So launch.mjs has each file of src translated once and again when it changes, and
// test/run-tests.mjs those of test.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { writeThrough } from '../machine/whole.mjs';

/** What is written changes with it: raise it when `translate` does. */
const FORM = 2;

/** A file can be given a time as a fraction of a second, which is rounded. */
const ACCURACY_MS = 1;

/** Not the types of a module of JavaScript. @param {string} name */
const isCode = (name) => /\.(ts|mjs)$/.test(name) && !/\.d\.m?ts$/.test(name);

/**
 * Folder of the translated files, beside those of the clone's other folders, so that imports from one to another lead there.
 * A clone may be copied with its node_modules, and the files name the clone that they are from.
 * @param {string} source
 */
function folderFor(source) {
  const clone = dirname(source);
  const key = createHash('sha256')
    .update(JSON.stringify([FORM, clone]))
    .digest('hex')
    .slice(0, 12);
  return join(clone, 'node_modules', '.manyheads', 'compiled', key, basename(source));
}

/**
 * Translates what is new or has changed.
 * @param {string} source a folder beside node_modules: src, test
 * @returns {Promise<string>} folder with the same files, `.ts` as `.js`
 * @throws where a file can't be translated or the folder can't be written
 */
export async function compileProgram(source) {
  const target = folderFor(source);
  const stale = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(isCode)
    .map((name) => ({ from: join(source, name), to: join(target, name.replace(/\.ts$/, '.js')) }))
    .filter(({ from, to }) => !(Math.abs(timeOf(from) - timeOf(to)) < ACCURACY_MS));
  if (stale.length === 0) return target;
  const { transform, stop } = await import('esbuild');
  mkdirSync(target, { recursive: true });
  // In node_modules the type of a package is looked for no further up.
  writeThrough(join(target, 'package.json'), (part) => writeFileSync(part, '{ "type": "module" }\n'));
  await Promise.all(
    stale.map(async ({ from, to }) => {
      // Before the file is read: what is written to it meanwhile is translated at the next start.
      const seconds = timeOf(from) / 1000;
      const code = await translate(from, transform);
      mkdirSync(dirname(to), { recursive: true });
      writeThrough(to, (part) => {
        writeFileSync(part, code);
        utimesSync(part, seconds, seconds);
      });
    }),
  );
  await stop();
  return target;
}

/**
 * Its types left out, its place written out: what it looks for beside itself is in src. Stacks name its lines there.
 * @param {string} file
 * @param {typeof import('esbuild').transform} transform
 */
async function translate(file, transform) {
  const url = pathToFileURL(file).href;
  const { code } = await transform(readFileSync(file, 'utf8'), {
    loader: file.endsWith('.ts') ? 'ts' : 'js',
    format: 'esm',
    target: 'node20',
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
    define: {
      'import.meta.url': JSON.stringify(url),
      'import.meta.dirname': JSON.stringify(dirname(file)),
      'import.meta.filename': JSON.stringify(file),
    },
    sourcemap: 'inline',
    sourcesContent: false,
    sourcefile: url,
  });
  return code.replace(/(\bfrom |\bimport[ (])"(\.\.?\/[^"\n]+)\.ts"/g, '$1"$2.js"');
}

/** @param {string} file @returns {number} milliseconds of its last change; NaN where there is none */
const timeOf = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
