/** Runs the program as a person would: another process, its output and exit code. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LAUNCHER = fileURLToPath(new URL('../../src/launch.mjs', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  /** What has been written to standard error so far. */
  stderr(): string;
  readonly finished: Promise<Finished>;
}

/** @param environment in place of variables of this process; undefined takes one away */
export function startCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = {},
  cwd?: string,
): Started {
  const { MLFLOW_TRACKING_URI: _, NODE_TEST_CONTEXT: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, stderr: () => stderr, finished };
}

export function runCommand(...args: Parameters<typeof startCommand>): Promise<Finished> {
  return startCommand(...args).finished;
}
