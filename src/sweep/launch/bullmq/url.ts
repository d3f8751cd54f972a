/** Where a queue is. In: a URL with `${env:NAME}` in it. Out: what a connection needs, and the same as may be shown. */
import { ExperimentError } from '../../../errors.ts';
import { own } from '../../../words.ts';

/** Variable with the URL of the queue, for whoever does not give `--queue`. */
const VARIABLE = 'MANYHEADS_QUEUE';

export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly database: number;
  readonly tls: boolean;
  /** Without the password. */
  readonly shown: string;
  /** Whether the password stands in the arguments of the process, where everybody on the machine reads it. */
  readonly isPasswordOpen: boolean;
}

/**
 * @param given value of `--queue`; without it the variable MANYHEADS_QUEUE counts
 * @throws ExperimentError
 */
export function queueAddress(
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): QueueAddress {
  const text = given ?? environment.MANYHEADS_QUEUE;
  if (text === undefined || text === '')
    throw wrong('expected the URL of a Redis server', `Say --queue redis://host:6379, or set ${VARIABLE}.`);
  const url = parsed(substituted(text, environment));
  const tls = url?.protocol === 'rediss:';
  if (url === undefined || !(tls || url.protocol === 'redis:') || url.hostname === '') {
    // What was given is not repeated: it may hold a password.
    const hint = 'As in rediss://user:password@host:6379/0; in a password, @ is %40, / is %2F, : is %3A.';
    throw wrong('expected redis://[user:password@]host[:port][/number], or rediss:// with TLS', hint);
  }
  const database = /^\/?$/.test(url.pathname) ? 0 : Number(url.pathname.slice(1));
  if (!Number.isInteger(database) || database < 0) {
    const message = `expected the number of a database after the host, found ${JSON.stringify(url.pathname)}`;
    throw wrong(message, 'Leave it out for database 0.');
  }
  if (url.search !== '' || url.hash !== '')
    throw wrong('expected nothing after the number of the database', 'Leave out what follows ? or #.');
  const user = url.username === '' ? '' : `${url.username}@`;
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    username: url.username === '' ? undefined : decodeURIComponent(url.username),
    password: url.password === '' ? undefined : decodeURIComponent(url.password),
    database,
    tls,
    shown: `${url.protocol}//${user}${url.host}${database === 0 ? '' : `/${database}`}`,
    isPasswordOpen: given !== undefined && url.password !== '' && !given.includes('${env:'),
  };
}

/** Of a whole URL as it is; of a part so that its characters mean themselves. */
function substituted(text: string, environment: NodeJS.ProcessEnv): string {
  return text.replace(/\$\{env:(\w+)\}/g, (piece, name: string) => {
    const value = own(environment, name);
    if (value === undefined)
      throw wrong(`the environment variable ${name} is not set`, `Set it: export ${name}=…`);
    return piece === text ? value : encodeURIComponent(value);
  });
}

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function wrong(message: string, hint: string): ExperimentError {
  return new ExperimentError([{ code: 'badArgument', path: '--queue', message, hint }]);
}
