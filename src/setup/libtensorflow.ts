// Brings libtensorflow to the cache: wheels from PyPI by pip, of which only C libraries and headers are kept, in the
// layout of a Python installation, since the libraries look for CUDA beside themselves ($ORIGIN/../nvidia/*/lib).

import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { lastLines, runCommand } from '../machine/command.ts';
import { withLock } from '../machine/lock.mjs';
import { wheelHashes } from './hashes/wheels.ts';
import type { Progress } from './progress.ts';
import { reportWait, withProgress } from './progress.ts';
import { pipPython } from './python.ts';
import type { Variant } from './stamp.mjs';
import { setupLine } from './stamp.mjs';
import { unzip } from './unzip.ts';
import { tensorflowVersion } from './versions.mjs';
import { isNeeded, neededMegabytes, platformArguments, wheelsOf } from './wheels.ts';

/** Where TensorFlow's libraries and headers lie. */
export interface Libtensorflow {
  /** Holds libtensorflow_cc.so.2 and libtensorflow_framework.so.2. */
  readonly libraries: string;
  readonly headers: string;
}

/**
 * Downloads and unpacks TensorFlow where the cache does not have it. A break at any point is picked up: each wheel is
 * marked when it is unpacked, and the folder gets its name when all are.
 * @throws RunError without Python, network, or room on the disk
 */
export async function bringLibtensorflow(
  cache: string,
  variant: Variant,
  progress: Progress,
): Promise<Libtensorflow> {
  const folder = join(cache, 'libtensorflow', `${tensorflowVersion}-${variant}-${process.arch}`);
  const result = { libraries: join(folder, 'tensorflow'), headers: join(folder, 'tensorflow', 'include') };
  /** A folder from before our kernels were compiled holds too few headers. */
  const isComplete = (): boolean =>
    existsSync(join(result.headers, 'tensorflow', 'core', 'framework', 'op_kernel.h'));
  if (isComplete()) return result;
  const platform = platformArguments();
  const work = async () => {
    if (isComplete()) return;
    await rm(folder, { recursive: true, force: true });
    const partial = `${folder}.partial`;
    await mkdir(partial, { recursive: true });
    await assertRoom(partial, variant);
    const python = await withLock(join(cache, 'locks', 'pip.lock'), () => pipPython(cache));
    for (const wheel of wheelsOf(variant)) {
      const done = join(partial, `.${wheel}`);
      if (existsSync(done)) continue;
      const file = await download(python, wheel, platform, join(partial, '.download'), progress);
      await unpack(file, wheel, partial, progress);
      await rm(join(partial, '.download'), { recursive: true, force: true });
      await writeFile(done, '');
    }
    await linkNames(join(partial, 'tensorflow'));
    await rename(partial, folder);
  };
  const wait = reportWait(progress, `TensorFlow ${tensorflowVersion}`);
  await withLock(join(cache, 'locks', `libtensorflow-${variant}.lock`), work, wait);
  return result;
}

/**
 * @param folder made anew
 * @param hashes SHA-256 of the files that the wheel may be
 * @returns path of the wheel
 * @throws RunError without network, or where the index gives another file
 */
export async function download(
  python: string,
  wheel: string,
  platform: readonly string[],
  folder: string,
  progress: Progress,
  hashes: readonly string[] = wheelHashes[wheel] ?? [],
): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'temporary'), { recursive: true });
  const list = join(folder, 'wheel.txt');
  await writeFile(list, `${[wheel, ...hashes.map((hash) => `--hash=sha256:${hash}`)].join(' ')}\n`);
  let bytes = 0;
  let totalMegabytes: number | undefined;
  const counting = setInterval(async () => {
    bytes = await largestFileBytes(folder);
  }, 400);
  const args = [
    ...['-m', 'pip', 'download', '--no-deps', '--no-cache-dir', '--disable-pip-version-check'],
    ...['--require-hashes', '--requirement', list],
  ];
  try {
    return await withProgress(
      progress,
      `${wheel.replace('==', ' ')}: download`,
      () => ({ megabytes: bytes / 1e6, totalMegabytes }),
      async () => {
        const { code, stdout, stderr } = await runCommand(
          python,
          [...args, '--progress-bar', 'off', ...platform, '--dest', folder],
          {
            // pip downloads to a temporary file first, whose growth shows how far it is.
            env: { ...process.env, TMPDIR: join(folder, 'temporary') },
            onLine: (line) => {
              totalMegabytes = announcedMegabytes(line) ?? totalMegabytes;
            },
          },
        );
        const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
        if (code === 0 && file !== undefined) {
          bytes = (await stat(join(folder, file))).size;
          return join(folder, file);
        }
        if (/DO NOT MATCH THE HASHES/.test(stdout + stderr)) {
          throw new RunError(
            `${wheel} is not the file that this version was made with: its SHA-256 differs`,
            {
              hint: 'The index, a mirror or a proxy gives another one. Set PIP_INDEX_URL to one that serves the files of PyPI.',
              isCertain: true,
            },
          );
        }
        throw new RunError(
          `${wheel} could not be downloaded:\n${lastLines(stderr.trim() === '' ? stdout : stderr)}`,
          {
            hint: `Check the network. Behind a proxy or a mirror set HTTPS_PROXY or PIP_INDEX_URL, and start \`${setupLine()}\` again.`,
          },
        );
      },
    );
  } finally {
    clearInterval(counting);
  }
}

/** Size in a line of pip, `Downloading x.whl (271.2 MB)`. Undefined for any other line. */
export function announcedMegabytes(line: string): number | undefined {
  const found = /^\s*Downloading \S+ \(([\d.]+) ([kMG])B\)/.exec(line);
  if (found === null) return undefined;
  return Number(found[1]) * { k: 1e-3, M: 1, G: 1e3 }[found[2] as 'k' | 'M' | 'G'];
}

async function unpack(file: string, wheel: string, folder: string, progress: Progress): Promise<void> {
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
  };
  await withProgress(
    progress,
    `${wheel.replace('==', ' ')}: unpack`,
    () => ({ megabytes: bytes / 1e6 }),
    () => unzip(file, folder, isNeeded, count),
  );
}

/** The names under which tfjs and its build files ask for the two libraries. */
async function linkNames(folder: string): Promise<void> {
  const links = {
    'libtensorflow.so': 'libtensorflow_cc.so.2',
    'libtensorflow.so.2': 'libtensorflow_cc.so.2',
    'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  };
  for (const [name, target] of Object.entries(links)) {
    await rm(join(folder, name), { force: true });
    await symlink(target, join(folder, name));
  }
}

/** Size of the largest file in it: pip copies what it has downloaded, so that the sum would count it twice. */
async function largestFileBytes(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  for (const entry of entries) {
    // `path` is the older name of `parentPath`, and the only one in Node 20.9.
    const parent = entry.parentPath ?? entry.path;
    if (!entry.isFile()) continue;
    const { size } = await stat(join(parent, entry.name)).catch(() => ({ size: 0 }));
    bytes = Math.max(bytes, size);
  }
  return bytes;
}

async function assertRoom(folder: string, variant: Variant): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = Math.round((bavail * bsize) / 1e6);
  if (free >= neededMegabytes[variant]) return;
  throw new RunError(
    `${free} MB are free at ${folder}, TensorFlow (${variant}) needs ${neededMegabytes[variant]} MB`,
    {
      hint: 'Free some, or name another folder with MANYHEADS_CACHE.',
    },
  );
}
