/**
 * What an answer of a server, or none, means for the sender. `retry`: the same request again later, for ever.
 * `offline`: nothing will work until a person does something. `gone`: this run cannot be told to this server.
 * `invalid`: this request is at fault, others may pass.
 */
export type RefusalKind = 'retry' | 'offline' | 'gone' | 'invalid';

export class Refusal extends Error {
  readonly kind: RefusalKind;
  /** HTTP status, 0 where there was no answer. */
  readonly status: number;
  /** MLflow's error code or Node's, empty where there is none. */
  readonly code: string;
  /** As the server asks, milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: RefusalKind,
    message: string,
    about: { status?: number; code?: string; retryAfterMs?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, { cause: about.cause });
    this.name = 'Refusal';
    this.kind = kind;
    this.status = about.status ?? 0;
    this.code = about.code ?? '';
    this.retryAfterMs = about.retryAfterMs;
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Proxies and browsers' rules aside, these pass with time. */
const PASSING = new Set([408, 425, 429]);

/** @returns nothing where the answer is a good one */
export function refusalOf(uri: string, answer: Answer): Refusal | undefined {
  const { status, text } = answer;
  if (status >= 200 && status < 300) return undefined;
  const error = mlflowError(text);
  const about = { status, code: error?.code ?? '', retryAfterMs: retryAfter(answer.headers['retry-after']) };
  const said = error?.message ?? `HTTP ${status}`;
  if (status >= 500 || PASSING.has(status)) return new Refusal('retry', said, about);
  if (status >= 300 && status < 400) {
    return new Refusal(
      'offline',
      `${uri} sends us on to ${String(answer.headers.location)}: name that address, or log in there`,
      about,
    );
  }
  if (status === 401) {
    return new Refusal(
      'offline',
      `${uri} wants a user: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN`,
      about,
    );
  }
  if (status === 403) return new Refusal('offline', forbidden(uri, text, said), about);
  if ((status === 404 || status === 405) && error?.code !== 'RESOURCE_DOES_NOT_EXIST') {
    return new Refusal(
      'offline',
      `${uri} is no MLflow server, or MLflow stands behind a path there (mlflow server --static-prefix): check the address`,
      about,
    );
  }
  if (status === 404 || /must be in the 'active' state/i.test(said)) return new Refusal('gone', said, about);
  return new Refusal('invalid', said, about);
}

function forbidden(uri: string, text: string, said: string): string {
  if (/invalid host header/i.test(text)) {
    const { host, hostname } = new URL(uri);
    return `${uri} does not serve the name ${hostname}: start it with mlflow server --allowed-hosts '${host},localhost:*'`;
  }
  return `${uri} forbids it (${said}): ask for the right to write to the experiment, or log in as another user`;
}

function mlflowError(text: string): { code: string; message: string } | undefined {
  try {
    const value = JSON.parse(text) as { error_code?: unknown; message?: unknown };
    if (typeof value?.error_code !== 'string') return undefined;
    return {
      code: value.error_code,
      message: typeof value.message === 'string' ? value.message : value.error_code,
    };
  } catch {
    return undefined;
  }
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function retryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  const wait = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

/** Certificates that will not become right by waiting. */
const CERTIFICATE = /^(ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH)/;

/** A connection that failed. */
export function refusalOfConnection(uri: string, error: NodeJS.ErrnoException): Refusal {
  const code = error.code ?? '';
  if (CERTIFICATE.test(code)) {
    return new Refusal(
      'offline',
      `${uri} shows a certificate that is not trusted (${code}): set MLFLOW_TRACKING_SERVER_CERT_PATH to its authority's PEM file, or MLFLOW_TRACKING_INSECURE_TLS=true`,
      { code, cause: error },
    );
  }
  return new Refusal('retry', code === '' ? error.message : code, { code, cause: error });
}
