/** `run ui`: the MLflow page. `run sync`: sends what a server does not have yet. */
import { basename, join } from 'node:path';
import { ExperimentError, RunError } from '../errors.ts';
import type { MlflowServer } from '../track/mlflow-server.ts';
import type { SyncProgress } from '../track/sync.ts';
import { type AddCommand, type Output, withExample } from './command.ts';

export const addUi: AddCommand = (program, output) => {
  const { print, printJson, screen } = output;
  withExample(
    program
      .command('ui')
      .description('open MLflow: the configured server, or a private one on this machine')
      .argument('[run]', 'name of the run or sweep to show, or the beginning of its name')
      .option('--stop [address]', 'stop the private server of these runs, or the one at an address')
      .option('--json', 'print the address as one JSON object'),
    'run ui',
  ).action(async (name: string | undefined, options: { stop?: boolean | string; json?: boolean }) => {
    const { findRun, runsFolder } = await import('../run/folders.ts');
    const runs = runsFolder();
    const storeFolder = join(runs, '.mlflow');
    if (options.stop) {
      const stopped = await stopServer(runs, options.stop === true ? undefined : options.stop);
      if (options.json) return printJson({ stopped: stopped !== undefined });
      return print(
        stopped === undefined
          ? `No MLflow server runs for ${runs}, nor for other runs on this machine.`
          : `The MLflow server at ${stopped.uri} was stopped.`,
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
      log: streamProgress(screen.stream),
      sync: (action) => sending(output, action),
    });
    if (options.json) return printJson({ page });
    print(page);
    openInBrowser(page);
  });
};

/**
 * @param address of the server to stop; undefined for the one of these runs
 * @returns undefined where none runs
 * @throws RunError where others run, with their addresses
 */
async function stopServer(runs: string, address: string | undefined): Promise<MlflowServer | undefined> {
  const { findRunningServer } = await import('../track/mlflow-server.ts');
  const { isAt, runningServers } = await import('../track/running-servers.ts');
  const own = address === undefined ? await findRunningServer(join(runs, '.mlflow')) : undefined;
  const all = own === undefined ? await runningServers() : [];
  const server = own ?? all.find((each) => address !== undefined && isAt(each, address));
  await server?.stop();
  if (server !== undefined || (all.length === 0 && address === undefined)) return server;
  const what = address === undefined ? `for ${runs}` : `at ${address} that this project started`;
  const known = all.map((each) => `${each.uri} for ${each.runs}`).join(', ');
  throw new RunError(`no MLflow server runs ${what}`, {
    hint:
      known === ''
        ? 'There is none on this machine.'
        : `There are ${known}: \`run ui --stop ADDRESS\` stops one.`,
  });
}

export const addSync: AddCommand = (program, output, exit) => {
  const { print, printJson } = output;
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
    const synced = await sending(output, (progress) => syncRuns(runs, chosen, target, progress));
    if (synced.some(({ left }) => left > 0)) exit(1);
    if (options.json) return printJson({ runs: synced });
    for (const { runId, outcome, left } of synced)
      print(`${runId}: ${outcome}${left > 0 ? `, ${left} events left` : ''}`);
  });
};

/** Says how far the sending is, on the terminal in place. */
async function sending<T>(
  { say, screen }: Output,
  action: (progress: SyncProgress) => Promise<T>,
): Promise<T> {
  const { streamProgress, withProgress } = await import('../setup/progress.ts');
  let detail: string | undefined;
  const { packageModel } = await import('../export/mlflow/package.ts');
  const progress: SyncProgress = {
    packageModel,
    run: () => undefined,
    next(done, total) {
      detail = total > 1 ? `${done} of ${total} runs` : undefined;
    },
    notify: say,
  };
  return withProgress(
    streamProgress(screen.stream),
    'MLflow: send runs',
    () => ({ detail }),
    () => action(progress),
  );
}

function noServer(): ExperimentError {
  const hint = 'Set MLFLOW_TRACKING_URI or give --uri; `run ui` needs neither.';
  return new ExperimentError([{ code: 'badArgument', path: '', message: 'no MLflow server is named', hint }]);
}
