// Does an MLflow server answer? Asks a route of the API: /health and /version answer even where every API call is refused.

/** `ok`, or why not: one sentence and what to do. */
export type MlflowAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly found: string; readonly fix: string };

/** One experiment of the store; reads, never writes. */
const route = '/api/2.0/mlflow/experiments/search?max_results=1';

/**
 * @param uri base address, where user and password may stand in it
 * @param timeoutMs for the whole exchange
 * @param env for MLFLOW_TRACKING_USERNAME, _PASSWORD and _TOKEN
 */
export async function askMlflow(
  uri: string,
  timeoutMs = 5000,
  env: NodeJS.ProcessEnv = process.env,
): Promise<MlflowAnswer> {
  if (!/^https?:\/\//.test(uri) || !URL.canParse(uri)) {
    return {
      ok: false,
      found: `${uri} is no http address`,
      fix: 'Set MLFLOW_TRACKING_URI to http://HOST:PORT, or unset it.',
    };
  }
  const url = new URL(uri);
  const headers = authorization(url, env);
  // fetch refuses addresses with a password in them.
  url.username = '';
  url.password = '';
  const base = url.href.replace(/\/+$/, '');
  try {
    const response = await fetch(base + route, { headers, signal: AbortSignal.timeout(timeoutMs) });
    const text = await response.text();
    if (response.ok && text.trimStart().startsWith('{')) return { ok: true };
    return { ok: false, ...explain(response.status, text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const found = cause instanceof Error ? cause.message || cause.name : String(cause);
    return {
      ok: false,
      found: `no answer: ${found}`,
      fix: 'Start the server, or correct MLFLOW_TRACKING_URI.',
    };
  }
}

function explain(status: number, text: string): { found: string; fix: string } {
  if (status === 401) {
    return {
      found: 'the server asks for a login (401)',
      fix: 'Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD.',
    };
  }
  if (status === 403 && text.includes('Invalid Host header')) {
    return {
      found: 'the server refuses this host name (403)',
      fix: "Start it with --allowed-hosts 'HOST:*', or use its address in numbers.",
    };
  }
  if (status === 404 || status === 200) {
    return {
      found: `the address is not that of an MLflow API (${status})`,
      fix: 'Check the port, and the prefix if it has one.',
    };
  }
  return { found: `status ${status}`, fix: 'Look into the log of the server.' };
}

function authorization(url: URL, env: NodeJS.ProcessEnv): Record<string, string> {
  const user = env.MLFLOW_TRACKING_USERNAME ?? decodeURIComponent(url.username);
  const password = env.MLFLOW_TRACKING_PASSWORD ?? decodeURIComponent(url.password);
  if (user !== '') return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
  const token = env.MLFLOW_TRACKING_TOKEN;
  return token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` };
}
