// `npm run setup` and the launcher as processes.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { runCommand } from '../../src/machine/command.ts';
import { lockHash, places, projectFolder } from '../../src/setup/stamp.mjs';
import { launcherFiles } from './launcher-files.ts';

const bootstrap = join(projectFolder, 'src', 'setup', 'bootstrap.mjs');
const folder = () => mkdtempSync(join(tmpdir(), 'manyheads-bootstrap-'));

test('bootstrap - in a clone that is ready it starts no other process, and links the programs', async () => {
  assert.equal((await runCommand(process.execPath, [bootstrap])).code, 0);
  const at = folder();
  const trace = join(at, 'trace.cjs');
  const started = join(at, 'started');
  // Every Node that starts, and every process that one starts, leaves a line.
  writeFileSync(
    trace,
    `const { appendFileSync } = require('node:fs');
     const line = (text) => appendFileSync(${JSON.stringify(started)}, text + '\\n');
     line('node');
     const { ChildProcess } = require('node:child_process');
     const spawn = ChildProcess.prototype.spawn;
     ChildProcess.prototype.spawn = function (options) { line('spawn ' + options.file); return spawn.call(this, options); };`,
  );
  const env = { ...process.env, NODE_OPTIONS: `--require ${trace}` };
  const { code, stderr } = await runCommand(process.execPath, [bootstrap], { env });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^ready: TensorFlow 2\.21\.0 \((CPU|GPU)\)\n$/);
  assert.equal(readFileSync(started, 'utf8'), 'node\n');
  assert.equal(readlinkSync(join(projectFolder, 'node_modules', '.bin', 'run')), '../../src/launch.mjs');
});

test('bootstrap - --quiet says nothing where there is nothing to do', async () => {
  assert.deepEqual(await runCommand(process.execPath, [bootstrap, '--quiet']), {
    code: 0,
    stdout: '',
    stderr: '',
  });
});

test('bootstrap - an unknown argument, and two that exclude each other, end with 2', async () => {
  const unknown = await runCommand(process.execPath, [bootstrap, '--gpus']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /unknown argument --gpus\n.*--cpu \| --gpu/);
  assert.equal((await runCommand(process.execPath, [bootstrap, '--cpu', '--gpu'])).code, 2);
});

test('launch - without npm packages it names the line to type and ends with 2', async () => {
  const at = folder();
  for (const name of launcherFiles) {
    mkdirSync(dirname(join(at, 'src', name)), { recursive: true });
    copyFileSync(join(projectFolder, 'src', name), join(at, 'src', name));
  }
  const { code, stderr } = await runCommand(process.execPath, [join(at, 'src', 'launch.mjs'), '--help']);
  assert.equal(code, 2);
  assert.match(stderr, /npm run setup/);
});

/** A clone with what before-tfjs.ts reads, and nothing installed. */
function bareClone(): string {
  const at = folder();
  for (const name of [
    'errors.ts',
    'secrets.ts',
    'words.ts',
    ...['before-tfjs.ts', 'stamp.mjs', 'versions.mjs'].map((file) => `setup/${file}`),
    'machine/cache-folder.mjs',
    'machine/whole.mjs',
  ]) {
    mkdirSync(dirname(join(at, 'src', name)), { recursive: true });
    copyFileSync(join(projectFolder, 'src', name), join(at, 'src', name));
  }
  writeFileSync(join(at, 'package.json'), '{"type":"module"}');
  writeFileSync(join(at, 'package-lock.json'), '{}');
  return at;
}

/** What importing before-tfjs.ts of a clone throws. */
async function importProblem(at: string): Promise<string> {
  const script = `import(${JSON.stringify(join(at, 'src', 'setup', 'before-tfjs.ts'))}).catch(({ name, message, hint }) => console.log(name, message, hint))`;
  const { stdout } = await runCommand(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: projectFolder,
  });
  return stdout;
}

test('before-tfjs - without the binding the import says what to run', async () => {
  const at = bareClone();
  assert.equal(existsSync(join(at, 'node_modules')), false);
  assert.equal(
    await importProblem(at),
    'RunError TensorFlow is not set up in this clone Run `npm run setup`.\n',
  );
});

test('before-tfjs - with a binding of other sources the import says what to run; while it is set up there is no stamp', async () => {
  const at = bareClone();
  const { binding, stamp } = places(at);
  for (const file of [binding, stamp]) mkdirSync(dirname(file), { recursive: true });
  writeFileSync(binding, '');
  assert.equal(await importProblem(at), '');
  writeFileSync(stamp, JSON.stringify({ tensorflow: '1', lock: lockHash(at) }));
  assert.equal(await importProblem(at), '');
  writeFileSync(stamp, JSON.stringify({ tensorflow: '1', lock: 'of other sources' }));
  assert.match(
    await importProblem(at),
    /^RunError the packages or the C\+\+ sources have changed .* Run `npm run setup`\.$/m,
  );
});
