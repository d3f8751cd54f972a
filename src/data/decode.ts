/**
 * One image file to RGB pixels, for training and for prediction. In: a file of a format of formats.ts, of any size and
 * colour. Out: size × size × 3 bytes, HWC, in a file or in memory. Upright by its EXIF, in sRGB, transparency on black, scaled by a linear filter that is as wide as a pixel
 * of the smaller image: every source pixel counts, so nothing flickers when an image is made much smaller.
 *
 *   plain JPEG ─▶ the binding's function (src/tensorflow/files.ts), in one go
 *   all else ─▶ sharp
 *
 * One rule for all formats: an image is bad where its decoder has anything to say against its pixels. What is missing from a
 * file, a decoder makes up: grey, or the rows before. Some decoders only warn of that, and that of GIF does not even warn
 * (gif.ts). What a decoder says of a profile or a comment that it does not understand is no word against pixels.
 */
import { type FileHandle, readFile } from 'node:fs/promises';
import type Sharp from 'sharp';
import { decodeJpeg, decodeJpegToMemory } from '../tensorflow/files.ts';
import { readFault } from './contents.ts';
import { formatOf, isRead, unreadFault } from './formats.ts';
import { gifFault } from './gif.ts';

export type Fit = 'stretch' | 'crop' | 'pad';

/** Loaded for the first image that needs it: an answer for a single JPEG should not wait for it. */
let sharpModule: Promise<typeof Sharp> | undefined;

