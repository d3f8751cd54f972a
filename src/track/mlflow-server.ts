// An MLflow server for one store folder. In: the folder. Out: address and process of a server that answers; whoever asks
// next for the same folder gets the same server. In the folder: mlflow.db, artifacts/, server.json, server.log.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../errors.ts';
import { lastLines } from '../machine/command.ts';
import { withLock } from '../machine/lock.mjs';
import { fate, markOf, type ProcessMark, parseMark } from '../machine/process-mark.mjs';
import { writeWhole } from '../machine/whole.mjs';
import { ensureMlflow } from '../setup/mlflow-environment.ts';
import { askMlflow } from '../setup/mlflow-probe.ts';
import type { Progress } from '../setup/progress.ts';
import { freePort } from './free-port.ts';

export interface MlflowServer {
  /** As `http://127.0.0.1:5000`. */
  readonly uri: string;
  readonly pid: number;
  readonly port: number;
  /** Did this call start it? Else it was running for this store already. */
  readonly started: boolean;
  /** Ends the server for everybody: SIGTERM, after 10 s SIGKILL. */
  stop(): Promise<void>;
}

export interface MlflowServerOptions {
  /** Made where it does not exist. */
  readonly storeFolder: string;
  /** @default a free one */
  readonly port?: number | undefined;
  /** Told each step that takes time, as the first installation. */
  readonly log: Progress;
  /** Does the server outlive this process? @default false */
  readonly detached?: boolean;
}

/** `server.json`: a server and the mark of its process. */
interface ServerRecord extends ProcessMark {
  readonly uri: string;
  readonly port: number;
}

const startLimitMs = 60_000;
const stopLimitMs = 10_000;
const pollMs = 250;

/**
 * Starts a server, or finds the one of this store. Waits until its API answers.
 * @throws RunError where MLflow cannot be installed, or does not answer within 60 s
 */
export async function startMlflowServer(options: MlflowServerOptions): Promise<MlflowServer> {
  const folder = resolve(options.storeFolder);
  mkdirSync(join(folder, 'artifacts'), { recursive: true });
  return withLock(join(folder, 'server.lock'), async () => {
    const running = await findRunningServer(folder);
    if (running !== undefined) return running;
    const executable = await ensureMlflow(options.log);
    const port = options.port ?? (await freePort());
    const record = launch(executable, folder, port, options.detached ?? false);
    const server = serverOf(record, folder, true);
    const begun = performance.now();
    while (!(await askMlflow(record.uri, 2000, {})).ok) {
      const seconds = (performance.now() - begun) / 1000;
      if (!isRunning(record) || seconds * 1000 > startLimitMs) {
        await server.stop();
        const log = join(folder, 'server.log');
        throw new RunError(`the MLflow server did not start:\n${lastLines(readFileSync(log, 'utf8'))}`, {
          hint: `Its whole log is ${log}`,
        });
      }
      options.log({ what: 'MLflow server: start', seconds, finished: false });
      await sleep(pollMs);
    }
    options.log({
      what: 'MLflow server: start',
      detail: record.uri,
      seconds: (performance.now() - begun) / 1000,
      finished: true,
    });
    return server;
  });
}

/** The server of this store, where one runs and answers. */
export async function findRunningServer(storeFolder: string): Promise<MlflowServer | undefined> {
  const folder = resolve(storeFolder);
  const record = readRecord(join(folder, 'server.json'));
  if (record === undefined || !isRunning(record)) return undefined;
  return (await askMlflow(record.uri, 5000, {})).ok ? serverOf(record, folder, false) : undefined;
}

function launch(executable: string, folder: string, port: number, detached: boolean): ServerRecord {
  const log = openSync(join(folder, 'server.log'), 'a');
  const env: NodeJS.ProcessEnv = { ...process.env };
  // Else the server would speak to another one, or ask its own users to log in.
  for (const name of Object.keys(env)) if (name.startsWith('MLFLOW_')) delete env[name];
  const args = [
    ...['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
    ...['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`],
    ...['--artifacts-destination', join(folder, 'artifacts')],
  ];
  const child = spawn(executable, args, {
    cwd: folder,
    // Its own process group: Ctrl-C on the terminal must not end it before the last metrics are sent.
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_DISABLE_TELEMETRY: 'true' },
  });
  child.unref();
  // An error without a listener would end this process; the wait for an answer reports it.
  child.on('error', () => {});
  closeSync(log);
  const pid = child.pid;
  if (pid === undefined)
    throw new RunError(`${executable} could not be started`, { hint: 'Run `run doctor`.' });
  if (!detached) process.once('exit', () => signal(pid, 'SIGTERM'));
  const record = { ...markOf(pid), uri: `http://127.0.0.1:${port}`, port };
  writeWhole(join(folder, 'server.json'), record);
  return record;
}

function serverOf(record: ServerRecord, folder: string, started: boolean): MlflowServer {
  const { uri, pid, port } = record;
  const stop = async () => {
    const path = join(folder, 'server.json');
    if (isRunning(record)) signal(pid, 'SIGTERM');
    const begun = performance.now();
    while (isRunning(record)) {
      if (performance.now() - begun > stopLimitMs) signal(pid, 'SIGKILL');
      await sleep(50);
    }
    if (readRecord(path)?.pid === pid) rmSync(path, { force: true });
  };
  return { uri, pid, port, started, stop };
}

/** To the whole group: the server has a worker process beside it. */
function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** One of another machine listens there alone. */
function isRunning(record: ServerRecord): boolean {
  return fate(record) === 'alive';
}

/** @returns undefined where there is none, or nothing that can be used: another server is started then */
function readRecord(path: string): ServerRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as Partial<ServerRecord> | null;
    const mark = parseMark(record);
    if (mark === undefined || typeof record?.uri !== 'string' || typeof record.port !== 'number')
      return undefined;
    return { ...mark, uri: record.uri, port: record.port };
  } catch {
    return undefined;
  }
}
