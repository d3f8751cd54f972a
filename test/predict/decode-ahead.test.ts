import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { decodeImage } from '../../src/data/decode.ts';
import { type DecodedBatch, decodeAhead } from '../../src/predict/decode-ahead.ts';
import type { Source } from '../../src/predict/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-ahead-'));
/** Images of one colour: image i is (i, 2i, 100); every other one a JPEG, which the binding decodes, else a PNG. */
const COUNT = 40;
const pathOf = (i: number): string => join(folder, `${i}.${i % 2 === 0 ? 'jpg' : 'png'}`);
const source = (i: number): Source => ({ name: `image ${i}`, path: pathOf(i) });
const sources = (count: number): Source[] => Array.from({ length: count }, (_, i) => source(i));
const damaged: Source = { name: 'damaged', path: join(folder, 'damaged') };

before(async () => {
  for (let i = 0; i < COUNT; i++) {
    const plain = sharp({
      create: { width: 9 + i, height: 12, channels: 3, background: { r: i, g: 2 * i, b: 100 } },
    });
    await (i % 2 === 0 ? plain.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }) : plain.png()).toFile(
      pathOf(i),
    );
  }
  const whole = await sharp({ create: { width: 60, height: 60, channels: 3, background: '#123' } })
    .png()
    .toBuffer();
  writeFileSync(damaged.path, whole.subarray(0, whole.length - 30));
});

interface Changes {
  batchSize?: number;
  isStream?: boolean;
  signal?: AbortSignal;
}

function ahead(from: AsyncIterable<Source> | Iterable<Source>, changes: Changes = {}) {
  const signal = new AbortController().signal;
  return decodeAhead(from, { size: 4, fit: 'stretch', batchSize: 8, isStream: false, signal, ...changes });
}

async function all(batches: AsyncIterable<DecodedBatch>): Promise<DecodedBatch[]> {
  const found: DecodedBatch[] = [];
  for await (const batch of batches) found.push(batch);
  return found;
}

test('decodeAhead - whole batches in the order of the paths, each image its own pixels', async () => {
  const batches = await all(ahead(sources(COUNT)));
  assert.deepEqual(
    batches.map((batch) => batch.sources.length),
    [8, 8, 8, 8, 8],
  );
  batches
    .flatMap(({ pixels }) => Array.from({ length: pixels.length / 48 }, (_, i) => pixels.subarray(i * 48)))
    .forEach((pixels, i) => {
      [i, 2 * i, 100].forEach((value, c) => {
        assert.ok(Math.abs(pixels[c]! - value) <= 2, `image ${i}: ${pixels.subarray(0, 3)}`);
      });
    });
  assert.deepEqual(
    batches.flatMap((batch) => batch.sources.map(({ name }) => name)),
    sources(COUNT).map(({ name }) => name),
  );
});

test('decodeAhead - damaged images are in their batch, with what is wrong, and take nothing from the others', async () => {
  const mixed = sources(COUNT).flatMap((one, i) => (i % 5 === 0 ? [damaged, one] : [one]));
  const alone = await decodeImage(damaged.path, 4, 'stretch');
  assert.match(alone as string, /cannot be decoded|truncated/);
  const missing = { name: 'missing', path: join(folder, 'none.jpg') };
  const batches = await all(ahead([...mixed, missing, { name: '', path: '' }], { batchSize: 16 }));
  const faults = batches.flatMap((batch) => batch.faults);
  const images = batches.flatMap((batch) => batch.sources);
  assert.equal(faults.length, COUNT + 8 + 2);
  images.forEach(({ name }, i) => {
    if (name === 'damaged') assert.equal(faults[i], alone);
    else if (name === 'missing') assert.match(faults[i]!, /file/i);
    else if (name === '') assert.equal(faults[i], 'no image is named');
    else assert.equal(faults[i], null, name);
  });
  const pixels = batches.reduce((sum, batch) => sum + batch.pixels.length, 0);
  assert.equal(pixels, COUNT * 48);
});

test('decodeAhead - no more is read ahead than a few batches, and again when one is taken', async () => {
  let asked = 0;
  async function* endless(): AsyncGenerator<Source> {
    for (;;) yield source(asked++ % COUNT);
  }
  const controller = new AbortController();
  const batches = ahead(endless(), { batchSize: 4, signal: controller.signal })[Symbol.asyncIterator]();
  await sleep(300);
  // Three batches, and the one image that waits for a place.
  assert.equal(asked, 13);
  await batches.next();
  await sleep(300);
  assert.equal(asked, 17);
  controller.abort();
  assert.equal((await batches.next()).done, true);
});

test('decodeAhead - of a stream a batch is what is there', async () => {
  let give: (source: Source) => void = () => undefined;
  async function* typed(): AsyncGenerator<Source> {
    yield source(0);
    yield source(1);
    yield await new Promise<Source>((resolve) => {
      give = resolve;
    });
  }
  const batches = ahead(typed(), { isStream: true })[Symbol.asyncIterator]();
  await sleep(300);
  const first = await batches.next();
  assert.deepEqual(
    first.value.sources.map(({ name }: Source) => name),
    ['image 0', 'image 1'],
  );
  const second = batches.next();
  await sleep(50);
  give(source(2));
  assert.deepEqual(
    (await second).value.sources.map(({ name }: Source) => name),
    ['image 2'],
  );
  assert.equal((await batches.next()).done, true);
});

test('decodeAhead - what goes wrong with the paths ends it', async () => {
  async function* broken(): AsyncGenerator<Source> {
    yield source(0);
    throw new Error('the pipe is gone');
  }
  await assert.rejects(all(ahead(broken())), /the pipe is gone/);
});

test('decodeAhead - no paths, no batches', async () => {
  assert.deepEqual(await all(ahead([])), []);
});
