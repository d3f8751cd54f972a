import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeBySharp, type Fit } from '../../src/data/decode.ts';
import { decoded, decodedByBinding } from './decoded.ts';

const folder = mkdtempSync(join(tmpdir(), 'manyheads-decode-'));
let files = 0;

/** Path of a file with these bytes. */
function fileOf(bytes: Uint8Array): string {
  const path = join(folder, String(files++));
  writeFileSync(path, bytes);
  return path;
}

const orange = { r: 200, g: 100, b: 50 };

function plain(
  channels: 3 | 4,
  background: { r: number; g: number; b: number; alpha?: number },
  width = 8,
  height = 8,
) {
  return sharp({ create: { width, height, channels, background } });
}

/** Left half red, right half blue. */
async function redAndBlue(width: number, height: number) {
  const half = await plain(3, { r: 0, g: 0, b: 255 }, width / 2, height)
    .png()
    .toBuffer();
  return plain(3, { r: 255, g: 0, b: 0 }, width, height).composite([
    { input: half, left: width / 2, top: 0 },
  ]);
}

async function pixelsOf(bytes: Buffer, size = 4, fit: Fit = 'stretch') {
  const pixels = await decoded(fileOf(bytes), size, fit);
  assert.equal(pixels.length, size * size * 3);
  return (x: number, y: number) => [...pixels.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
}

function assertNear(actual: number[], expected: number[], tolerance: number): void {
  actual.forEach((value, c) => {
    assert.ok(Math.abs(value - expected[c]!) <= tolerance, `${actual} and not ${expected}`);
  });
}

test('decodeInto - RGB in this order', async () => {
  assert.deepEqual((await pixelsOf(await plain(3, orange).png().toBuffer()))(0, 0), [200, 100, 50]);
});

test('decodeInto - greyscale of 8 and 16 bits becomes three equal channels', async () => {
  const grey = await plain(3, { r: 128, g: 128, b: 128 }).toColourspace('b-w').png().toBuffer();
  assert.equal((await sharp(grey).metadata()).channels, 1);
  assert.deepEqual((await pixelsOf(grey))(1, 1), [128, 128, 128]);
  const deep = await sharp(new Uint16Array(64).fill(0x8081), { raw: { width: 8, height: 8, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer();
  assert.equal((await sharp(deep).metadata()).depth, 'ushort');
  // 0x8081 / 0xffff × 255 = 128.5
  assertNear((await pixelsOf(deep))(1, 1), [128, 128, 128], 1);
});

test('decodeInto - colour of 16 bits', async () => {
  const values = new Uint16Array(192).map((_, i) => [200, 100, 50][i % 3]! * 257);
  const deep = await sharp(values, { raw: { width: 8, height: 8, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal((await sharp(deep).metadata()).depth, 'ushort');
  assertNear((await pixelsOf(deep))(2, 2), [200, 100, 50], 1);
});

test('decodeInto - transparency lies on black', async () => {
  const half = await plain(4, { ...orange, alpha: 0.5 })
    .png()
    .toBuffer();
  assertNear((await pixelsOf(half))(0, 0), [100, 50, 25], 1);
  const clear = await plain(4, { ...orange, alpha: 0 })
    .png()
    .toBuffer();
  assert.deepEqual((await pixelsOf(clear))(0, 0), [0, 0, 0]);
});

test('decodeInto - CMYK comes back as about the colour that it was made from', async () => {
  const cmyk = await plain(3, orange).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  // The inks of the built-in profile do not reach every colour.
  assertNear((await pixelsOf(cmyk))(0, 0), [200, 100, 50], 32);
});

test('decodeInto - upright by EXIF', async () => {
  // Orientation 6: turned a quarter clockwise to be shown, so the left side comes to the top.
  const turned = await (await redAndBlue(16, 16)).withMetadata({ orientation: 6 }).png().toBuffer();
  assert.equal((await sharp(turned).metadata()).orientation, 6);
  const at = await pixelsOf(turned);
  assert.deepEqual([at(0, 0), at(3, 0)], [at(0, 0), at(0, 0)]);
  assertNear(at(0, 0), [255, 0, 0], 1);
  assertNear(at(0, 3), [0, 0, 255], 1);
});

test('decodeInto - stretch, crop and pad of an image twice as wide as high', async () => {
  const wide = await (await redAndBlue(32, 16)).png().toBuffer();
  const stretched = await pixelsOf(wide, 8, 'stretch');
  assertNear(stretched(0, 0), [255, 0, 0], 1);
  assertNear(stretched(7, 7), [0, 0, 255], 1);
  const cropped = await pixelsOf(wide, 8, 'crop');
  assertNear(cropped(0, 4), [255, 0, 0], 1);
  assertNear(cropped(7, 4), [0, 0, 255], 1);
  const padded = await pixelsOf(wide, 8, 'pad');
  assert.deepEqual(padded(0, 0), [0, 0, 0]);
  assert.deepEqual(padded(7, 7), [0, 0, 0]);
  assertNear(padded(0, 4), [255, 0, 0], 1);
});

test('decodeInto - crop keeps the middle', async () => {
  // 48 × 16, green only in the middle third: the crop is green all over.
  const middle = await plain(3, { r: 0, g: 255, b: 0 }, 16, 16).png().toBuffer();
  const wide = await plain(3, { r: 255, g: 0, b: 0 }, 48, 16)
    .composite([{ input: middle, left: 16, top: 0 }])
    .png()
    .toBuffer();
  const at = await pixelsOf(wide, 8, 'crop');
  assertNear(at(1, 4), [0, 255, 0], 1);
  assertNear(at(6, 4), [0, 255, 0], 1);
});

/** An image of grey values, row by row. */
function greys(rows: readonly (readonly number[])[]): Promise<Buffer> {
  const values = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return sharp(values, { raw: { width: rows[0]!.length, height: rows.length, channels: 3 } })
    .png()
    .toBuffer();
}

test('decodeInto - enlarged by bilinear interpolation with half-pixel centres', async () => {
  // Places (x + 0.5) / 2 - 0.5 = -0.25, 0.25, 0.75, 1.25, … between 0, 100, 200, 40; the edge goes on.
  const at = await pixelsOf(await greys(Array(4).fill([0, 100, 200, 40])), 8);
  [0, 25, 75, 125, 175, 160, 80, 40].forEach((value, x) => {
    assertNear(at(x, 3), [value, value, value], 1);
  });
});

test('decodeInto - made smaller by a linear filter as wide as a new pixel', async () => {
  // Half the size: weights 1/8, 3/8, 3/8, 1/8 around the middle of each pair, the edge going on:
  // (0 + 3 × 0 + 3 × 100 + 200) / 8 = 62.5 and (100 + 3 × 200 + 3 × 40 + 40) / 8 = 107.5.
  const at = await pixelsOf(await greys(Array(4).fill([0, 100, 200, 40])), 2);
  assertNear(at(0, 1), [62.5, 62.5, 62.5], 1);
  assertNear(at(1, 1), [107.5, 107.5, 107.5], 1);
});

test('decodeInto - wider and less high at once', async () => {
  // Across as in the first of these, 2 to 4 pixels: 0, 50, 150, 200. Down 8 equal rows to 4.
  const at = await pixelsOf(await greys(Array(8).fill([0, 200])), 4);
  [0, 50, 150, 200].forEach((value, x) => {
    assertNear(at(x, 2), [value, value, value], 1);
  });
});

test('decodeInto - truncated files of every format are refused', async () => {
  // Noise, so that no format packs it into its header.
  const noise = sharp(
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251),
    { raw: { width: 64, height: 64, channels: 3 } },
  );
  for (const bytes of [
    await noise.clone().jpeg().toBuffer(),
    await noise.clone().png().toBuffer(),
    await noise.clone().webp().toBuffer(),
    await noise.clone().gif().toBuffer(),
    await noise.clone().tiff({ compression: 'lzw' }).toBuffer(),
    await noise.clone().avif({ lossless: true, effort: 0 }).toBuffer(),
  ]) {
    await decoded(fileOf(bytes), 8, 'stretch');
    for (const share of [0.5, 0.95]) {
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      await assert.rejects(decoded(fileOf(cut), 8, 'stretch'));
    }
  }
});

test('decodeInto - a sentence for a truncated file and for text', async () => {
  const jpeg = await plain(3, orange, 64, 64).jpeg().toBuffer();
  const faultOf = (bytes: Buffer) =>
    decoded(fileOf(bytes), 8, 'stretch').then(
      () => null,
      (error: Error) => error.message,
    );
  assert.equal(
    await faultOf(jpeg.subarray(0, jpeg.length - 20)),
    'the file ends before the image does (truncated)',
  );
  assert.equal(
    await faultOf(Buffer.from('a table, not an image')),
    'not an image, or of a format that is not known; read are JPEG, PNG, WebP, GIF, TIFF and AVIF',
  );
  const absent = await decoded(join(folder, 'absent.jpg'), 8, 'stretch').catch(
    (error: Error) => error.message,
  );
  assert.equal(absent, 'there is no such file');
});

/** Something without symmetry, as a JPEG that keeps its colours sharp. */
const slanted = (width: number, height: number) =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
      return [(x * 200) / width, (y * 250) / height, (x * y) % 97][i % 3]!;
    }),
    { raw: { width, height, channels: 3 } },
  );

test('decodeJpeg - every orientation and fit as sharp shows it, cropped to the same pixel', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    // An odd rest on both sides, so that a crop from the wrong end is one pixel off.
    const bytes = await slanted(46, 33)
      .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
      .withMetadata({ orientation })
      .toBuffer();
    for (const fit of ['stretch', 'crop', 'pad'] as const) {
      // withMetadata puts a profile there: without it, and with the orientation of its EXIF.
      const path = fileOf(withoutProfile(bytes));
      const ours = await decodedByBinding(path, 24, fit);
      assert.ok(ours !== null, `orientation ${orientation}`);
      const expected = await decodeBySharp(bytes, 24, fit);
      assertNear([...ours], [...expected], 3);
    }
  }
});

/** A JPEG file without its segments APP2. */
function withoutProfile(bytes: Buffer): Buffer {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  for (let at = 2; ; ) {
    const next = at + 2 + bytes.readUInt16BE(at + 2);
    if (bytes[at + 1] === 0xda) return Buffer.concat([...kept, bytes.subarray(at)]);
    if (bytes[at + 1] !== 0xe2) kept.push(bytes.subarray(at, next));
    at = next;
  }
}

test('decodeJpeg - leaves to sharp what has a profile, inks, a fault, or another format', async () => {
  const picture = slanted(40, 40);
  const plainBytes = await picture.clone().jpeg().toBuffer();
  const answers = [
    plainBytes,
    await picture.clone().jpeg({ progressive: true }).toBuffer(),
    await picture.clone().greyscale().jpeg().toBuffer(),
    await picture.clone().withIccProfile('p3').jpeg().toBuffer(),
    await picture.clone().toColourspace('cmyk').jpeg().toBuffer(),
    await picture.clone().png().toBuffer(),
    // Without the two bytes that end it, and without its second half.
    plainBytes.subarray(0, -2),
    plainBytes.subarray(0, plainBytes.length / 2),
    Buffer.alloc(0),
  ].map((bytes) => decodedByBinding(fileOf(bytes), 16, 'stretch'));
  const isDecoded = (await Promise.all(answers)).map((pixels) => pixels !== null);
  assert.deepEqual(isDecoded, [true, true, true, false, false, false, false, false, false]);
  assert.equal(await decodedByBinding(join(folder, 'absent.jpg'), 16, 'stretch'), null);
});

test('decodeJpeg - the same bytes each time, whatever else is being decoded', async () => {
  const path = fileOf(await slanted(300, 200).jpeg().toBuffer());
  const results = await Promise.all(Array.from({ length: 32 }, () => decodedByBinding(path, 64, 'crop')));
  for (const pixels of results) assert.deepEqual(pixels, results[0]);
});
