/**
 * Trained models behind HTTP.
 *
 *   request ─▶ files of images ─▶ decoded, in threads ─▶ batches of all requests ─▶ answers
 *                 limits: 413         damaged: 422          full: 429, late: 503
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import multipart from '@fastify/multipart';
import swagger from '@fastify/swagger';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { answerObject } from '../predict/formats/json-lines.ts';
import { decisionLines } from '../report/tables/decision-lines.ts';
import { type Limits, RETRY_SECONDS, Refused } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { imagesOf, tooLong, tooMany } from './requests.ts';
import * as schemas from './schemas.ts';
import type { ServedModel } from './served-model.ts';

export interface ServerOptions {
  /** The first one answers requests that name none. */
  readonly models: readonly ServedModel[];
  readonly limits: Limits;
  readonly metrics: Metrics;
  /** That requests have to bring as `Authorization: Bearer …`; undefined: none. */
  readonly token: string | undefined;
  /** Version of the program, for the description of its interface. */
  readonly version: string;
  /** Told of faults that are not the request's. */
  readonly onFault: (error: unknown) => void;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds, of the process's clock. */
    begun: number;
  }
}

/** Bytes of a request that are no image: names, borders, JSON. */
const AROUND = 2 ** 20;
/** Base64 is a third longer than what it stands for. */
const BASE64 = 4 / 3;

/** A server that does not listen yet. `close` answers what has begun, and refuses what comes. */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const { models, limits, metrics, token, version, onFault } = options;
  const bodyLimit = Math.ceil(limits.images * limits.imageBytes * BASE64) + AROUND;
  const app = Fastify({
    bodyLimit,
    // Who sends a byte a minute would hold a place for ever.
    requestTimeout: limits.seconds * 1000,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true },
  });
  let isClosing = false;
  app.decorateRequest('begun', 0);
  app.addHook('onRequest', async (request) => {
    request.begun = performance.now();
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.request(route, reply.statusCode, (performance.now() - request.begun) / 1000);
  });
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_, reply) => {
    // A connection that is kept for a next request would keep the server for a minute more.
    if (isClosing) void reply.header('connection', 'close');
  });
  app.setErrorHandler((error, _, reply) => {
    const refused = refusedOf(error as FastifyError, limits);
    if (refused.status >= 500 && !(error instanceof Refused)) onFault(error);
    sendRefused(reply, refused);
  });
  app.setNotFoundHandler((request, reply) => {
    const found = `${request.method} ${request.url.split('?')[0]}`;
    sendRefused(
      reply,
      new Refused(404, 'notFound', `there is no ${found}`, 'See /openapi.json for what there is.'),
    );
  });
  await app.register(multipart, {
    limits: { fileSize: limits.imageBytes, files: limits.images, fields: 100, parts: limits.images + 100 },
  });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'manyheads', version, description: 'Answers of trained models for images.' },
      ...(token !== undefined && {
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
        security: [{ token: [] }],
      }),
    },
  });

  const health = {
    tags: ['server'],
    summary: 'Whether requests are taken: 200, or 503 while the server ends.',
    security: [],
  };
  app.get('/health', { schema: health }, async (_, reply) => {
    if (isClosing) void reply.code(503);
    return { status: isClosing ? 'closing' : 'ok', models: models.map(({ name }) => name) };
  });

  await app.register(async (guarded) => {
    if (token !== undefined) guarded.addHook('onRequest', async (request) => assertToken(request, token));
    guarded.get(
      '/models',
      { schema: { tags: ['models'], summary: 'What is served.', response: { 200: schemas.models } } },
      async () => ({ models: models.map(describe) }),
    );
    guarded.get(
      '/metrics',
      { schema: { tags: ['server'], summary: 'Counts and times, for Prometheus.' } },
      async (_, reply) => {
        const { type, text } = await metrics.text();
        return reply.type(type).send(text);
      },
    );
    guarded.get('/openapi.json', { schema: { hide: true } }, async () => describeApi(app));
    guarded.post<{ Querystring: { readonly model?: string; readonly top: number } }>(
      '/predict',
      {
        schema: {
          tags: ['models'],
          summary: 'What a model sees in images.',
          querystring: schemas.query,
          response: {
            200: schemas.answers,
            422: { ...schemas.answers, description: 'All images are damaged.' },
            default: { ...schemas.refusal, description: 'The request is refused, or it failed.' },
          },
        },
        // Before anything of the body is read: a full server does not take in megabytes first.
        preParsing: async (request) => void modelOf(request.query, models, limits),
      },
      async (request, reply) => {
        const served = modelOf(request.query, models, limits);
        const signal = endOf(request, reply, limits.seconds);
        const images = await imagesOf(request, limits);
        const answers = await served.answer(images, signal, request.query.top);
        if (answers.every(({ error }) => error !== null)) void reply.code(422);
        const { heads } = served.model.description;
        const format = { heads, top: request.query.top, features: 0 };
        return { model: served.name, images: answers.map((answer) => answerObject(answer, format)) };
      },
    );
  });
  return app;
}

