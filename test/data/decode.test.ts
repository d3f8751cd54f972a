import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { decodeFault, decodeImage, type Fit } from '../../src/data/decode.ts';

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
  const pixels = await decodeImage(bytes, size, fit);
  assert.equal(pixels.length, size * size * 3);
  return (x: number, y: number) => [...pixels.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
}

function assertNear(actual: number[], expected: number[], tolerance: number): void {
  actual.forEach((value, c) => {
    assert.ok(Math.abs(value - expected[c]!) <= tolerance, `${actual} and not ${expected}`);
  });
}

test('decodeImage - RGB in this order', async () => {
  assert.deepEqual((await pixelsOf(await plain(3, orange).png().toBuffer()))(0, 0), [200, 100, 50]);
});

test('decodeImage - greyscale of 8 and 16 bits becomes three equal channels', async () => {
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

test('decodeImage - colour of 16 bits', async () => {
  const values = new Uint16Array(192).map((_, i) => [200, 100, 50][i % 3]! * 257);
  const deep = await sharp(values, { raw: { width: 8, height: 8, channels: 3 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer();
  assert.equal((await sharp(deep).metadata()).depth, 'ushort');
  assertNear((await pixelsOf(deep))(2, 2), [200, 100, 50], 1);
});

test('decodeImage - transparency lies on black', async () => {
  const half = await plain(4, { ...orange, alpha: 0.5 })
    .png()
    .toBuffer();
  assertNear((await pixelsOf(half))(0, 0), [100, 50, 25], 1);
  const clear = await plain(4, { ...orange, alpha: 0 })
    .png()
    .toBuffer();
  assert.deepEqual((await pixelsOf(clear))(0, 0), [0, 0, 0]);
});

test('decodeImage - CMYK comes back as about the colour that it was made from', async () => {
  const cmyk = await plain(3, orange).toColourspace('cmyk').jpeg({ quality: 100 }).toBuffer();
  assert.equal((await sharp(cmyk).metadata()).space, 'cmyk');
  // The inks of the built-in profile do not reach every colour.
  assertNear((await pixelsOf(cmyk))(0, 0), [200, 100, 50], 32);
});

test('decodeImage - upright by EXIF', async () => {
  // Orientation 6: turned a quarter clockwise to be shown, so the left side comes to the top.
  const turned = await (await redAndBlue(16, 16)).withMetadata({ orientation: 6 }).png().toBuffer();
  assert.equal((await sharp(turned).metadata()).orientation, 6);
  const at = await pixelsOf(turned);
  assert.deepEqual([at(0, 0), at(3, 0)], [at(0, 0), at(0, 0)]);
  assertNear(at(0, 0), [255, 0, 0], 1);
  assertNear(at(0, 3), [0, 0, 255], 1);
});

test('decodeImage - stretch, crop and pad of an image twice as wide as high', async () => {
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

test('decodeImage - crop keeps the middle', async () => {
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

test('decodeImage - enlarged by bilinear interpolation with half-pixel centres', async () => {
  // Places (x + 0.5) / 2 - 0.5 = -0.25, 0.25, 0.75, 1.25, … between 0, 100, 200, 40; the edge goes on.
  const at = await pixelsOf(await greys(Array(4).fill([0, 100, 200, 40])), 8);
  [0, 25, 75, 125, 175, 160, 80, 40].forEach((value, x) => {
    assertNear(at(x, 3), [value, value, value], 1);
  });
});

test('decodeImage - made smaller by a linear filter as wide as a new pixel', async () => {
  // Half the size: weights 1/8, 3/8, 3/8, 1/8 around the middle of each pair, the edge going on:
  // (0 + 3 × 0 + 3 × 100 + 200) / 8 = 62.5 and (100 + 3 × 200 + 3 × 40 + 40) / 8 = 107.5.
  const at = await pixelsOf(await greys(Array(4).fill([0, 100, 200, 40])), 2);
  assertNear(at(0, 1), [62.5, 62.5, 62.5], 1);
  assertNear(at(1, 1), [107.5, 107.5, 107.5], 1);
});

test('decodeImage - wider and less high at once', async () => {
  // Across as in the first of these, 2 to 4 pixels: 0, 50, 150, 200. Down 8 equal rows to 4.
  const at = await pixelsOf(await greys(Array(8).fill([0, 200])), 4);
  [0, 50, 150, 200].forEach((value, x) => {
    assertNear(at(x, 2), [value, value, value], 1);
  });
});

test('decodeImage - truncated files of every format are refused', async () => {
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
  ]) {
    await decodeImage(bytes, 8, 'stretch');
    for (const share of [0.5, 0.95]) {
      await assert.rejects(decodeImage(bytes.subarray(0, Math.floor(bytes.length * share)), 8, 'stretch'));
    }
  }
});

test('decodeFault - a sentence for a truncated file and for text', async () => {
  const jpeg = await plain(3, orange, 64, 64).jpeg().toBuffer();
  const faultOf = (bytes: Buffer) =>
    decodeImage(bytes, 8, 'stretch').then(
      () => null,
      (error) => decodeFault(error),
    );
  assert.equal(
    await faultOf(jpeg.subarray(0, jpeg.length - 20)),
    'the file ends before the image does (truncated)',
  );
  assert.equal(
    await faultOf(Buffer.from('a table, not an image')),
    'not an image, or of a format that is not supported',
  );
});
