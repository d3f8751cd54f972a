/** A real Redis for one test file, on loopback, with its data in a folder of the temporary directory. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../../src/track/free-port.ts';

/** Why tests with Redis are skipped; undefined where they are not. */
export const withoutRedis =
  spawnSync('redis-server', ['--version']).status === 0
    ? undefined
    : 'redis-server is not installed (apt-get install redis-server), so the queue was not tested';

export interface RedisServer {
  readonly port: number;
  readonly folder: string;
  start(): Promise<void>;
  /** As a power cut does where the signal is SIGKILL. */
  stop(signal: NodeJS.Signals): Promise<void>;
  /** Stops it and removes its folder. */
  remove(): Promise<void>;
}

/** @param options as on the command line of redis-server; FOLDER and PORT stand for its own */
export async function createRedis(options: readonly string[] = ['--port', 'PORT']): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'manyheads-redis-'));
  const port = await freePort();
  const words = options.map((word) => word.replace('FOLDER', folder).replace('PORT', String(port)));
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    port,
    folder,
    async start() {
      child = spawn('redis-server', ['--bind', '127.0.0.1', '--dir', folder, ...words], { stdio: 'ignore' });
      for (let tries = 0; tries < 200 && !(await listens(port)); tries++) await sleep(50);
    },
    async stop(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child!.once('exit', resolve));
      child.kill(signal);
      await ended;
    },
    async remove() {
      await server.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return server;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
