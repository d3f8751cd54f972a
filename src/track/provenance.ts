/**
 * Where a run comes from: the code's commit and what differs from it, who ran it, and the machine and packages it ran
 * on. For the run's tags and its files; nothing here changes the result.
 */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, release, type as systemName, totalmem, userInfo } from 'node:os';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface GitState {
  readonly commit: string;
  /** Absent where no branch is checked out. */
  readonly branch: string | undefined;
  /** Without user and password. */
  readonly remote: string | undefined;
  readonly isDirty: boolean;
  /** What differs from the commit, as a patch, and the names of untracked files; empty for a clean tree. */
  readonly diff: string;
}

export interface Environment {
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Versions of the packages that are installed for running, from package-lock.json. */
  readonly packages: Readonly<Record<string, string>>;
  /** What the caller knows, as the version of TensorFlow and the device. */
  readonly [also: string]: unknown;
}

export interface Provenance {
  /** Absent outside a git repository, or without git. */
  readonly git: GitState | undefined;
  readonly user: string;
  readonly environment: Environment;
}

/** A patch longer than this is cut, with a note: bytes of data do not belong into it. */
const DIFF_LIMIT = 1_000_000;

/**
 * @param folder a folder of the repository whose code runs
 * @param also what else belongs to the environment, as `{ tensorflow: '2.21.0' }`
 */
export async function gatherProvenance(
  folder: string,
  also: Record<string, unknown> = {},
): Promise<Provenance> {
  return {
    git: await gitState(folder),
    user: userName(),
    environment: {
      node: process.versions.node,
      system: `${systemName()} ${release()} ${arch()}`,
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      packages: lockedPackages(),
      ...also,
    },
  };
}

/**
 * As the tags that MLflow's page shows beside a run's name.
 * @param source what was run, as `experiments/quickstart.yaml`
 */
export function provenanceTags({ git, user }: Provenance, source: string): Record<string, string> {
  return {
    'mlflow.user': user,
    'mlflow.source.name': source,
    'mlflow.source.type': 'LOCAL',
    ...(git && { 'mlflow.source.git.commit': git.commit, 'git.dirty': String(git.isDirty) }),
    ...(git?.branch !== undefined && { 'mlflow.source.git.branch': git.branch }),
    ...(git?.remote !== undefined && { 'mlflow.source.git.repoURL': git.remote }),
  };
}

async function gitState(folder: string): Promise<GitState | undefined> {
  const git = async (...args: string[]): Promise<string> => {
    const options = { cwd: folder, maxBuffer: 64 * DIFF_LIMIT, timeout: 20_000 };
    const { stdout } = await execute('git', ['--no-optional-locks', ...args], options);
    return stdout.trimEnd();
  };
  const maybe = (...args: string[]) => git(...args).catch(() => undefined);
  const commit = await maybe('rev-parse', '--verify', 'HEAD');
  if (commit === undefined) return undefined;
  const [branch, remote, changes, untracked] = await Promise.all([
    maybe('symbolic-ref', '--short', 'HEAD'),
    maybe('config', '--get', 'remote.origin.url'),
    maybe('diff', '--no-ext-diff', '--no-color', 'HEAD'),
    maybe('ls-files', '--others', '--exclude-standard', '--full-name', ':/'),
  ]);
  const names = (untracked ?? '').split('\n').filter((name) => name !== '');
  const patch =
    changes === undefined ? `the difference to the commit is too large to be kept\n` : clip(changes);
  const list = names.map((name) => `untracked: ${name}\n`).join('');
  return {
    commit,
    branch,
    remote: remote?.replace(/\/\/[^/@]*@/, '//'),
    isDirty: changes !== '' || names.length > 0,
    diff: [patch === '' ? '' : `${patch}\n`, clip(list)].join(''),
  };
}

function clip(text: string): string {
  if (text.length <= DIFF_LIMIT) return text;
  return `${text.slice(0, DIFF_LIMIT)}\n(cut: ${text.length} characters)\n`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that has no name.
    return process.env.USER ?? 'unknown';
  }
}

function lockedPackages(): Record<string, string> {
  let lock: { packages?: Record<string, { version?: string; dev?: boolean }> };
  try {
    lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  } catch {
    return {};
  }
  const prefix = 'node_modules/';
  return Object.fromEntries(
    Object.entries(lock.packages ?? {})
      .filter(
        ([place, { dev }]) => place.startsWith(prefix) && !place.includes('/node_modules/') && dev !== true,
      )
      .map(([place, { version }]) => [place.slice(prefix.length), version ?? 'unknown']),
  );
}
