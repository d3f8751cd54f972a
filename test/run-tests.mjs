/**
 * Runs test files, three at a time, and prints at the end which took longest.
 *
 *   node test/run-tests.mjs [--full] [ROOM|FOLDER|FILE …] [--test-…]
 *
 * `plan` is test/plan with its folders, `sweep/launch` a folder below a room, `rooms` test/rooms.test.ts; paths from the
 * current folder do as well, those of src too: src/plan/warnings.ts is test/plan/warnings.test.ts. Without any: all tests.
 * What begins with `--` goes to Node, as --test-name-pattern=flip. `--full` repeats more often what depends on chance.
 * Exit code: 0 all passed, 1 a test failed, 2 there is no such test.
 */
import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileProgram } from '../src/setup/compiled.mjs';
import { compiledFrom } from './sources.mjs';

const tests = import.meta.dirname;
const root = join(tests, '..');
const ENDING = '.test.ts';

/** What `--full` sets where the caller has not; the tests that read them say what they do. */
const FULL = {
  TEST_KILLS: '20',
  TEST_RUN_KILLS: '50',
  TEST_EPOCHS: '2000',
  TEST_OUTAGE_SECONDS: '60',
  TEST_WHOLE_BINDING: '1',
  TEST_EMPTY_HOME: '1',
  TEST_REQUESTS: '10000',
};

/** @param {string} folder @returns {string[]} test files in it and below, sorted */
function testsIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ENDING))
    .map((file) => join(folder, file))
    .sort();
}

/** @param {string} path @returns {'file' | 'folder' | undefined} */
function kindOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat?.isDirectory() ? 'folder' : stat?.isFile() ? 'file' : undefined;
}

/** @param {string} word @returns {string[]} the test files that a word names; none where it names nothing */
function testsOf(word) {
  const below = relative(root, resolve(word));
  const named = below.startsWith('src/') ? below.slice('src/'.length) : word;
  const stem = join(tests, named.replace(/\.(ts|mjs)$/, ''));
  for (const path of [stem, `${stem}${ENDING}`, resolve(word)]) {
    const kind = kindOf(path);
    if (kind === 'folder') return testsIn(path);
    if (kind === 'file' && path.endsWith(ENDING)) return [path];
  }
  return [];
}

/** The runner hands these on; to Node itself they would choose among the files. @param {string} option */
const isPattern = (option) => option.startsWith('--test-name-pattern=');

/** Below test/: what takes minutes, with processes of its own, and waits for most of them. */
const LONG = ['sweep/launch/', 'sweep/drive/', 'sweep/ledger/', 'run/'];
/** Quick files between two long ones: enough work for the cores meanwhile, and the last long one begins well before the end. */
const BETWEEN = 4;

/**
 * Long files among quick ones. All long ones first would be too many processes at a time; the longest last would leave a
 * core without work.
 * @param {string[]} files below test/ @returns {string[]}
 */
function mixed(files) {
  const isLong = (/** @type {string} */ file) => LONG.some((start) => file.startsWith(`test/${start}`));
  const quick = files.filter((file) => !isLong(file));
  const long = files.filter(isLong);
  const rows = long.flatMap((file, i) => [file, ...quick.slice(i * BETWEEN, (i + 1) * BETWEEN)]);
  return [...rows, ...quick.slice(long.length * BETWEEN)];
}

/**
 * The tests as JavaScript, of which Node 20 loads hundreds of files in a quarter of a second less than through tsx. That is
 * for tests of elsewhere, and for a file that can't be translated: it says what is wrong, and other files are still tested.
 * @param {string[]} files
 * @returns {Promise<{ folder: string | undefined, loader: string }>} of the translated tests; option of Node for a test's process
 */
async function loaderOf(files) {
  if (files.every((file) => file.startsWith(`${tests}${sep}`))) {
    try {
      await compileProgram(join(root, 'src'));
      return { folder: await compileProgram(tests), loader: '--enable-source-maps' };
    } catch {}
  }
  return { folder: undefined, loader: '--import=tsx' };
}

const words = process.argv.slice(2);
const full = words.includes('--full');
const options = words.filter((word) => word.startsWith('--') && word !== '--full');
const named = words.filter((word) => !word.startsWith('--')).map((word) => ({ word, files: testsOf(word) }));
const unknown = named.filter(({ files }) => files.length === 0).map(({ word }) => word);

if (unknown.length > 0) {
  const rooms = readdirSync(tests, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && testsIn(join(tests, entry.name)).length > 0)
    .map(({ name }) => name);
  process.stderr.write(`no test is named ${unknown.join(', ')}\n  The rooms: ${rooms.join(', ')}.\n`);
  process.exitCode = 2;
} else {
  const files = named.length === 0 ? testsIn(tests) : [...new Set(named.flatMap((one) => one.files))];
  // A test that starts this script would else be answered in the runner's own format.
  const { NODE_TEST_CONTEXT: _, ...environment } = process.env;
  const { folder, loader } = await loaderOf(files);
  const child = spawn(
    process.execPath,
    [
      loader,
      `--import=${pathToFileURL(join(tests, 'processor-time.mjs'))}`,
      ...options.filter((option) => !isPattern(option)),
      join(tests, 'run-files.mjs'),
      ...options.filter(isPattern),
      ...mixed(files.map((file) => relative(root, file))).map((file) => compiledFrom(file, folder)),
    ],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...(full ? FULL : {}), ...environment, TEST_COMPILED: folder },
    },
  );
  // Ctrl-C reaches the child too, which ends its tests; this process waits for it.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('error', (error) => {
    throw error;
  });
  child.on('close', (code) => {
    process.exitCode = code ?? 1;
  });
}
