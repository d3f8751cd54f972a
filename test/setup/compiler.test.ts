// What a person is told where Python or a compiler is missing.
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { RunError } from '../../src/errors.ts';
import { findCompiler } from '../../src/setup/compiler.ts';
import { findPython, installLine } from '../../src/setup/python.ts';

const debian = 'NAME="x"\nID=raspbian\nID_LIKE=debian\n';

/** A PATH with nothing in it but these scripts. */
function pathWith(scripts: Record<string, string>): NodeJS.ProcessEnv {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-path-'));
  for (const [name, body] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { PATH: folder };
}

const isRunError = (message: RegExp, hint: RegExp) => (error: unknown) =>
  error instanceof RunError && message.test(error.message) && hint.test(error.hint ?? '');

test('findPython - none in PATH', async () => {
  await assert.rejects(findPython(pathWith({})), isRunError(/none is in PATH/, /npm run setup/));
});

test('findPython - one too old and one without venv are both named', async () => {
  const env = pathWith({
    python3: 'echo 3 8 1 /old/python3',
    'python3.12': 'echo 3 12 0 /usr/bin/python3.12',
  });
  const found = /python3 is Python 3\.8, python3\.12 is Python 3\.12 without venv and pip/;
  await assert.rejects(findPython(env), isRunError(found, /npm run setup/));
});

test('findPython - goes on to the first that is whole', async () => {
  const env = pathWith({
    python3: 'echo 3 8 1 /old/python3',
    'python3.11': 'echo 3 11 1 /a path/python3.11',
  });
  assert.deepEqual(await findPython(env), { path: '/a path/python3.11', version: '3.11' });
});

test('findCompiler - none in PATH, and a CXX that does not run', async () => {
  await assert.rejects(
    findCompiler(pathWith({})),
    isRunError(/no C\+\+ compiler is in PATH/, /npm run setup/),
  );
  const env = { ...pathWith({ 'g++': 'echo g++ 12' }), CXX: 'missing-cxx -m64' };
  await assert.rejects(findCompiler(env), isRunError(/CXX names missing-cxx -m64/, /npm run setup/));
});

test('findCompiler - arguments in CXX are kept', async () => {
  const env = { ...pathWith({ ccache: 'echo "$1 12.2"' }), CXX: 'ccache g++' };
  const { command, version } = await findCompiler(env);
  assert.deepEqual({ command, version }, { command: ['ccache', 'g++'], version: 'g++ 12.2' });
});

test('installLine - by the family of the system, and in words where that is unknown', () => {
  assert.equal(installLine('python', debian), 'apt-get install -y python3 python3-venv');
  assert.equal(installLine('compiler', 'ID="rocky"\nID_LIKE="rhel centos fedora"'), 'dnf install -y gcc-c++');
  assert.equal(installLine('compiler', 'ID=opensuse-leap'), 'zypper install -y gcc-c++');
  assert.equal(installLine('compiler', ''), 'g++ or clang++');
});
