/**
 * How to prove who we are to a server, and whom to believe it is: the variables and the file that MLflow's own client
 * reads (https://mlflow.org/docs/latest/self-hosting/security/basic-http-auth/).
 */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { RunError } from '../errors.ts';
import type { Target } from './mlflow.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TlsSettings {
  readonly rejectUnauthorized?: boolean;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
}

/**
 * The `Authorization` header: user and password of MLFLOW_TRACKING_USERNAME and _PASSWORD, else of the address, else
 * of ~/.mlflow/credentials; else the token MLFLOW_TRACKING_TOKEN; else nothing.
 */
export function authorization(target: Target, environment: Environment = process.env): string | undefined {
  const user = environment.MLFLOW_TRACKING_USERNAME;
  const password = environment.MLFLOW_TRACKING_PASSWORD;
  if (user !== undefined && password !== undefined) return basic(user, password);
  if (target.login) return basic(target.login.user, target.login.password);
  const kept = credentialsFile(environment);
  if (kept) return basic(kept.user, kept.password);
  const token = environment.MLFLOW_TRACKING_TOKEN;
  return token === undefined || token === '' ? undefined : `Bearer ${token}`;
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function credentialsFile(environment: Environment): { user: string; password: string } | undefined {
  let text: string;
  try {
    text = readFileSync(path.join(environment.HOME ?? homedir(), '.mlflow', 'credentials'), 'utf8');
  } catch {
    return undefined;
  }
  let section = '';
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim() ?? section;
    const entry = /^\s*([a-z_]+)\s*[=:]\s*(.*?)\s*$/i.exec(line);
    if (entry && section === 'mlflow') values.set(entry[1]!.toLowerCase(), entry[2]!);
  }
  const user = values.get('mlflow_tracking_username');
  const password = values.get('mlflow_tracking_password');
  return user === undefined || password === undefined ? undefined : { user, password };
}

/**
 * MLFLOW_TRACKING_INSECURE_TLS, MLFLOW_TRACKING_SERVER_CERT_PATH (one PEM file of authorities) and
 * MLFLOW_TRACKING_CLIENT_CERT_PATH (certificate and key in one PEM file).
 * @throws RunError where a named file cannot be read
 */
export function tlsSettings(environment: Environment = process.env): TlsSettings {
  const insecure = /^(true|1)$/i.test(environment.MLFLOW_TRACKING_INSECURE_TLS ?? '');
  const ca = pem('MLFLOW_TRACKING_SERVER_CERT_PATH', environment);
  const client = pem('MLFLOW_TRACKING_CLIENT_CERT_PATH', environment);
  return {
    ...(insecure && { rejectUnauthorized: false }),
    ...(ca && { ca }),
    ...(client && { cert: client, key: client }),
  };
}

function pem(variable: string, environment: Environment): Buffer | undefined {
  const file = environment[variable];
  if (file === undefined || file === '') return undefined;
  try {
    return readFileSync(file);
  } catch (error) {
    throw new RunError(`${variable}: cannot read ${file}: ${(error as Error).message}`, {
      hint: 'It must name one PEM file.',
      cause: error,
    });
  }
}
