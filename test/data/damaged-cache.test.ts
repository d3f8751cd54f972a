// An image cache is believed by its checksums: whatever was changed in it, the pixels are those of the images.
import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import { openImageCache } from '../../src/data/cache.ts';

const base = mkdtempSync(join(tmpdir(), 'manyheads-damaged-cache-'));
after(() => rmSync(base, { recursive: true }));
const COUNT = 40;
const SIDE = 8;
const BYTES = SIDE * SIDE * 3;
const paths = Array.from({ length: COUNT }, (_, i) => join(base, `${i}.png`));
for (const [i, path] of paths.entries()) {
  const background = { r: i, g: 2 * i, b: 255 - i };
  await sharp({ create: { width: 16, height: 12, channels: 3, background } })
    .png()
    .toFile(path);
}
// One that cannot be decoded, which the notes remember.
writeFileSync(paths[7]!, 'this is no image');

const rows = Int32Array.from(paths, (_, row) => row);

async function open(folder: string) {
  const decoded: [string, number][] = [];
  const { images, imageOf, bad } = await openImageCache({
    paths,
    rows,
    size: SIDE,
    fit: 'stretch',
    folder,
    onProgress: (label, _, total) => {
      if (label !== 'Reading images') decoded.push([label, total]);
    },
  });
  const pixels = Buffer.from(images.pixels());
  return { images, pixels, decoded: decoded[0], imageOf: [...imageOf], bad: bad.map(({ row }) => row) };
}

const whole = await open(join(base, 'whole'));
const files = readdirSync(join(base, 'whole'));
const nameOf = (ending: string): string =>
  files.find((name) => name.endsWith(ending) && !name.startsWith('files'))!;

/** A copy of the cache in which one file was changed. */
async function changed(ending: string, change: (bytes: Buffer) => Buffer | string) {
  const folder = mkdtempSync(join(base, 'changed-'));
  for (const name of files) writeFileSync(join(folder, name), readFileSync(join(base, 'whole', name)));
  const file = join(folder, nameOf(ending));
  writeFileSync(file, change(readFileSync(file)));
  const opened = await open(folder);
  assert.ok(opened.pixels.equals(whole.pixels), 'the pixels of the images');
  assert.deepEqual([opened.imageOf, opened.bad], [whole.imageOf, whole.bad]);
  assert.equal((await open(folder)).decoded, undefined, 'the next time nothing is left to do');
  return opened.decoded;
}

const REPAIRED = 'Decoding images that were damaged in the cache';

test('openImageCache - one flipped bit, zeroed images, a stretch of another image: those are decoded again', async () => {
  assert.deepEqual(whole.bad, [7]);
  assert.equal((await open(join(base, 'whole'))).decoded, undefined);
  for (const at of [0, BYTES, 20 * BYTES + 17, COUNT * BYTES - 1]) {
    const flip = (bytes: Buffer) => {
      bytes[at]! ^= 32;
      return bytes;
    };
    assert.deepEqual(await changed('.rgb', flip), [REPAIRED, 1], `byte ${at}`);
  }
  // Black is what the image that cannot be decoded has anyway.
  assert.deepEqual(await changed('.rgb', (bytes) => bytes.fill(0)), [REPAIRED, COUNT - 1]);
  const exchange = (bytes: Buffer) =>
    Buffer.concat([bytes.subarray(BYTES, 2 * BYTES), bytes.subarray(0, BYTES), bytes.subarray(2 * BYTES)]);
  assert.deepEqual(await changed('.rgb', exchange), [REPAIRED, 2]);
});

test('openImageCache - a file that was cut, and notes that were changed or are of version 0.1.0: all is decoded', async () => {
  const all = ['Decoding images', COUNT];
  assert.deepEqual(await changed('.rgb', (bytes) => bytes.subarray(0, -1)), all);
  const notes = readFileSync(join(base, 'whole', nameOf('.json')), 'utf8');
  assert.match(notes, /not an image/);
  for (const text of [
    '',
    'garbage',
    'null',
    '[]',
    '{}',
    notes.slice(0, -30),
    notes.replace('[7,', '[8,'),
    notes.replace(/\[\[7,.*?\]\]/, '[]'),
    notes.replace('"version":2', '"version":3'),
    notes.replace(/"sums":"..../, '"sums":"AAAA'),
    JSON.stringify({ faults: { 7: 'not an image' }, size: SIDE, images: COUNT, source: base }),
  ])
    assert.deepEqual(await changed('.json', () => text), all, text);
});

test('openImageCache - what a process that was killed left of its notes is removed', async () => {
  const folder = mkdtempSync(join(base, 'parts-'));
  mkdirSync(folder, { recursive: true });
  const part = join(folder, `${nameOf('.json')}.12345.0a1b2c3d.part`);
  writeFileSync(part, 'half');
  truncateSync(part, 2);
  await open(folder);
  assert.deepEqual(readdirSync(folder).sort(), files.sort());
});

test('openImageCache - an index of files that was changed is not believed: the files are read again', async () => {
  const index = files.find((name) => name.startsWith('files-'))!;
  const text = readFileSync(join(base, 'whole', index), 'utf8');
  const [first, second] = [...text.matchAll(/"[0-9a-f]{64}"/g)].map(([digest]) => digest);
  for (const damaged of ['', 'null', 'x\nnull', '{}', text.replace(first!, second!)]) {
    const folder = mkdtempSync(join(base, 'index-'));
    for (const name of files) writeFileSync(join(folder, name), readFileSync(join(base, 'whole', name)));
    writeFileSync(join(folder, index), damaged);
    const opened = await open(folder);
    assert.equal(opened.images.digest, whole.images.digest);
    assert.deepEqual([opened.imageOf, opened.decoded], [whole.imageOf, undefined], damaged.slice(0, 20));
  }
});
