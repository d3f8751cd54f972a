// Finds a Python that can make virtual environments, and makes them. Nothing is installed into the user's own Python.

import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { lastLines, runCommand } from '../machine/command.ts';
import { setupLine } from './stamp.mjs';

export interface Python {
  /** Absolute path of the interpreter. */
  readonly path: string;
  /** As `3.12`. */
  readonly version: string;
}

/** `python3` first: it is the one the user chose. TensorFlow and MLflow ask for 3.10 or later. */
const candidates = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python',
];
const lowestMinor = 10;

const probe =
  'import sys, importlib.util as u; print(sys.version_info[0], sys.version_info[1], ' +
  'int(bool(u.find_spec("venv") and u.find_spec("ensurepip"))), sys.executable)';

/**
 * The first Python >= 3.10 in PATH that can make an environment with pip.
 * @throws RunError which says what was found and the line that installs what is missing
 */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<Python> {
  const seen: string[] = [];
  for (const name of candidates) {
    const { code, stdout } = await runCommand(name, ['-c', probe], { env, timeoutMs: 20_000 });
    if (code !== 0) continue;
    const [major, minor, canMake, ...path] = stdout.trim().split(' ');
    const version = `${major}.${minor}`;
    if (Number(major) !== 3 || Number(minor) < lowestMinor) seen.push(`${name} is Python ${version}`);
    else if (canMake !== '1') seen.push(`${name} is Python ${version} without venv and pip`);
    else return { path: path.join(' '), version };
  }
  const found = seen.length === 0 ? 'none is in PATH' : [...new Set(seen)].join(', ');
  throw new RunError(
    `Python 3.${lowestMinor} or later that can make virtual environments is needed; ${found}`,
    {
      hint: `Install one and start \`${setupLine()}\` again: ${installLine('python')}`,
    },
  );
}

/** Packages that bring Python with venv, or a C++ compiler, by family of Linux. */
const installLines = {
  debian: { python: 'apt-get install -y python3 python3-venv', compiler: 'apt-get install -y g++' },
  fedora: { python: 'dnf install -y python3.12', compiler: 'dnf install -y gcc-c++' },
  suse: { python: 'zypper install -y python312', compiler: 'zypper install -y gcc-c++' },
  arch: { python: 'pacman -S --noconfirm python', compiler: 'pacman -S --noconfirm gcc' },
} as const;

/** The line that installs it on this system, as a guess from /etc/os-release. */
export function installLine(what: 'python' | 'compiler', osRelease = readOsRelease()): string {
  const ids = [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap((match) =>
    match[1]!.split(' '),
  );
  for (const id of ids) {
    if (id === 'debian' || id === 'ubuntu') return installLines.debian[what];
    if (id === 'fedora' || id === 'rhel' || id === 'centos') return installLines.fedora[what];
    if (id === 'suse' || id.startsWith('opensuse')) return installLines.suse[what];
    if (id === 'arch') return installLines.arch[what];
  }
  return what === 'python' ? 'Python 3.12 from https://www.python.org' : 'g++ or clang++';
}

function readOsRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Makes an empty virtual environment with pip, in place of what stands there.
 * @returns path of its Python
 */
export async function makeEnvironment(folder: string): Promise<string> {
  const python = await findPython();
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { code, stdout, stderr } = await runCommand(python.path, ['-m', 'venv', folder]);
  if (code === 0) return join(folder, 'bin', 'python');
  await rm(folder, { recursive: true, force: true });
  throw new RunError(`${python.path} could not make a virtual environment:\n${lastLines(stdout + stderr)}`, {
    hint: `Try ${installLine('python')}`,
  });
}

/**
 * The small private environment whose pip downloads wheels; made when it is missing or its Python has gone.
 * The caller holds the lock of the cache.
 */
export async function pipPython(cache: string): Promise<string> {
  const folder = join(cache, 'pip');
  const python = join(folder, 'bin', 'python');
  const complete = join(folder, 'complete');
  const works = async () => (await runCommand(python, ['-m', 'pip', '--version'])).code === 0;
  if (readable(complete) && (await works())) return python;
  await makeEnvironment(folder);
  await writeFile(complete, '');
  return python;
}

function readable(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
