/**
 * MLflow's page for the runs here: on the server that is configured, or else on a private one with an embedded SQLite
 * store, started where it does not run yet. Whatever was not sent is sent first.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { RunError } from '../errors.ts';
import type { Progress } from '../setup/progress.ts';
import type { Target } from './mlflow.ts';
import { type MlflowServer, startMlflowServer } from './mlflow-server.ts';
import { type SyncedRun, type SyncProgress, syncRuns } from './sync.ts';

export interface UiOptions {
  readonly runsFolder: string;
  /** Folder of the embedded store; made where needed. */
  readonly storeFolder: string;
  /** The configured server; without one the embedded store is used. */
  readonly target?: Target | undefined;
  /** Open this run's page; by default the page of the newest run's experiment. */
  readonly runId?: string | undefined;
  /** Port of the private server, by default a free one. */
  readonly port?: number | undefined;
  /** Told of the installation and start of the private server. */
  readonly log: Progress;
  /** Wraps the sending of what is not sent yet, to say how far it is. */
  readonly sync: <T>(action: (progress: SyncProgress) => Promise<T>) => Promise<T>;
}

export interface OpenedUi {
  /** Address for the browser. */
  readonly page: string;
  readonly uri: string;
  /** The private server, which outlives this process until it is stopped; absent where one is configured. */
  readonly server: MlflowServer | undefined;
  readonly synced: readonly SyncedRun[];
}

/**
 * @throws ExperimentError `unknownRun` for a run that is not there
 * @throws RunError where MLflow cannot be installed or started
 */
export async function openUi(options: UiOptions): Promise<OpenedUi> {
  const { runsFolder, runId, log } = options;
  let target = options.target;
  let server: MlflowServer | undefined;
  if (!target) {
    const { storeFolder, port } = options;
    server = await startMlflowServer({
      storeFolder,
      log,
      detached: true,
      ...(port !== undefined && { port }),
    });
    if (port !== undefined && server.port !== port) {
      throw new RunError(`the server of ${storeFolder} runs already, on port ${server.port}`, {
        hint: 'Stop it with run ui --stop to have it on another port.',
      });
    }
    target = embeddedTarget(runsFolder, storeFolder, server.uri);
  }
  const chosen = target;
  const synced = await options.sync((progress) => syncRuns(runsFolder, 'all', chosen, progress));
  if (runId !== undefined && !synced.some((run) => run.runId === runId)) {
    await options.sync((progress) => syncRuns(runsFolder, [runId], chosen, progress));
  }
  const shown =
    runId === undefined
      ? synced.findLast((run) => run.experimentId !== undefined)
      : synced.find((run) => run.runId === runId);
  return { page: pageOf(target.uri, shown, runId !== undefined), uri: target.uri, server, synced };
}

/** The embedded store as a target: its server has another port each time, so it is named by where it lies. */
export function embeddedTarget(runsFolder: string, storeFolder: string, uri: string): Target {
  return { uri, key: `store:${path.relative(runsFolder, storeFolder)}` };
}

/** Without `workflowType` the page opens on its part for language models. */
const VIEW = 'workflowType=machine_learning';

/**
 * @param run whose experiment, or which run itself, to show; without one the list of experiments
 */
export function pageOf(
  uri: string,
  run: { readonly experimentId?: string | undefined; readonly mlflowRunId?: string | undefined } | undefined,
  itself: boolean,
): string {
  if (run?.experimentId === undefined) return `${uri}/#/experiments?${VIEW}`;
  const experiment = `${uri}/#/experiments/${run.experimentId}`;
  return itself && run.mlflowRunId !== undefined
    ? `${experiment}/runs/${run.mlflowRunId}?${VIEW}`
    : `${experiment}?${VIEW}`;
}

/**
 * Shows an address in the person's browser, where there is a screen.
 * @returns whether a browser was asked to
 */
export function openInBrowser(address: string): boolean {
  const { platform, env } = process;
  if (platform === 'linux' && env.DISPLAY === undefined && env.WAYLAND_DISPLAY === undefined) return false;
  const [program, ...args] =
    platform === 'darwin' ? ['open'] : platform === 'win32' ? ['cmd', '/c', 'start', '""'] : ['xdg-open'];
  const child = spawn(program!, [...args, address], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
  return true;
}
