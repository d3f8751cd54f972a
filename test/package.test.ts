/**
 * The program as a package, as somebody has it who knows no clone: packed, installed in an empty folder with an empty home,
 * set up, trained with, and imported from TypeScript.
 */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cacheFolder } from '../src/machine/cache-folder.mjs';
import { lastLines, runCommand } from '../src/machine/command.ts';
import { projectFolder } from '../src/setup/stamp.mjs';

/** With it TensorFlow is downloaded and the binding compiled anew; without, both come from the cache of this machine. */
const isWhole = process.env.TEST_EMPTY_HOME === '1';

const at = mkdtempSync(join(tmpdir(), 'manyheads-package-'));
const app = join(at, 'app');
const home = join(at, 'home');
const installed = join(app, 'node_modules', 'manyheads');
const photographs = join(installed, 'experiments', 'data', 'clothing', 'images');

/** What a shell that was just opened has, and the addresses of mirrors. */
function freshEnvironment(): NodeJS.ProcessEnv {
  const kept = /^(PATH|LANG|https?_proxy|no_proxy|pip_|npm_config_(registry|cafile)|ssl_|node_extra_ca)/i;
  const env: NodeJS.ProcessEnv = { HOME: home };
  for (const [name, value] of Object.entries(process.env)) if (kept.test(name)) env[name] = value;
  return isWhole ? env : { ...env, MANYHEADS_CACHE: cacheFolder(), npm_config_cache: npmCache };
}

let npmCache = '';

async function inApp(command: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, args, { cwd: app, env: freshEnvironment() });
  assert.equal(code, 0, `${command} ${args.join(' ')}\n${stdout}\n${lastLines(stderr)}`);
  return stdout;
}

before(async () => {
  for (const folder of [app, home]) mkdirSync(folder);
  npmCache = (await runCommand('npm', ['config', 'get', 'cache'])).stdout.trim();
  const packed = await runCommand('npm', ['pack', '--ignore-scripts', '--pack-destination', at], {
    cwd: projectFolder,
  });
  assert.equal(packed.code, 0, packed.stderr);
  const tarball = join(at, packed.stdout.trim().split('\n').at(-1)!);
  await inApp('npm', 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball);
});

after(() => rmSync(at, { recursive: true, force: true }));

test('package - holds what a user needs, and nothing of the tests', () => {
  assert.deepEqual(readdirSync(installed).sort(), [
    'LICENSE',
    'README.md',
    'experiments',
    'package.json',
    'schemas',
    'src',
  ]);
});

test('package - before the set-up a run says the line to type', async () => {
  const args = ['manyheads', join(installed, 'experiments', 'quickstart.yaml')];
  const { code, stderr } = await runCommand('npx', args, { cwd: app, env: freshEnvironment() });
  assert.equal(code, 1);
  assert.match(stderr, /TensorFlow is not set up.*\n\s*Run `npx manyheads setup`\./);
});

test('package - is set up, trains the quickstart, and says what it sees', async () => {
  await inApp('npx', 'manyheads', 'setup');
  const file = join(installed, 'experiments', 'quickstart.yaml');
  const short = ['stages[small].epochs=1', 'stages[full].epochs=1', 'stages[full].imageSize=32'];
  await inApp('npx', 'manyheads', file, ...short);
  const image = join(photographs, readdirSync(photographs)[0]!);
  const { heads, error } = JSON.parse(await inApp('npx', 'manyheads', 'predict', 'latest', image, '--json'));
  assert.equal(error, null);
  assert.ok(Object.keys(heads).includes('garment'));

  // The same answer from JavaScript, for a path and for bytes; a damaged one has its error.
  writeFileSync(
    join(app, 'use.mjs'),
    `import { readFileSync } from 'node:fs';
import { ExperimentError, compilePlan, loadModel } from 'manyheads';
const model = await loadModel('latest');
const image = process.argv[2];
const answers = await model.predict([image, readFileSync(image), Buffer.from('no image')]);
const problems = [];
try {
  compilePlan({ name: 'mistake', seed: 'one' });
} catch (error) {
  if (!(error instanceof ExperimentError)) throw error;
  problems.push(...error.problems.map(({ path }) => path));
}
const { name, stages } = compilePlan(process.argv[3]);
console.log(JSON.stringify({ answers, problems, name, stages: stages.map((stage) => stage.name) }));
`,
  );
  const { answers, problems, name, stages } = JSON.parse(
    await inApp(process.execPath, 'use.mjs', image, file),
  );
  assert.deepEqual(answers[0].heads, heads);
  assert.deepEqual(answers[1].heads, heads);
  assert.equal(answers[2].heads, null);
  assert.match(answers[2].error, /./);
  assert.ok(problems.includes('seed'), problems.join());
  assert.equal(name, 'quickstart');
  assert.deepEqual(stages, ['small', 'full']);
});

test('package - an experiment is an object whose type is the language', async () => {
  const tsc = join(projectFolder, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2022',
    '--lib',
    'es2022,dom',
    '--types',
    '',
  ];
  const check = (text: string) => {
    writeFileSync(join(app, 'typed.mts'), text);
    return runCommand(process.execPath, [tsc, ...options, 'typed.mts'], { cwd: app });
  };
  // The example of the documents.
  const document = readFileSync(join(projectFolder, 'src', 'commands', 'README.md'), 'utf8');
  const example = /^```ts\n([\s\S]*?from 'manyheads'[\s\S]*?)^```$/m.exec(document)?.[1] ?? '';
  assert.match(example, /epochs: 10/);
  const good = await check(example);
  assert.equal(good.code, 0, good.stdout);
  const bad = await check(example.replace('epochs: 10', "epochs: 'ten'"));
  assert.match(
    bad.stdout,
    /typed\.mts\(\d+,\d+\): error TS2322: Type 'string' is not assignable to type 'number'/,
  );
  // The declarations stand beside the module that they describe.
  const { exports } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.equal(exports['.'].types.replace('.d.mts', '.mjs'), exports['.'].default);
});
