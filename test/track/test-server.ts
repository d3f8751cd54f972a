// A real MLflow server for one test file, with its store and its runs in a folder of the temporary directory.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { freePort } from '../../src/track/free-port.ts';
import { parseTarget, type Target } from '../../src/track/mlflow.ts';
import { type MlflowServer, startMlflowServer } from '../../src/track/mlflow-server.ts';
import type { RunDescription } from '../../src/track/run.ts';
import type { TrackerOptions } from '../../src/track/tracker.ts';

export interface TestServer {
  readonly uri: string;
  readonly target: Target;
  readonly storeFolder: string;
  /** A folder for runs of its own, so that `all` means the runs of one test. */
  newRuns(): string;
  /** Kills the server as a power cut does. */
  kill(): void;
  /** Starts it again on the same port and store. */
  restart(): Promise<void>;
}

/** Started before the file's tests and stopped after them. */
export function useServer(): TestServer {
  const home = mkdtempSync(path.join(tmpdir(), 'manyheads-track-'));
  const storeFolder = path.join(home, 'store');
  let port: number;
  let server: MlflowServer;
  const start = async () => {
    server = await startMlflowServer({ storeFolder, port, log: () => undefined });
  };
  before(async () => {
    port = await freePort();
    await start();
  });
  after(async () => {
    await server.stop();
    rmSync(home, { recursive: true, force: true });
  });
  return {
    storeFolder,
    get uri() {
      return server.uri;
    },
    get target() {
      return parseTarget(server.uri, 'test');
    },
    newRuns: () => mkdtempSync(path.join(home, 'runs-')),
    kill: () => process.kill(-server.pid, 'SIGKILL'),
    restart: start,
  };
}

/** A busy machine must not make a test fail: the limit of `end` is tested in refusal.test.ts. */
export const patient = {
  backoff: { firstMs: 50, longestMs: 500 },
  endTimeoutMs: 60_000,
} satisfies Partial<TrackerOptions>;

/** For runs about which there is nothing to say. */
export const silent = {
  packageModel: (): never => assert.fail('no model is sent'),
  run: () => undefined,
  notify: (message: string): never => assert.fail(message),
};

export function describeRun(runId: string, more: Partial<RunDescription> = {}): RunDescription {
  return {
    runId,
    name: runId,
    experiment: 'tests',
    parameters: { 'stages[0].epochs': 2 },
    tags: {},
    ...more,
  };
}
