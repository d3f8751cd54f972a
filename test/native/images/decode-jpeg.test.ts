/**
 * The decoder of JPEG files over files that are damaged or hostile. It answers pixels, the same each time, or that the file
 * is not for it; it never ends the process. `npm run test:native` runs this with a binding that watches every access.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Fit } from '../../../src/data/decode.ts';
import { keyFor, philox } from '../../../src/random.ts';
import { decodedByBinding, faultByBinding } from '../../data/decoded.ts';
import {
  bare,
  exif,
  frame,
  isFrame,
  makeJpeg,
  marker,
  putTogether,
  segment,
  takeApart,
} from './jpeg-segments.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const photographs = join(root, 'experiments', 'data', 'clothing', 'images');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-damaged-'));
const fits: readonly Fit[] = ['stretch', 'crop', 'pad'];
let files = 0;

/** What the decoder says where libjpeg's size is not the one that was read here. */
const TWO_SIZES = /two sizes/;

function fileOf(bytes: Uint8Array): string {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return path;
}

/**
 * Decodes in every fit, twice: memory that nobody wrote to would differ.
 * @returns whether it was decoded
 */
async function survives(bytes: Uint8Array, side = 24): Promise<boolean> {
  const path = fileOf(bytes);
  let isDecoded = false;
  for (const fit of fits) {
    const [once, again] = await Promise.all([
      decodedByBinding(path, side, fit),
      decodedByBinding(path, side, fit),
    ]);
    assert.deepEqual(once, again);
    if (once === null) continue;
    assert.equal(once.length, side * side * 3);
    isDecoded = true;
  }
  return isDecoded;
}

/** Words without order, the same in every run. */
function* wordsFor(purpose: string): Generator<number, never> {
  const key = keyFor(1, purpose);
  const words = new Uint32Array(4);
  for (let block = 0; ; block++) {
    philox(key, [block, 0, 0, 0], words);
    yield* words;
  }
}

/** Some of the photographs that are trained on here, and pictures of other kinds of JPEG. */
async function samples(): Promise<Buffer[]> {
  const names = readdirSync(photographs).sort();
  const chosen = [0, 0.25, 0.5, 0.75].map((share) => names[Math.floor(share * names.length)]!);
  return [
    ...chosen.map((name) => readFileSync(join(photographs, name))),
    await makeJpeg(61, 43),
    await makeJpeg(61, 43, { progressive: true }),
    await makeJpeg(17, 90, { chromaSubsampling: '4:4:4' }),
  ];
}

test('decodeJpeg - files that were cut anywhere are refused', async () => {
  for (const bytes of await samples()) {
    assert.equal(await survives(bytes), true);
    for (let part = 0; part < 24; part++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * part) / 24));
      assert.equal(await survives(cut), false, `${cut.length} of ${bytes.length} bytes`);
      // With the two bytes that end a file, so that the decoder itself comes to where something is missing.
      await survives(Buffer.concat([cut, bare(marker.end)]));
    }
  }
});

test('decodeJpeg - bits that were flipped, and bytes that were overwritten, in the header and in the pixels', async () => {
  const words = wordsFor('flips');
  const next = (below: number): number => words.next().value % below;
  for (const bytes of await samples()) {
    const header = bytes.length - takeApart(bytes).scan.length;
    for (let attempt = 0; attempt < 24; attempt++) {
      const damaged = Buffer.from(bytes);
      const reach = attempt % 2 === 0 ? header : bytes.length;
      for (let flip = 0; flip <= next(4); flip++) {
        const at = next(reach);
        damaged[at] = damaged[at]! ^ (1 << next(8));
      }
      if (attempt % 3 === 0) {
        const from = next(bytes.length);
        damaged.fill(next(256), from, Math.min(bytes.length, from + next(64)));
      }
      await survives(damaged);
    }
  }
});

test('decodeJpeg - a file whose pixels were overwritten in the middle', async (t) => {
  const file = join(root, '..', 'shared', 'cases', '06-jpeg-damaged-in-the-middle', 'midcorrupt.jpg');
  if (!existsSync(file)) return t.skip(`${file} is not there`);
  assert.equal(await survives(readFileSync(file)), false);
  assert.match((await faultByBinding(file, 16, 'stretch')) ?? '', /216 extraneous bytes/);
});

