import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import {
  hasMlflow,
  hasNvidiaDriver,
  isInstalled,
  mlflowPlaces,
  npmProblem,
  packageFolder,
  places,
  readStamp,
  tensorflowProblem,
  writeStamp,
} from '../../src/setup/stamp.mjs';
import { nodeProblem } from '../../src/setup/versions.mjs';

const folder = () => mkdtempSync(join(tmpdir(), 'manyheads-stamp-'));

function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

/** A clone with one npm package and what the set-up leaves behind, small. */
function clone(): string {
  const project = folder();
  const packages = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '2.0.0', optional: true },
  };
  write(join(project, 'package-lock.json'), { packages });
  write(join(project, 'node_modules', '.package-lock.json'), {
    packages: { 'node_modules/a': { version: '1.0.0' } },
  });
  write(join(project, 'node_modules', 'a', 'package.json'), {});
  const { binding, libraries } = places(project);
  const cache = join(project, 'cache');
  write(join(cache, 'libtensorflow_cc.so.2'), 'library');
  write(binding, 'binding');
  mkdirSync(dirname(libraries), { recursive: true });
  symlinkSync(cache, libraries);
  return project;
}

test('npmProblem - none for a whole installation without the optional packages of other systems', () => {
  assert.equal(npmProblem(clone()), undefined);
});

test('npmProblem - an installation that broke off, another version, a folder that is gone', () => {
  const project = clone();
  rmSync(join(project, 'node_modules', 'a'), { recursive: true });
  assert.equal(npmProblem(project), 'node_modules/a is empty');
  write(join(project, 'node_modules', '.package-lock.json'), {
    packages: { 'node_modules/a': { version: '0.9.0' } },
  });
  assert.equal(npmProblem(project), 'node_modules/a 1.0.0 is wanted, 0.9.0 is there');
  rmSync(join(project, 'node_modules', '.package-lock.json'));
  assert.equal(npmProblem(project), 'npm packages are not installed, or the installation broke off');
});

test('tensorflowProblem - none after writeStamp, whatever the machine decided', () => {
  const project = clone();
  assert.equal(tensorflowProblem(undefined, project, false), 'TensorFlow is not set up');
  writeStamp('cpu', false, project);
  assert.equal(readStamp(places(project).stamp)?.variant, 'cpu');
  assert.equal(tensorflowProblem(undefined, project, false), undefined);
});

test('tensorflowProblem - a GPU that came later asks for a new set-up, unless the CPU was chosen', () => {
  const project = clone();
  writeStamp('cpu', false, project);
  assert.equal(tensorflowProblem(undefined, project, true), 'set up for the CPU, not the GPU');
  writeStamp('cpu', true, project);
  assert.equal(tensorflowProblem(undefined, project, true), undefined);
  assert.equal(tensorflowProblem('gpu', project, true), 'set up for the CPU, not the GPU');
});

test('tensorflowProblem - a changed lock file, a cut binding and a cleared cache are all seen', () => {
  const project = clone();
  writeStamp('cpu', false, project);
  write(places(project).binding, 'bind');
  assert.equal(tensorflowProblem('cpu', project), 'the binding is missing or was changed');
  write(places(project).binding, 'binding');
  rmSync(join(project, 'cache'), { recursive: true });
  assert.equal(tensorflowProblem('cpu', project), 'libtensorflow is gone from the cache');
  write(join(project, 'package-lock.json'), { packages: {} });
  assert.equal(tensorflowProblem('cpu', project), 'package-lock.json or the C++ source has changed');
});

test('packageFolder - of a clone its own; of an installed package the one that Node would find', () => {
  const project = clone();
  assert.equal(isInstalled(project), false);
  assert.equal(packageFolder('a', project), join(project, 'node_modules', 'a'));
  const app = folder();
  const installed = join(app, 'node_modules', 'manyheads');
  assert.equal(isInstalled(installed), true);
  for (const at of [join(app, 'node_modules', 'b'), join(installed, 'node_modules', 'a')])
    write(join(at, 'package.json'), {});
  assert.equal(packageFolder('a', installed), join(installed, 'node_modules', 'a'));
  assert.equal(packageFolder('b', installed), join(app, 'node_modules', 'b'));
  write(join(app, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'package.json'), {});
  assert.ok(places(installed).binding.startsWith(join(app, 'node_modules', '@tensorflow')));
});

test('npmProblem - of an installed package the packages that it names, in their versions', () => {
  const app = folder();
  const project = join(app, 'node_modules', 'manyheads');
  write(join(project, 'package.json'), { dependencies: { a: '1.0.0' } });
  assert.match(npmProblem(project) ?? '', /\ba\b/);
  write(join(app, 'node_modules', 'a', 'package.json'), { version: '2.0.0' });
  assert.match(npmProblem(project) ?? '', /1\.0\.0.*2\.0\.0/);
  write(join(app, 'node_modules', 'a', 'package.json'), { version: '1.0.0' });
  assert.equal(npmProblem(project), undefined);
});

test('hasMlflow - only with the stamp, the program and a Python that is still there', () => {
  const cache = folder();
  const { folder: at, executable, stamp } = mlflowPlaces(cache);
  write(executable, '');
  symlinkSync(process.execPath, join(at, 'bin', 'python'));
  assert.equal(hasMlflow(cache), false);
  write(stamp, {});
  assert.equal(hasMlflow(cache), true);
  rmSync(join(at, 'bin', 'python'));
  symlinkSync('/nowhere/python', join(at, 'bin', 'python'));
  assert.equal(hasMlflow(cache), false);
});

test('hasNvidiaDriver - the kernel module, a device node or the driver of WSL', () => {
  assert.equal(
    hasNvidiaDriver(() => false),
    false,
  );
  assert.equal(
    hasNvidiaDriver((path) => path === '/proc/driver/nvidia/version'),
    true,
  );
  assert.equal(
    hasNvidiaDriver((path) => path === '/usr/lib/wsl/lib/libcuda.so.1'),
    true,
  );
});

test('nodeProblem - 20.9 to 26 are supported, others are told what to install', () => {
  for (const version of ['20.9.0', '20.20.2', '22.1.0', '24.21.0', '26.10.0'])
    assert.equal(nodeProblem(version), undefined);
  for (const version of ['18.20.0', '20.8.1', '27.0.0']) {
    assert.match(nodeProblem(version) ?? '', /Node 20\.9 to 26 is needed, this is Node .*\n.*nvm install 24/);
  }
});
