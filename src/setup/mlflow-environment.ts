// MLflow's server in a virtual environment of its own in the cache: always the same version, whatever else is installed.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunError } from '../errors.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { lastLines, runCommand } from '../machine/command.ts';
import { withLock } from '../machine/lock.mjs';
import type { Progress } from './progress.ts';
import { reportWait, withProgress } from './progress.ts';
import { makeEnvironment } from './python.ts';
import { hasMlflow, mlflowPlaces } from './stamp.mjs';
import { mlflowVersion } from './versions.mjs';

/**
 * MLflow and all that it needs, each with the SHA-256 of its files: the same today and in a year, and no other. Written by
 * test/setup/fixtures/make_mlflow_packages.sh.
 */
export const mlflowPackages = join(import.meta.dirname, 'hashes', 'mlflow.txt');

/**
 * Installs MLflow where it is not yet there: about a minute and 850 MB, once a machine.
 * @returns path of the `mlflow` program
 * @throws RunError without Python or network
 */
export async function ensureMlflow(progress: Progress): Promise<string> {
  const { folder, executable, stamp } = mlflowPlaces();
  if (hasMlflow()) return executable;
  const work = async () => {
    if (hasMlflow()) return;
    // An environment has its own path in its files and cannot be renamed into place; the stamp says it is complete.
    await rm(stamp, { force: true });
    let detail = 'about 850 MB';
    await withProgress(
      progress,
      `MLflow ${mlflowVersion}: install`,
      () => ({ detail }),
      async () => {
        const python = await makeEnvironment(folder);
        const args = [
          '-m',
          'pip',
          'install',
          '--no-cache-dir',
          '--disable-pip-version-check',
          '--progress-bar',
          'off',
          ...['--require-hashes', '--requirement', mlflowPackages],
        ];
        const { code, stdout, stderr } = await runCommand(python, args, {
          onLine: (line) => {
            detail = stepOf(line) ?? detail;
          },
        });
        if (code !== 0) {
          throw new RunError(
            `MLflow could not be installed:\n${lastLines(stderr.trim() === '' ? stdout : stderr)}`,
            {
              hint: 'Check the network. Behind a proxy or a mirror set HTTPS_PROXY or PIP_INDEX_URL, and try again.',
            },
          );
        }
        // pip compiles one file after the other; this uses every core. Some packages hold templates that are no valid
        // Python, which is no fault of the installation, so the exit code says nothing.
        detail = 'compiling';
        await runCommand(python, ['-m', 'compileall', '-q', '-j', '0', join(folder, 'lib')]);
        detail = folder;
      },
    );
    await writeFile(stamp, `${JSON.stringify({ mlflow: mlflowVersion })}\n`);
  };
  await withLock(
    join(cacheFolder(), 'locks', 'mlflow.lock'),
    work,
    reportWait(progress, `MLflow ${mlflowVersion}`),
  );
  return executable;
}

/** What pip is at, from a line of its output: `collecting pandas`. Undefined for other lines. */
export function stepOf(line: string): string | undefined {
  const collecting = /^Collecting ([\w.-]+)/.exec(line);
  if (collecting !== null) return `collecting ${collecting[1]}`;
  const installing = /^Installing collected packages: (.*)$/.exec(line);
  return installing === null ? undefined : `installing ${installing[1]!.split(',').length} packages`;
}