test('decodeJpeg - sizes that are not those of the pixels', async () => {
  const { segments, scan } = takeApart(await makeJpeg(40, 30, { chromaSubsampling: '4:4:4' }));
  const sized = (...frames: Buffer[]): Buffer =>
    putTogether(...segments.flatMap((piece) => (isFrame(piece) ? frames : [piece])), scan);
  const original = segments.find(isFrame)!;
  assert.equal(await survives(sized(original)), true);
  for (const [width, height] of [
    [0, 0],
    [0, 30],
    [40, 0],
    [65535, 65535],
    [65535, 1],
    [1, 65535],
    [40, 65535],
  ] as const) {
    const other = Buffer.from(original);
    other.writeUInt16BE(height, 5);
    other.writeUInt16BE(width, 7);
    assert.equal(await survives(sized(other)), false, `${width} × ${height}`);
  }
  for (const options of [
    { components: 0 },
    { components: 2 },
    { components: 255 },
    { bits: 12 },
    { code: 0xc3 },
  ])
    assert.equal(await survives(sized(frame(40, 30, options))), false, JSON.stringify(options));
  assert.equal(await survives(sized(original, frame(4000, 3000))), false);
  assert.equal(await survives(sized()), false);
});

test('decodeJpeg - a second size that only one of two readers sees', async () => {
  const { segments, scan } = takeApart(await makeJpeg(16, 16, { chromaSubsampling: '4:4:4' }));
  // TEM and RST have no length. Who takes the next two bytes for one jumps over the frame, to another in a comment.
  const wrongLength = 0xffe1;
  for (const code of [marker.stuffed, marker.temporary, marker.restart]) {
    for (const [width, height] of [
      [60000, 8000],
      [8000, 60000],
      [1, 1],
    ] as const) {
      const first = Buffer.concat([segment(marker.application1, Buffer.alloc(8)), ...segments]);
      const hidden = Buffer.concat([frame(width, height), segment(marker.scan, Buffer.alloc(8))]);
      const before = wrongLength - 2 - first.length;
      // One comment holds at most 65533 bytes.
      const half = Buffer.alloc(Math.floor(before / 2));
      const rest = Buffer.alloc(before - half.length - 4 - 2);
      const bytes = putTogether(
        bare(code),
        first,
        segment(marker.comment, half),
        segment(marker.comment, Buffer.concat([rest, hidden])),
        scan,
      );
      const where = `${width} × ${height} behind 0x${code.toString(16)}`;
      assert.equal(await survives(bytes), false, where);
      assert.doesNotMatch((await faultByBinding(fileOf(bytes), 16, 'stretch')) ?? '', TWO_SIZES, where);
    }
  }
});

test('decodeJpeg - segments whose lengths are wrong, and markers without end', async () => {
  const { segments, scan } = takeApart(await makeJpeg(40, 30));
  for (const length of [0, 1, 65535]) {
    const wrong = segment(marker.comment, Buffer.alloc(8), length);
    assert.equal(await survives(putTogether(wrong, ...segments, scan)), false, `length ${length}`);
    assert.equal(await survives(putTogether(...segments, wrong)), false, `length ${length} at the end`);
  }
  assert.equal(await survives(Buffer.alloc(70_000, 0xff)), false);
  assert.equal(await survives(putTogether(Buffer.alloc(70_000, 0xff), ...segments, scan)), true);
  for (const tiny of [
    [],
    [0xff],
    [0xff, 0xd8],
    [0xff, 0xd8, 0xff],
    [0xff, 0xd8, 0xff, 0xd9],
    [0xff, 0xd8, 0xff, 0xda],
  ])
    assert.equal(await survives(Buffer.from(tiny)), false);
});

test('decodeJpeg - Exif that lies about where it is, how long it is, and what it says', async () => {
  const { segments, scan } = takeApart(await makeJpeg(40, 30));
  const with_ = (piece: Buffer): Buffer => putTogether(piece, ...segments, scan);
  const [orientation, short, long] = [0x0112, 3, 4];
  for (const little of [false, true]) {
    for (const value of [0, 1, 6, 8, 9, 65535])
      assert.equal(await survives(with_(exif([[orientation, short, value]], { little }))), true);
    for (const lie of [
      { offset: 0xffffffff },
      { offset: 0x7fffffff },
      { offset: 20 },
      { count: 65535 },
      { count: 0 },
    ])
      assert.equal(await survives(with_(exif([[orientation, short, 6]], { little, ...lie }))), true);
    assert.equal(await survives(with_(exif([[orientation, long, 6]], { little }))), true);
  }
  const whole = exif([[orientation, short, 6]]);
  for (let length = 4; length < whole.length; length++) {
    const cut = segment(marker.application1, whole.subarray(4, length));
    assert.equal(await survives(with_(cut)), true);
  }
});

test('decodeJpeg - sides of one row, and squares from 1 pixel to more than the picture has', async () => {
  for (const [width, height] of [
    [1, 1],
    [1, 600],
    [600, 1],
    [7, 9],
  ] as const) {
    const bytes = await makeJpeg(width, height);
    for (const side of [1, 2, 7, 64])
      assert.equal(await survives(bytes, side), true, `${width} × ${height} to ${side}`);
  }
});
