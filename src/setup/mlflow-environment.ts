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
 * The server's libraries that MLflow 3.17 leaves open at the top, held to the major versions it was tried with, so that
 * it still installs and starts when new ones come out. All of them belong to MLflow's own requirements.
 */
const constraints = [
  ...[
    'alembic<2',
    'click<9',
    'fastapi<1',
    'Flask<4',
    'gunicorn<27',
    'huey<4',
    'numpy<3',
    'pandas<4',
    'protobuf<8',
  ],
  ...['pyarrow<26', 'pydantic<3', 'SQLAlchemy<2.2', 'starlette<2', 'uvicorn<1', 'Werkzeug<4'],
];

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
        ];
        const { code, stdout, stderr } = await runCommand(
          python,
          [...args, `mlflow==${mlflowVersion}`, ...constraints],
          {
            onLine: (line) => {
              detail = stepOf(line) ?? detail;
            },
          },
        );
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
