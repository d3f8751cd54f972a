// What a server answers and what it refuses, over real HTTP, with a model that was trained for three steps.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import sharp from 'sharp';
import { readModel } from '../../src/bundle/read.ts';
import { writeDecisions } from '../../src/bundle/write.ts';
import type { AnswerObject } from '../../src/predict/formats/json-lines.ts';
import { createGate } from '../../src/predict/gate.ts';
import { defaultLimits, type Limits } from '../../src/serve/limits.ts';
import { createMetrics } from '../../src/serve/metrics.ts';
import { type ServedModel, serveModel } from '../../src/serve/served-model.ts';
import { createServer } from '../../src/serve/server.ts';
import { copyOf, evaluated, largestDifference, makeTinyModel, type TinyModel } from '../bundle/tiny-model.ts';
import { type Mixed, makeMixed } from '../predict/mixed.ts';

interface Answers {
  readonly model: string;
  readonly images: readonly AnswerObject[];
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string };
}

let mixed: Mixed;
let model: TinyModel;
let served: ServedModel;
let careful: ServedModel;
const metrics = createMetrics();
const apps: FastifyInstance[] = [];
const faults: unknown[] = [];
const options = { batchSize: 8, limits: defaultLimits, gate: createGate(4), metrics };

before(async () => {
  mixed = await makeMixed();
  model = await makeTinyModel([], mixed.experiment);
  served = await serveModel(readModel(model.folder), { name: 'mixed', ...options });
  const copy = copyOf(model.folder);
  writeDecisions(copy, {
    colour: { temperature: 2, thresholds: {}, unknownBelow: 0.99 },
    half: { temperature: 1, thresholds: {}, unknownBelow: null },
  });
  careful = await serveModel(readModel(copy), { name: 'careful', ...options });
});
after(async () => {
  await Promise.all(apps.map((app) => app.close()));
  model.engine.dispose();
  assert.deepEqual(faults, []);
});

/** @returns its address */
async function listen(
  limits: Partial<Limits> = {},
  token?: string,
  models: readonly ServedModel[] = [served, careful],
): Promise<string> {
  const app = await createServer({
    models,
    limits: { ...defaultLimits, ...limits },
    metrics,
    token,
    version: '0.1.0',
    onFault: (error) => faults.push(error),
  });
  apps.push(app);
  return app.listen({ host: '127.0.0.1', port: 0 });
}

const fileOf = (name: string): Buffer => readFileSync(join(mixed.folder, name));
const jpeg = (): Buffer => fileOf('photos/more/1.jpg');

async function sendForm(
  address: string,
  files: readonly (readonly [string, Uint8Array])[],
  query = '',
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Answers; headers: Headers }> {
  const form = new FormData();
  for (const [name, bytes] of files) form.append('images', new Blob([new Uint8Array(bytes)]), name);
  const response = await fetch(`${address}/predict${query}`, { method: 'POST', body: form, headers });
  return { status: response.status, body: (await response.json()) as Answers, headers: response.headers };
}

