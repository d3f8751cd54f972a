/**
 * Photographs that were cut in their middle and closed as their format wants it: a decoder makes up the rest. None may be
 * taken, of any format; all of them whole must be.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { decodeImage } from '../../src/data/decode.ts';
import { cutters } from './damage.ts';

const photographs = join(import.meta.dirname, '../../experiments/data/clothing/images');
const folder = mkdtempSync(join(tmpdir(), 'manyheads-damage-'));
const COUNT = 100;
/** Of the kinds of one format beside its plain one. */
const FEW = 25;

const encoders: Readonly<Record<string, readonly [keyof typeof cutters, (image: Sharp) => Sharp]>> = {
  JPEG: ['jpeg', (image) => image.jpeg()],
  'JPEG with a profile': ['jpeg', (image) => image.jpeg().withIccProfile('p3')],
  'JPEG of inks': ['jpeg', (image) => image.toColourspace('cmyk').jpeg()],
  'progressive JPEG': ['jpeg', (image) => image.jpeg({ progressive: true })],
  PNG: ['png', (image) => image.png({ compressionLevel: 1 })],
  'interlaced PNG': ['png', (image) => image.png({ compressionLevel: 1, progressive: true })],
  WebP: ['webp', (image) => image.webp({ effort: 0 })],
  'WebP without loss': ['webp', (image) => image.webp({ effort: 0, lossless: true })],
  GIF: ['gif', (image) => image.gif({ effort: 1 })],
  TIFF: ['tiff', (image) => image.tiff({ compression: 'none' })],
  'TIFF of JPEG': ['tiff', (image) => image.tiff({ compression: 'jpeg' })],
  'TIFF of LZW': ['tiff', (image) => image.tiff({ compression: 'lzw' })],
  'TIFF of deflate': ['tiff', (image) => image.tiff({ compression: 'deflate' })],
};

const names = readdirSync(photographs).sort();
const small = Promise.all(
  Array.from({ length: COUNT }, (_, i) => names[Math.floor((i * names.length) / COUNT)]!).map((name) =>
    sharp(readFileSync(join(photographs, name)))
      .resize(48, 48, { fit: 'fill' })
      .raw()
      .toBuffer(),
  ),
);

for (const [title, [format, encode]] of Object.entries(encoders)) {
  const count = title.toLowerCase() === format ? COUNT : FEW;
  test(`decodeImage - ${title}: ${count} photographs are taken whole, and none that was cut and closed`, async () => {
    const path = join(folder, title);
    const taken: string[] = [];
    for (const [i, pixels] of (await small).slice(0, count).entries()) {
      const raw = { width: 48, height: 48, channels: 3 } as const;
      const whole = await encode(sharp(pixels, { raw })).toBuffer();
      writeFileSync(path, whole);
      assert.ok((await decodeImage(path, 16, 'stretch')) instanceof Uint8Array, `photograph ${i}`);
      for (const share of [0.2, 0.5, 0.9]) {
        writeFileSync(path, cutters[format](whole, share));
        const answer = await decodeImage(path, 16, 'stretch');
        if (typeof answer !== 'string') taken.push(`${i} to ${share}`);
        else assert.match(answer, /truncated|damaged|cannot be decoded/);
      }
    }
    assert.deepEqual(taken, []);
  });
}