async function loadSharp(): Promise<typeof Sharp> {
  const { default: sharp } = await import('sharp');
  // One thread an image, many images at once; and nothing is decoded twice, so sharp need not remember it.
  sharp.concurrency(1);
  sharp.cache(false);
  return sharp;
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * @param file where the pixels go; stays open until the answer
 * @param offset of the first pixel in that file, in bytes
 * @param size side of the result in pixels
 * @returns what is wrong with the image, as one sentence without a full stop, or null; a truncated file is wrong, not a
 *   grey lower half
 * @throws Error where the pixels cannot be written, RunError where TensorFlow is not set up
 */
export async function decodeInto(
  file: FileHandle,
  path: string,
  offset: number,
  size: number,
  fit: Fit,
): Promise<string | null> {
  const plain = await decodeJpeg(path, size, fit, file.fd, offset);
  if (plain === true) return null;
  if (plain !== null) return faultOf(plain);
  const pixels = await decodeOther(path, size, fit);
  if (typeof pixels === 'string') return pixels;
  await file.write(pixels, 0, pixels.length, offset);
  return null;
}

/**
 * As `decodeInto`, into memory: the same bytes.
 * @param from path, or what the file holds
 * @returns size × size × 3 bytes, or what is wrong with the image
 */
export async function decodeImage(
  from: string | Uint8Array,
  size: number,
  fit: Fit,
): Promise<Uint8Array | string> {
  if (typeof from !== 'string' && from.length === 0) return 'the file is empty';
  const plain = await decodeJpegToMemory(from, size, fit);
  return typeof plain === 'string' ? faultOf(plain) : (plain ?? decodeOther(from, size, fit));
}

/** What the binding leaves to sharp. */
async function decodeOther(from: string | Uint8Array, size: number, fit: Fit): Promise<Uint8Array | string> {
  try {
    const bytes = typeof from === 'string' ? await readFile(from) : from;
    const format = formatOf(bytes);
    if (!isRead(format)) return unreadFault(format);
    const fault = format === 'GIF' ? gifFault(bytes) : null;
    return fault ?? (await decodeBySharp(bytes, size, fit));
  } catch (error) {
    return error instanceof Error && 'syscall' in error
      ? readFault(error)
      : faultOf(String((error as Error).message));
  }
}

/**
 * An image of any format.
 * @param size side of the result in pixels
 * @throws Error that says what is wrong with the file
 */
export async function decodeBySharp(bytes: Uint8Array, size: number, fit: Fit): Promise<Uint8Array> {
  sharpModule ??= loadSharp();
  const sharp = await sharpModule;
  const { autoOrient } = await sharp(bytes).metadata();
  const { source, target } = areas(autoOrient.width, autoOrient.height, size, fit);
  // libvips shrinks with half-pixel centres but enlarges half a pixel off, so that enlarging is ours.
  const width = Math.min(source.width, target.width);
  const height = Math.min(source.height, target.height);
  const image = sharp(bytes, { failOn: 'warning' }).autoOrient().flatten({ background: 'black' });
  if (fit === 'crop') image.extract({ ...source });
  if (width < source.width || height < source.height)
    image.resize(width, height, { fit: 'fill', kernel: 'linear' });
  const pixels = await image.toColourspace('srgb').raw({ depth: 'uchar' }).toBuffer();
  if (pixels.length !== width * height * 3) {
    throw new Error(`expected ${width * height * 3} bytes of pixels, got ${pixels.length}`);
  }
  return place(enlarge(pixels, width, height, target.width, target.height), target, size);
}

/** What of the image is shown, and where in the result. */
function areas(width: number, height: number, size: number, fit: Fit): { source: Area; target: Area } {
  const source = { left: 0, top: 0, width, height };
  const target = { left: 0, top: 0, width: size, height: size };
  if (fit === 'stretch') return { source, target };
  if (fit === 'crop') {
    const side = Math.min(width, height);
    const left = Math.floor((width - side) / 2);
    return { source: { left, top: Math.floor((height - side) / 2), width: side, height: side }, target };
  }
  const scale = size / Math.max(width, height);
  const shown = {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
  const left = Math.floor((size - shown.width) / 2);
  return { source, target: { left, top: Math.floor((size - shown.height) / 2), ...shown } };
}

/** For each position of a longer axis: the two source positions around it, and the share of the second. */
function taps(from: number, to: number): { first: Int32Array; second: Int32Array; share: Float32Array } {
  const first = new Int32Array(to);
  const second = new Int32Array(to);
  const share = new Float32Array(to);
  for (let i = 0; i < to; i++) {
    const at = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    first[i] = Math.floor(at);
    second[i] = Math.min(first[i]! + 1, from - 1);
    share[i] = at - first[i]!;
  }
  return { first, second, share };
}

/** Bilinear, with half-pixel centres; a side that stays as it is costs nothing. */
function enlarge(
  pixels: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array {
  if (width === toWidth && height === toHeight) return pixels;
  const x = taps(width, toWidth);
  const y = taps(height, toHeight);
  const result = new Uint8Array(toWidth * toHeight * 3);
  // Two source rows, widened; the second is the next one's first as a rule.
  const widened = new Map<number, Float32Array>();
  const rowAt = (row: number): Float32Array => {
    const known = widened.get(row);
    if (known !== undefined) return known;
    const wide = new Float32Array(toWidth * 3);
    const base = row * width * 3;
    for (let i = 0, to = 0; i < toWidth; i++) {
      const a = base + x.first[i]! * 3;
      const b = base + x.second[i]! * 3;
      const share = x.share[i]!;
      for (let c = 0; c < 3; c++) wide[to++] = pixels[a + c]! + (pixels[b + c]! - pixels[a + c]!) * share;
    }
    widened.delete(row - 2);
    widened.set(row, wide);
    return wide;
  };
  for (let j = 0, to = 0; j < toHeight; j++) {
    const upper = rowAt(y.first[j]!);
    const lower = rowAt(y.second[j]!);
    const share = y.share[j]!;
    for (let i = 0; i < upper.length; i++) result[to++] = upper[i]! + (lower[i]! - upper[i]!) * share + 0.5;
  }
  return result;
}

/** Puts a picture on black where it does not fill the square. */
function place(pixels: Uint8Array, { left, top, width, height }: Area, size: number): Uint8Array {
  if (width === size && height === size) return pixels;
  const square = new Uint8Array(size * size * 3);
  for (let row = 0; row < height; row++) {
    square.set(pixels.subarray(row * width * 3, (row + 1) * width * 3), ((top + row) * size + left) * 3);
  }
  return square;
}

/** What a decoder says, as one sentence without a full stop. */
function faultOf(said: string): string {
  if (/premature end|unexpected end|truncat/i.test(said))
    return 'the file ends before the image does (truncated)';
  // sharp's words where libvips has kept none.
  if (/failOn setting|^Unknown error/.test(said)) return 'damaged: its decoder does not say how';
  const line = said.split('\n')[0]!.trim();
  return /^(VipsJpeg: )?Corrupt JPEG data/.test(line)
    ? `damaged: ${line.replace('VipsJpeg: ', '')}`
    : `cannot be decoded: ${line}`;
}
