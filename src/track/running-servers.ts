/**
 * Private MLflow servers of this machine, whichever folder of runs they are for: told by the command lines of processes. In: nothing,
 * or an address. Out: the store folders, in which `server.json` says the rest.
 */
import { dirname } from 'node:path';
import { runCommand } from '../machine/command.ts';
import { findRunningServer, type MlflowServer } from './mlflow-server.ts';

/** As mlflow-server.ts starts it; its worker processes have other words. */
const SERVER = /mlflow server --host 127\.0\.0\.1 --port \d+ .*--artifacts-destination (\/.*\/)artifacts$/;

export interface RunningServer extends MlflowServer {
  /** Folder of the runs that it shows. */
  readonly runs: string;
}

/** Servers that answer. Of another user's there is none, nor where processes can't be listed. */
export async function runningServers(): Promise<RunningServer[]> {
  const { code, stdout } = await runCommand('ps', ['-ww', '-eo', 'args=']).catch(() => ({
    code: 1,
    stdout: '',
  }));
  if (code !== 0) return [];
  const folders = stdout.split('\n').flatMap((line) => SERVER.exec(line.trim())?.[1] ?? []);
  const found = await Promise.all(
    [...new Set(folders)].map(async (folder) => {
      const server = await findRunningServer(folder).catch(() => undefined);
      return server === undefined ? [] : [{ ...server, runs: dirname(folder) }];
    }),
  );
  return found.flat();
}

/** @param address as `http://127.0.0.1:5000`, `localhost:5000` or `5000` */
export function isAt({ port }: MlflowServer, address: string): boolean {
  return new RegExp(`^(?:(?:https?://)?(?:127\\.0\\.0\\.1|localhost):)?${port}(?:/.*)?$`).test(address);
}