/** @throws Refused where there is none of that name, or it has too much to do already */
function modelOf(
  query: { readonly model?: string },
  models: readonly ServedModel[],
  limits: Limits,
): ServedModel {
  const name = query.model;
  const found = name === undefined ? models[0] : models.find((one) => one.name === name);
  if (found === undefined) {
    const names = models.map((one) => `"${one.name}"`).join(', ');
    throw new Refused(404, 'unknownModel', `there is no model "${name}"`, `There is ${names}.`);
  }
  if (found.inWork < limits.queue) return found;
  throw new Refused(429, 'tooBusy', `${found.inWork} images are in work or wait`, 'Try again later.');
}

/** Aborted when whoever asked has gone before the answer, or has waited for so many seconds. */
function endOf({ begun }: FastifyRequest, { raw }: FastifyReply, seconds: number): AbortSignal {
  const controller = new AbortController();
  const end = (): void => controller.abort();
  const timer = setTimeout(end, begun + seconds * 1000 - performance.now());
  raw.once('close', () => {
    clearTimeout(timer);
    if (!raw.writableFinished) end();
  });
  return controller.signal;
}

function describe({ name, model }: ServedModel): unknown {
  const { description, heads, decisions, run } = model.description;
  return {
    name,
    description,
    run: run.id,
    heads: heads.map((head) => ({ name: head.name, classes: head.classes, ordinal: head.ordinal })),
    decisions: decisionLines(decisions),
  };
}

/** The body has two forms, which a route of the framework cannot say. */
function describeApi(app: FastifyInstance): unknown {
  const api = app.swagger() as unknown as { paths: Record<string, Record<string, Record<string, unknown>>> };
  const post = api.paths['/predict']!.post!;
  return {
    ...api,
    paths: {
      ...api.paths,
      '/predict': {
        post: {
          ...post,
          requestBody: {
            required: true,
            content: {
              'multipart/form-data': { schema: schemas.formRequest },
              'application/json': { schema: schemas.jsonRequest },
            },
          },
        },
      },
    },
  };
}

/** Takes as long for a token that is nearly right as for any other. @throws Refused */
function assertToken(request: FastifyRequest, token: string): void {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  const [, sent = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  if (timingSafeEqual(digest(sent), digest(token))) return;
  throw new Refused(
    401,
    'noToken',
    "expected the server's token, got none or another one",
    'Send it as a header: `Authorization: Bearer <token>`.',
  );
}

function sendRefused(reply: FastifyReply, { status, code, message, hint }: Refused): void {
  if (status === 429 || status === 503) void reply.header('retry-after', String(RETRY_SECONDS));
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.code(status).send({ error: { code, message, ...(hint !== undefined && { hint }) } });
}

/** Faults of the framework and its reader of forms in the words of this server. */
function refusedOf(error: FastifyError | Refused, limits: Limits): Refused {
  if (error instanceof Refused) return error;
  if (error.code === 'FST_REQ_FILE_TOO_LARGE' || error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return tooLong(limits);
  if (error.code === 'FST_FILES_LIMIT' || error.code === 'FST_PARTS_LIMIT') return tooMany(limits);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return new Refused(
      415,
      'badRequest',
      error.message,
      'Send multipart/form-data, or application/json: see /openapi.json.',
    );
  const status = error.statusCode ?? 500;
  if (status < 500) return new Refused(status, 'badRequest', error.message, 'See /openapi.json.');
  return new Refused(500, 'failed', 'the server failed; its log says why');
}
