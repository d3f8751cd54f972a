/** `run ui`: the MLflow page. `run sync`: sends what a server does not have yet. */
import { basename, join } from 'node:path';
import { ExperimentError } from '../errors.ts';
import type { SyncProgress } from '../track/sync.ts';
import { type AddCommand, withExample } from './command.ts';

export const addUi: AddCommand = (program, { print, printJson, say }) => {
  withExample(
    program
      .command('ui')
      .description('open MLflow: the configured server, or a private one on this machine')
      .argument('[run]', 'name of the run or sweep to show, or the beginning of its name')
      .option('--stop', 'stop the private server')
      .option('--json', 'print the address as one JSON object'),
    'run ui',
  ).action(async (name: string | undefined, options: { stop?: boolean; json?: boolean }) => {
    const { findRun, runsFolder } = await import('../run/folders.ts');
    const runs = runsFolder();
    const storeFolder = join(runs, '.mlflow');
    if (options.stop) {
      const { findRunningServer } = await import('../track/mlflow-server.ts');
      const server = await findRunningServer(storeFolder);
      await server?.stop();
      if (options.json) return printJson({ stopped: server !== undefined });
      return print(
        server ? `The MLflow server at ${server.uri} was stopped.` : 'No MLflow server was running.',
      );
    }
    const { findSweep } = await import('../sweep/ledger/open.ts');
    const folderOf = (given: string): string => findSweep(runs, given) ?? findRun(runs, given);
    const { openInBrowser, openUi } = await import('../track/ui.ts');
    const { chooseTarget } = await import('../track/mlflow.ts');
    const { streamProgress } = await import('../setup/progress.ts');
    const { page } = await openUi({
      runsFolder: runs,
      storeFolder,
      target: chooseTarget(null),
      runId: name === undefined ? undefined : basename(folderOf(name)),
      log: streamProgress(process.stderr),
      sync: (action) => sending(say, action),
    });
    if (options.json) return printJson({ page });
    print(page);
    openInBrowser(page);
  });
};

export const addSync: AddCommand = (program, { print, printJson, say }, exit) => {
  withExample(
    program
      .command('sync')
      .description('send to an MLflow server what it does not have yet')
      .argument('[runs...]', 'names of runs and sweeps, or the beginnings of names; without any, all')
      .option('--uri <address>', 'address of the server; without it, MLFLOW_TRACKING_URI')
      .option('--json', 'print the outcome as one JSON object'),
    'MLFLOW_TRACKING_URI=https://mlflow.example.org run sync',
  ).action(async (names: string[], options: { uri?: string; json?: boolean }) => {
    const { findRun, runsFolder } = await import('../run/folders.ts');
    const { chooseTarget, parseTarget } = await import('../track/mlflow.ts');
    const { spooledOf, syncRuns } = await import('../track/sync.ts');
    const { findSweep } = await import('../sweep/ledger/open.ts');
    const target = options.uri === undefined ? chooseTarget(null) : parseTarget(options.uri, '--uri');
    if (target === undefined) throw noServer();
    const runs = runsFolder();
    const runsOf = (name: string): string[] => {
      const sweep = findSweep(runs, name);
      return sweep === undefined ? [basename(findRun(runs, name))] : spooledOf(runs, basename(sweep));
    };
    const chosen = names.length === 0 ? 'all' : names.flatMap(runsOf);
    const synced = await sending(say, (progress) => syncRuns(runs, chosen, target, progress));
    if (synced.some(({ left }) => left > 0)) exit(1);
    if (options.json) return printJson({ runs: synced });
    for (const { runId, outcome, left } of synced)
      print(`${runId}: ${outcome}${left > 0 ? `, ${left} events left` : ''}`);
  });
};

/** Says how far the sending is, on the terminal in place. */
async function sending<T>(
  notify: (message: string) => void,
  action: (progress: SyncProgress) => Promise<T>,
): Promise<T> {
  const { streamProgress, withProgress } = await import('../setup/progress.ts');
  let detail: string | undefined;
  const progress: SyncProgress = {
    run: () => undefined,
    next(done, total) {
      detail = total > 1 ? `${done} of ${total} runs` : undefined;
    },
    notify,
  };
  return withProgress(
    streamProgress(process.stderr),
    'MLflow: send runs',
    () => ({ detail }),
    () => action(progress),
  );
}

function noServer(): ExperimentError {
  const hint = 'Set MLFLOW_TRACKING_URI or give --uri; `run ui` needs neither.';
  return new ExperimentError([{ code: 'badArgument', path: '', message: 'no MLflow server is named', hint }]);
}
