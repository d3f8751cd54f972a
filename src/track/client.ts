/**
 * One request to an MLflow server over a connection that is kept: JSON or a file in, checked JSON out, every failure
 * a `Refusal`. On node:http and node:https, because fetch takes neither a user in the address nor an authority.
 */
import { createReadStream, type Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import { pipeline } from 'node:stream/promises';
import { authorization, tlsSettings } from './credentials.ts';
import type { Target } from './mlflow.ts';
import { type Answer, Refusal, refusalOf, refusalOfConnection } from './refusal.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Client {
  readonly uri: string;
  /**
   * A call of the REST API.
   * @param endpoint as `runs/create`; MLflow's version and prefix are added
   * @throws Refusal
   */
  call(
    method: 'GET' | 'POST' | 'PATCH',
    endpoint: string,
    body: JsonObject,
    signal?: AbortSignal,
  ): Promise<JsonObject>;
  /**
   * Sends bytes.
   * @param route path and query below the server's address, encoded
   * @param content a file's path, or the bytes
   * @throws Refusal; `invalid` where the file is gone
   */
  upload(
    method: 'PUT' | 'POST',
    route: string,
    content: string | Buffer,
    signal?: AbortSignal,
  ): Promise<void>;
  close(): void;
}

/** A number of seconds out of a variable. */
function seconds(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) && value > 0 ? value : otherwise;
}

/** @throws RunError where a certificate file named by a variable cannot be read */
export function createClient(target: Target, environment: NodeJS.ProcessEnv = process.env): Client {
  const isTls = target.uri.startsWith('https:');
  const options = { keepAlive: true, maxSockets: 1 };
  const agent = isTls
    ? new https.Agent({ ...options, ...tlsSettings(environment) })
    : new http.Agent(options);
  const login = authorization(target, environment);
  const timeoutMs = seconds(environment.MLFLOW_HTTP_REQUEST_TIMEOUT, 120) * 1000;

  const once = (method: string, route: string, type: string, content: Content, signal?: AbortSignal) =>
    new Promise<Answer>((resolve, reject) => {
      const headers: Record<string, string | number> = {
        'content-type': type,
        'content-length': content.length,
      };
      if (login !== undefined) headers.authorization = login;
      const request = (isTls ? https : http).request(`${target.uri}${route}`, {
        method,
        agent,
        headers,
        ...(signal && { signal }),
      });
      const fail = (error: NodeJS.ErrnoException) => {
        request.destroy();
        // The server may close a kept connection just as we use it: that says nothing of the server.
        reject(Object.assign(error, { wasKept: request.reusedSocket }));
      };
      request.setTimeout(timeoutMs, () => fail(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      request.on('error', fail);
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
        });
      });
      if (Buffer.isBuffer(content.data)) request.end(content.data);
      else pipeline(createReadStream(content.data, { end: content.length - 1 }), request).catch(fail);
    });

  const send = async (
    method: string,
    route: string,
    type: string,
    content: Content,
    signal?: AbortSignal,
  ) => {
    let answer: Answer;
    try {
      answer = await once(method, route, type, content, signal).catch((error: NodeJS.ErrnoException) => {
        // Only creating a run twice would be seen: that one is looked for first, see session.ts.
        const again = 'wasKept' in error && error.wasKept === true && !route.endsWith('/runs/create');
        if (!again || signal?.aborted === true) throw error;
        return once(method, route, type, content, signal);
      });
    } catch (error) {
      if (typeof content.data === 'string' && (error as NodeJS.ErrnoException).path === content.data) {
        throw new Refusal('invalid', `cannot read ${content.data}: ${(error as Error).message}`, {
          cause: error,
        });
      }
      throw refusalOfConnection(target.uri, error as NodeJS.ErrnoException);
    }
    const refusal = refusalOf(target.uri, answer);
    if (refusal) throw refusal;
    return answer.text;
  };

  return {
    uri: target.uri,
    async call(method, endpoint, body, signal) {
      const version = endpoint.startsWith('mlflow-artifacts/') ? '/api/2.0/' : '/api/2.0/mlflow/';
      const query = method === 'GET' ? `?${new URLSearchParams(body as Record<string, string>)}` : '';
      const data = method === 'GET' ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
      const content = { data, length: data.length };
      const text = await send(method, `${version}${endpoint}${query}`, 'application/json', content, signal);
      try {
        const value: unknown = JSON.parse(text);
        if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
      } catch {
        // falls through to the same refusal as JSON of another shape
      }
      throw new Refusal(
        'offline',
        `${target.uri} answers with something else than MLflow's JSON: check the address`,
      );
    },
    async upload(method, route, content, signal) {
      await send(method, route, 'application/octet-stream', await contentOf(content), signal);
    },
    close() {
      agent.destroy();
    },
  };
}

interface Content {
  /** Bytes, or the file that holds them. */
  readonly data: Buffer | string;
  readonly length: number;
}

async function contentOf(content: string | Buffer): Promise<Content> {
  if (Buffer.isBuffer(content)) return { data: content, length: content.length };
  let about: Stats;
  try {
    about = await stat(content);
  } catch (error) {
    throw new Refusal('invalid', `cannot read ${content}: ${(error as Error).message}`, { cause: error });
  }
  if (!about.isFile()) throw new Refusal('invalid', `${content} is no file`);
  return about.size === 0 ? { data: Buffer.alloc(0), length: 0 } : { data: content, length: about.size };
}
