/**
 * A connection to Redis that was looked at before anything relies on it, and that waits and says so when it is lost.
 * In: an address. Out: a client that BullMQ takes.
 */
import { Redis, type RedisOptions } from 'ioredis';
import { RunError } from '../../../errors.ts';
import type { QueueAddress } from './url.ts';

/** All sweeps share one queue: a worker takes whatever is next. */
export const QUEUE = 'manyheads';

/** Data of a job. */
export interface QueuedTrial {
  /** Absolute path, the same on every machine. */
  readonly sweepFolder: string;
  readonly trial: string;
  readonly epochs: number | null;
  /** Whoever submitted it wants it to stop with a checkpoint. */
  readonly stop?: boolean;
}

/** What is said where the command line shows a password. */
export const OPEN_PASSWORD =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a person writes.
  "The password stands on the command line, where everybody on this machine can read it; better: 'redis://user:${env:REDIS_PASSWORD}@host', in single quotes, or the whole URL in MANYHEADS_QUEUE.";

const CONNECT_MS = 5000;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 10_000;
/** BullMQ 6: `RedisConnection.minimumVersion`. */
const OLDEST = 5;

/**
 * @param say told when the connection is lost and when it is back
 * @throws RunError where there is no server, or none that can hold the queue
 */
export async function connectQueue(address: QueueAddress, say: (message: string) => void): Promise<Redis> {
  await checkQueue(address);
  return createClient(address, say);
}

/** @throws RunError as `connectQueue` does; leaves no connection behind */
export async function checkQueue(address: QueueAddress): Promise<void> {
  const client = new Redis({ ...clientOptions(address), lazyConnect: true, retryStrategy: () => null });
  try {
    await begun(client);
    await checkServer(client);
  } catch (error) {
    throw refusal(error, address);
  } finally {
    client.disconnect();
  }
}

/** Connects when it can, and again whenever the connection is lost. */
export function createClient(address: QueueAddress, say: (message: string) => void): Redis {
  const client = new Redis({
    ...clientOptions(address),
    retryStrategy: (times) => Math.min(FIRST_WAIT_MS * 2 ** (times - 1), LONGEST_WAIT_MS),
  });
  announceOutages(client, address, say);
  return client;
}

function clientOptions({ host, port, username, password, database, tls }: QueueAddress): RedisOptions {
  return {
    host,
    port,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    db: database,
    connectTimeout: CONNECT_MS,
    // Commands wait until the server is back; BullMQ asks for this.
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
  };
}

/** Until it answers. The reason of a failure comes as an event, before the promise says only that it is closed. */
function begun(client: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${CONNECT_MS / 1000} s`)), CONNECT_MS);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      end();
    };
    client.on('error', (error) => settle(() => reject(error)));
    client
      .connect()
      .then(() => client.ping())
      .then(
        () => settle(resolve),
        // The event is later by a turn where the connection is closed under a command.
        (error) => setTimeout(() => settle(() => reject(error)), 50),
      );
  });
}

async function checkServer(client: Redis): Promise<void> {
  const text = await client.info();
  const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\r?$`, 'm').exec(text)?.[1];
  const version = field('redis_version');
  if (version !== undefined && Number.parseInt(version, 10) < OLDEST) {
    const hint = `BullMQ needs Redis ${OLDEST} or later, better 6.2. Install a newer one.`;
    throw new RunError(`Redis ${version} is too old for the queue`, { hint });
  }
  const policy = field('maxmemory_policy');
  if (policy !== undefined && policy !== 'noeviction') {
    const message = `Redis has maxmemory-policy ${policy}, so it may throw jobs away when its memory is full`;
    throw new RunError(message, {
      hint: 'Set it: redis-cli config set maxmemory-policy noeviction; and in redis.conf, so that it lasts.',
    });
  }
}

function announceOutages(client: Redis, { shown }: QueueAddress, say: (message: string) => void): void {
  let isLost = false;
  let reason = '';
  client.on('error', (error: Error) => {
    reason = ` (${error.message})`;
  });
  client.on('reconnecting', (wait: number) => {
    if (isLost && wait < LONGEST_WAIT_MS) return;
    say(
      `The connection to ${shown} is lost${reason}; trying again, at the latest every ${LONGEST_WAIT_MS / 1000} s.`,
    );
    isLost = true;
  });
  client.on('ready', () => {
    if (isLost) say(`The connection to ${shown} is back.`);
    isLost = false;
    reason = '';
  });
}

/** What went wrong as a sentence with its cure. */
function refusal(error: unknown, address: QueueAddress): RunError {
  if (error instanceof RunError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const found = `${code} ${message}`;
  const { shown, tls } = address;
  const say = (what: string, hint: string): RunError =>
    new RunError(`${what} (${message})`, { hint, cause: error });
  if (/WRONGPASS|invalid password|invalid username/.test(found))
    return say(
      `${shown} does not accept this user and password`,
      'Look at both; --queue says how to give them.',
    );
  if (/NOAUTH/.test(found))
    return say(
      `${shown} wants a password`,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a person writes.
      "Give it: --queue 'redis://user:${env:REDIS_PASSWORD}@host:6379', or :${env:REDIS_PASSWORD}@ without a user.",
    );
  if (/NOPERM/.test(found))
    return say(
      `${shown} does not let this user do what the queue needs`,
      `Its rights must include: ~bull:${QUEUE}:* +@all -@admin -@dangerous +info`,
    );
  if (/DB index/.test(found)) return say(`${shown} has no such database`, 'Take a smaller number, or none.');
  if (/self.signed|SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED|unable to verify/i.test(found))
    return say(
      `the certificate of ${shown} is not signed by anybody known here`,
      'Name the file of its authority: NODE_EXTRA_CA_CERTS=ca.pem run …',
    );
  if (/ALTNAME|CERT_HAS_EXPIRED|CERT_/.test(found))
    return say(
      `the certificate of ${shown} does not hold`,
      'Use the host name that it was made for, or renew it.',
    );
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(found))
    return say(
      `there is no Redis server at ${shown}`,
      'Start one (apt-get install redis-server), or look at host, port and firewall.',
    );
  if (tls && /wrong version number|EPROTO|ECONNRESET|closed|disconnected|no answer/i.test(found))
    return say(`${shown} does not speak TLS`, 'Where the server has no TLS, write redis:// for rediss://.');
  if (!tls && /ECONNRESET|closed|Protocol error|no answer/i.test(found))
    return say(
      `${shown} does not answer as Redis does`,
      'Where the server has TLS, write rediss:// for redis://; else look at host and port.',
    );
  return say(`the connection to ${shown} failed`, 'Look at the address and at the log of the server.');
}