async function sendJson(address: string, body: unknown): Promise<{ status: number; body: Answers }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${address}/predict`, { method: 'POST', body: text, headers });
  return { status: response.status, body: (await response.json()) as Answers };
}

test('POST /predict - a form and base64: the probabilities of the run, for images of every shape, in their order', async () => {
  const address = await listen();
  const { dataset } = model.plan.settings;
  assert.equal(dataset.imageColumn, 'file');
  const names = readFileSync(join(mixed.folder, 'table.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[0]!);
  const rows = Int32Array.from(names.keys());
  const expected = evaluated(model, rows);
  const form = await sendForm(
    address,
    names.map((name) => [name, fileOf(name)]),
  );
  assert.equal(form.status, 200);
  const json = await sendJson(address, {
    images: names.map((name) => ({ name, data: fileOf(name).toString('base64') })),
  });
  assert.deepEqual(
    json.body.images.map(({ image }) => image),
    names,
  );
  for (const { body } of [form, json]) {
    assert.equal(body.model, 'mixed');
    for (const head of ['colour', 'half'] as const) {
      const found = body.images.flatMap(({ heads }) => Object.values(heads![head]!.probabilities));
      const off = largestDifference(found, expected[head]!);
      assert.ok(off <= 1e-6, `${head} is ${off} off`);
    }
  }
});

test('POST /predict - a damaged image has its error and the others their answers; 422 where all are damaged', async () => {
  const address = await listen();
  const cut = jpeg().subarray(0, 300);
  const some = await sendForm(address, [
    ['cut.jpg', cut],
    ['good.jpg', jpeg()],
    ['empty.jpg', new Uint8Array()],
  ]);
  assert.equal(some.status, 200);
  assert.deepEqual(
    some.body.images.map(({ image, heads }) => [image, heads !== null]),
    [
      ['cut.jpg', false],
      ['good.jpg', true],
      ['empty.jpg', false],
    ],
  );
  assert.equal(some.body.images[2]!.error, 'the file is empty');
  const none = await sendForm(address, [['cut.jpg', cut]]);
  assert.equal(none.status, 422);
  assert.match(none.body.images[0]!.error!, /truncated|ends/);
});

test('POST /predict - the model that is named answers, with its decisions, and the most probable classes', async () => {
  const address = await listen();
  const plain = await sendForm(address, [['a.jpg', jpeg()]], '?top=2');
  const sure = await sendForm(address, [['a.jpg', jpeg()]], '?model=careful&top=3');
  assert.equal(sure.body.model, 'careful');
  const { colour } = sure.body.images[0]!.heads!;
  assert.equal(colour!.class, null);
  assert.equal(colour!.top!.length, 3);
  assert.equal(plain.body.images[0]!.heads!.colour!.top!.length, 2);
  // Divided by a temperature of 2, outputs are nearer to each other.
  assert.ok(colour!.probability < plain.body.images[0]!.heads!.colour!.probability);
  const models = (await (await fetch(`${address}/models`)).json()) as { models: { decisions: string[] }[] };
  assert.deepEqual(
    models.models.map(({ decisions }) => decisions),
    [[], ["colour: temperature 2, don't know below 0.99"]],
  );
});

const refusals: readonly {
  readonly what: string;
  readonly limits?: Partial<Limits>;
  readonly send: (address: string) => Promise<{ status: number; body: Answers }>;
  readonly expected: readonly [status: number, code: string, message: RegExp];
}[] = [
  {
    what: 'a file with too many bytes, in a form',
    limits: { imageBytes: 500 },
    send: (address) => sendForm(address, [['a.jpg', jpeg()]]),
    expected: [413, 'tooLarge', /at most 0 MB/],
  },
  {
    what: 'a file with too many bytes, in base64',
    limits: { imageBytes: 500 },
    send: (address) => sendJson(address, { images: [{ data: jpeg().toString('base64') }] }),
    expected: [413, 'tooLarge', /at most/],
  },
  {
    what: 'a body that is too long',
    limits: { imageBytes: 1, images: 1 },
    send: (address) => sendJson(address, { images: [{ data: 'A'.repeat(2 ** 21) }] }),
    expected: [413, 'tooLarge', /at most/],
  },
  {
    what: 'an image with too many pixels',
    limits: { pixels: 1000 },
    send: (address) => sendForm(address, [['a.jpg', jpeg()]]),
    expected: [413, 'tooLarge', /^a\.jpg has \d+ × \d+ pixels, more than 1,000$/],
  },
  {
    what: 'too many images in a form',
    limits: { images: 2 },
    send: (address) =>
      sendForm(
        address,
        ['a', 'b', 'c'].map((name) => [name, jpeg()]),
      ),
    expected: [413, 'tooMany', /at most 2 images/],
  },
  {
    what: 'too many images in JSON',
    limits: { images: 2 },
    send: (address) => sendJson(address, { images: Array(3).fill({ data: 'AA' }) }),
    expected: [413, 'tooMany', /at most 2 images/],
  },
  {
    what: 'no image',
    send: (address) => sendForm(address, []),
    expected: [400, 'noImages', /at least one/],
  },
  {
    what: 'JSON of another form',
    send: (address) => sendJson(address, { image: 'AA' }),
    expected: [400, 'badRequest', /'images'.*"image"/],
  },
  {
    what: 'what is no JSON',
    send: (address) => sendJson(address, '{"images"'),
    expected: [400, 'badRequest', /JSON/],
  },
  {
    what: 'what is no base64',
    send: (address) => sendJson(address, { images: [{ data: '<img>' }] }),
    expected: [400, 'badRequest', /images\[0\]\.data is not base64/],
  },
  {
    what: 'a model that is not there',
    send: (address) => sendForm(address, [['a.jpg', jpeg()]], '?model=other'),
    expected: [404, 'unknownModel', /"other"/],
  },
  {
    what: 'a query of another kind',
    send: (address) => sendForm(address, [['a.jpg', jpeg()]], '?top=all'),
    expected: [400, 'badRequest', /top must be integer/],
  },
  {
    what: 'more than may wait',
    limits: { queue: 2 },
    send: (address) =>
      sendForm(
        address,
        ['a', 'b', 'c'].map((name) => [name, jpeg()]),
      ),
    expected: [429, 'tooBusy', /2 may be at most/],
  },
];

for (const { what, limits, send, expected } of refusals) {
  test(`POST /predict - ${what}: ${expected[0]}, and the next request is answered`, async () => {
    // These two are the model's own matter.
    const own =
      limits?.queue === undefined && limits?.pixels === undefined
        ? served
        : await serveModel(readModel(model.folder), {
            ...options,
            name: 'own',
            limits: { ...defaultLimits, ...limits },
          });
    const address = await listen(limits, undefined, [own]);
    const { status, body } = await send(address);
    assert.equal(status, expected[0], JSON.stringify(body));
    assert.equal(body.error?.code, expected[1]);
    assert.match(body.error!.message, expected[2]);
    assert.equal((await fetch(`${address}/health`)).status, 200);
    assert.equal(own.inWork, 0);
  });
}

test('POST /predict - what takes longer than it may is given up with 503, and when to try again', async () => {
  const stuck = await serveModel(readModel(model.folder), { ...options, name: 'stuck' });
  const hold: ServedModel = {
    ...stuck,
    inWork: 0,
    async answer(images, signal, top) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return stuck.answer(images, signal, top);
    },
  };
  const address = await listen({ seconds: 0.2 }, undefined, [hold]);
  const { status, body, headers } = await sendForm(address, [['a.jpg', jpeg()]]);
  assert.equal(status, 503);
  assert.equal(body.error!.code, 'tooLate');
  assert.equal(headers.get('retry-after'), '1');
});

test('a token - asked for everywhere but at /health', async () => {
  const token = 'a-secret-of-this-test';
  const address = await listen({}, token);
  const files = [['a.jpg', jpeg()]] as const;
  for (const headers of [{}, { authorization: `Bearer ${token}x` }, { authorization: token }]) {
    const { status, body } = await sendForm(address, files, '', headers as Record<string, string>);
    assert.equal(status, 401);
    assert.equal(body.error!.code, 'noToken');
    assert.doesNotMatch(JSON.stringify(body), new RegExp(token));
  }
  assert.equal((await fetch(`${address}/metrics`)).status, 401);
  assert.equal((await fetch(`${address}/health`)).status, 200);
  const { status } = await sendForm(address, files, '', { authorization: `Bearer ${token}` });
  assert.equal(status, 200);
});

test('GET /metrics, /openapi.json - count what was done, and describe both kinds of requests', async () => {
  const address = await listen();
  await sendForm(address, [['a.jpg', jpeg()]]);
  const text = await (await fetch(`${address}/metrics`)).text();
  assert.match(text, /^manyheads_images_total\{model="mixed",damaged="false"\} \d+$/m);
  assert.match(text, /^manyheads_requests_total\{route="\/predict",status="200"\} \d+$/m);
  assert.match(text, /^manyheads_images_in_work\{model="mixed"\} 0$/m);
  const api = (await (await fetch(`${address}/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, { post?: { requestBody: { content: Record<string, unknown> } } }>;
  };
  assert.equal(api.openapi, '3.1.0');
  assert.deepEqual(Object.keys(api.paths['/predict']!.post!.requestBody.content), [
    'multipart/form-data',
    'application/json',
  ]);
});

test('close - a request that was begun is answered, and none after it', async () => {
  const address = await listen();
  const app = apps.at(-1)!;
  const large = await sharp({ create: { width: 1500, height: 1500, channels: 3, background: '#808080' } })
    .jpeg()
    .toBuffer();
  const begun = sendForm(
    address,
    Array.from({ length: 20 }, (_, i) => [`${i}.jpg`, large] as const),
  );
  while (served.inWork === 0) await sleep(2);
  await app.close();
  const { status, body } = await begun;
  assert.equal(status, 200);
  assert.equal(body.images.length, 20);
  const port = Number(new URL(address).port);
  await assert.rejects(
    new Promise((resolve, reject) => {
      connect(port, '127.0.0.1').once('connect', resolve).once('error', reject);
    }),
    /ECONNREFUSED/,
  );
});
