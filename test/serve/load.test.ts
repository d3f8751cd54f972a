/**
 * A real server under load: 64 clients, some images damaged. No request is lost, none is answered with another's result,
 * the memory stays, and at the end SIGTERM stops it.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerObject } from '../../src/predict/formats/json-lines.ts';
import { keyFor, stream } from '../../src/random.ts';
import { makeTinyModel, type TinyModel } from '../bundle/tiny-model.ts';
import { type Mixed, makeMixed } from '../predict/mixed.ts';
import { type Started, startCommand } from '../run/command.ts';

/** 1,000, or so many as this variable says; the first fifth is not counted in what memory grows by. */
const REQUESTS = Number(process.env.TEST_REQUESTS ?? 1000);
const CLIENTS = 64;
const DAMAGED = 0.05;

let mixed: Mixed;
let model: TinyModel;
let server: Started;
let port = 0;
before(async () => {
  mixed = await makeMixed();
  model = await makeTinyModel([], mixed.experiment);
  server = startCommand(['serve', model.folder, '--port', '0']);
  const said = (): RegExpExecArray | null => /127\.0\.0\.1:(\d+)\/predict/.exec(server.stderr());
  while (said() === null && server.child.exitCode === null) await sleep(50);
  port = Number(said()?.[1]);
  assert.ok(port > 0, server.stderr());
});
after(() => {
  server.child.kill('SIGKILL');
  model.engine.dispose();
});

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

interface Answer {
  readonly status: number;
  readonly image: AnswerObject;
}

function send(name: string, data: Buffer): Promise<Answer> {
  const body = JSON.stringify({ images: [{ name, data: data.toString('base64') }] });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request({ port, path: '/predict', method: 'POST', agent, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('error', reject);
      response.on('end', () => {
        const { images } = JSON.parse(Buffer.concat(parts).toString()) as { images: AnswerObject[] };
        resolve({ status: response.statusCode!, image: images[0]! });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Of the server's process, MB. Null where the system does not say. */
function memory(): number | null {
  const file = `/proc/${server.child.pid}/status`;
  if (!existsSync(file)) return null;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))![1]) / 1024;
}

const probabilities = ({ heads }: AnswerObject): number[] =>
  Object.values(heads!).flatMap((head) => Object.values(head.probabilities));

test(`run serve - ${REQUESTS} requests of ${CLIENTS} clients, one image in twenty damaged`, async (t) => {
  const folder = join(mixed.folder, 'photos/more');
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  const alone: number[][] = [];
  for (const [i, file] of files.entries()) alone.push(probabilities((await send(`alone ${i}`, file)).image));
  // Two images with one answer would not tell whose answer it is.
  for (const [i, one] of alone.entries())
    for (const other of alone.slice(0, i))
      assert.ok(one.some((value, k) => Math.abs(value - other[k]!) > 1e-4));

  const numbers = stream(keyFor(0, 'load'), 0);
  const jobs = Array.from({ length: REQUESTS }, (_, i) => ({
    name: `request ${i}`,
    file: numbers.integer(files.length),
    isDamaged: numbers.uniform() < DAMAGED,
  }));
  let next = 0;
  let answered = 0;
  let damaged = 0;
  let settled: number | null = null;
  const client = async (): Promise<void> => {
    while (next < jobs.length) {
      const { name, file, isDamaged } = jobs[next++]!;
      const bytes = files[file]!;
      const { status, image } = await send(name, isDamaged ? bytes.subarray(0, bytes.length / 2) : bytes);
      assert.equal(image.image, name);
      assert.equal(status, isDamaged ? 422 : 200);
      answered += 1;
      if (isDamaged) {
        damaged += 1;
        assert.ok(image.error !== null);
      } else {
        const off = Math.max(...probabilities(image).map((value, k) => Math.abs(value - alone[file]![k]!)));
        assert.ok(off < 1e-5, `${name} is ${off} off the answer to its image`);
      }
      if (answered === Math.round(REQUESTS / 5)) settled = memory();
    }
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - begun) / 1000;
  const last = memory();
  assert.equal(answered, REQUESTS);
  assert.equal(damaged, jobs.filter(({ isDamaged }) => isDamaged).length);
  assert.ok(damaged > 0);
  t.diagnostic(`${Math.round(REQUESTS / seconds)} requests a second, memory ${settled} MB, then ${last} MB`);
  if (settled !== null && last !== null)
    assert.ok(last < settled * 1.15 + 20, `${settled} MB, then ${last} MB`);
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const count = (line: RegExp): number => Number(line.exec(metrics)?.[1]);
  const batches = count(/^manyheads_batch_images_count\{.*\} (\d+)/m);
  const images = count(/^manyheads_batch_images_sum\{.*\} (\d+)/m);
  assert.equal(images, REQUESTS - damaged + files.length);
  // Requests that come together share batches.
  assert.ok(images - files.length > 1.2 * (batches - files.length), `${images} images in ${batches} batches`);
});

test('run serve - SIGTERM: what was begun is answered, then it ends by itself with 0', async () => {
  const photograph = readFileSync(join(mixed.folder, 'photos/more/1.jpg'));
  const under = Array.from({ length: 50 }, (_, i) => send(`last ${i}`, photograph));
  await under[0];
  server.child.kill('SIGTERM');
  const answers = await Promise.allSettled(under);
  const whole = answers.filter(({ status }) => status === 'fulfilled').length;
  assert.ok(whole > 0);
  for (const one of answers)
    if (one.status === 'rejected') assert.match(String(one.reason), /ECONNREFUSED|ECONNRESET|undefined/);
  const { code, stdout } = await server.finished;
  assert.equal(code, 0);
  assert.match(stdout, /^Listening at http:\/\/127\.0\.0\.1:\d+$/m);
});
