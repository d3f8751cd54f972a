/**
 * All images of a data set as one raw file. In: image paths by row. Out: N × size × size × 3 bytes (NHWC, RGB), which
 * row is which image, and every bad image. The file's name is a digest of the contents, so it is made once.
 *
 *   paths ─▶ contents (contents.ts) ─▶ digest ─▶ the file is there and as it was written (verify.ts), or is built (build.ts)
 */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../machine/lock.mjs';
import { makeFolder } from '../machine/whole.mjs';
import { type BuildOptions, buildCache } from './build.ts';
import { type CacheFiles, type CacheNotes, readNotes } from './cache-files.ts';
import { keepContents } from './changed-images.ts';
import { type Content, identifyContents } from './contents.ts';
import type { Fit } from './decode.ts';
import { decoderVersion } from './decoder-version.ts';
import { touch } from './touch.ts';
import { damagedImages, repairImages } from './verify.ts';

/** Enough to keep four threads busy while files are read and results written: 1.5 times as fast as 2, measured. */
const imagesInWork = 8;

export interface ImageCache {
  /** The raw file; absent where `count` is 0. */
  readonly file: string;
  /** Side of every image, pixels. */
  readonly size: number;
  /** Images of distinct content. One that cannot be decoded has its place too, black, and no row points to it. */
  readonly count: number;
  /** SHA-256 over the decoder's version, size, fit and the contents in the order of their rows. */
  readonly digest: string;
  readonly byteLength: number;
  /** The whole file, read on the first call and kept. */
  pixels(): Uint8Array;
}

export interface BadImage {
  /** Number of the table's row. */
  readonly row: number;
  readonly path: string;
  /** A sentence without a full stop. */
  readonly reason: string;
}

export interface OpenCacheOptions {
  /** Absolute path by row of the table; empty where the table names none. */
  readonly paths: readonly string[];
  /** Rows whose images are wanted, ascending. */
  readonly rows: Int32Array;
  /** Side of the cached images, pixels. */
  readonly size: number;
  readonly fit: Fit;
  /** Folder of the cache; made where it is absent. */
  readonly folder: string;
  /** Images in work at once; how many of them are decoded at once is up to libuv's thread pool. */
  readonly concurrency?: number;
  /** What is being done, and how much of it is done. */
  readonly onProgress?: (label: string, done: number, total: number) => void;
  /** Told what the images are, before any is decoded; what it throws ends the call. */
  readonly onIdentified?: ((found: FoundImages) => void) | undefined;
}

/** Images as files, not decoded. */
export interface FoundImages {
  /** By path. */
  readonly contents: ReadonlyMap<string, Content>;
  /** SHA-256 over the contents of all rows that were asked for, in their order. */
  readonly contentDigest: string;
  /** That of the cache. */
  readonly digest: string;
  /** The digest that the cache would have under another version of the decoder. */
  digestBy(decoder: string): string;
}

export interface OpenedCache {
  readonly images: ImageCache;
  /** Index of each row's image; -1 for a bad image and for a row that was not asked for. */
  readonly imageOf: Int32Array;
  /** Every bad image of the rows, in their order. */
  readonly bad: readonly BadImage[];
}

/**
 * Opens the cache, decoding what has to be decoded. Several processes may do so at once: one decodes and the others
 * wait for it. After a break the next call goes on with what was decoded.
 * @throws RunError where the disk has no room
 */
export async function openImageCache(options: OpenCacheOptions): Promise<OpenedCache> {
  const { paths, rows, size, fit, folder, onProgress = () => {} } = options;
  const concurrency = concurrencyOf(options);
  const { contents, placeOf, sources, digest, contentDigest, digestBy } = await identifyImages(options);
  options.onIdentified?.({ contents, contentDigest, digest, digestBy });
  keepContents(join(folder, `${digest}.contents`), contents);
  const files: CacheFiles = {
    raw: join(folder, `${digest}.rgb`),
    notes: join(folder, `${digest}.json`),
    partial: join(folder, `${digest}.partial`),
    journal: join(folder, `${digest}.journal`),
  };
  const byteLength = sources.length * size * size * 3;
  const build = (label: string): BuildOptions => ({
    files,
    sources,
    size,
    fit,
    concurrency,
    onProgress: (done, total) => onProgress(label, done, total),
  });
  const faults = sources.length > 0 ? (await openFiles(build, folder, digest)).faults : new Map();

  const imageOf = new Int32Array(paths.length).fill(-1);
  const bad: BadImage[] = [];
  for (const row of rows) {
    const path = paths[row]!;
    const content = contents.get(path);
    const place = content?.digest == null ? undefined : placeOf.get(content.digest);
    const reason = place === undefined ? (content?.fault ?? 'the table names no image') : faults.get(place);
    if (reason === undefined) imageOf[row] = place!;
    else bad.push({ row, path, reason });
  }
  return { images: cacheOf(files.raw, size, sources.length, digest, byteLength), imageOf, bad };
}

/** A cache of more bytes takes seconds to be checked, which is shown. */
const CHECK_SHOWN_BYTES = 1e9;

/** The notes of a cache whose pixels are all as they were decoded; what is not is decoded first, by one process at a time. */
async function openFiles(
  build: (label: string) => BuildOptions,
  folder: string,
  digest: string,
): Promise<CacheNotes> {
  const decoding = build('Decoding images');
  const { files, sources, size } = decoding;
  const isLarge = sources.length * size * size * 3 > CHECK_SHOWN_BYTES;
  const onChecked = isLarge ? build('Checking images').onProgress : () => undefined;
  const check = async (): Promise<{ notes: CacheNotes; damaged: number[] } | undefined> => {
    const notes = wholeNotes(decoding);
    if (notes === undefined) return undefined;
    touch(files.notes);
    return { notes, damaged: await damagedImages(files.raw, notes, onChecked) };
  };
  const first = await check();
  if (first?.damaged.length === 0) return first.notes;
  return withLock(join(folder, `${digest}.lock`), async () => {
    // Another process may have done it meanwhile.
    const found = await check();
    if (found === undefined) {
      await buildCache(decoding);
      return wholeNotes(decoding)!;
    }
    const { notes, damaged } = found;
    if (damaged.length === 0) return notes;
    return repairImages(damaged, notes, build('Decoding images that were damaged in the cache'));
  });
}

/** @returns undefined where the cache is not there, not whole, or of an earlier version */
function wholeNotes({ files, sources, size }: BuildOptions): CacheNotes | undefined {
  const bytes = sources.length * size * size * 3;
  if (statSync(files.raw, { throwIfNoEntry: false })?.size !== bytes) return undefined;
  return readNotes(files.notes, sources.length);
}

/** What `images.digest` of an opened cache is, without decoding an image: files that are known are not read again. */
export async function digestOfImages(options: OpenCacheOptions): Promise<string> {
  return (await identifyImages(options)).digest;
}

function concurrencyOf({ concurrency }: OpenCacheOptions): number {
  return concurrency ?? Math.max(imagesInWork, availableParallelism());
}

interface IdentifiedImages {
  readonly contents: ReadonlyMap<string, Content>;
  /** A place in the cache for each content, in the order of its first row. */
  readonly placeOf: ReadonlyMap<string, number>;
  /** A path of each content, in the same order. */
  readonly sources: readonly string[];
  readonly digest: string;
  readonly contentDigest: string;
  digestBy(decoder: string): string;
}

async function identifyImages(options: OpenCacheOptions): Promise<IdentifiedImages> {
  const { paths, rows, size, fit, folder, onProgress = () => {} } = options;
  makeFolder(folder);
  const distinctPaths = [...new Set([...rows].map((row) => paths[row]!))].filter((path) => path !== '');
  const contents = await identifyContents(distinctPaths, {
    folder,
    concurrency: concurrencyOf(options),
    onProgress: (done, total) => onProgress('Reading images', done, total),
  });
  const placeOf = new Map<string, number>();
  const sources: string[] = [];
  for (const row of rows) {
    const digest = contents.get(paths[row]!)?.digest;
    if (digest == null || placeOf.has(digest)) continue;
    placeOf.set(digest, sources.length);
    sources.push(paths[row]!);
  }
  const digestBy = (decoder: string): string =>
    sha256(JSON.stringify([decoder, size, fit, ...placeOf.keys()]));
  const ofRows = Array.from(rows, (row) => contents.get(paths[row]!)?.digest ?? null);
  return {
    contents,
    placeOf,
    sources,
    digest: digestBy(decoderVersion),
    contentDigest: sha256(JSON.stringify(ofRows)),
    digestBy,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function cacheOf(file: string, size: number, count: number, digest: string, byteLength: number): ImageCache {
  let pixels: Uint8Array | undefined;
  return {
    file,
    size,
    count,
    digest,
    byteLength,
    pixels() {
      pixels ??= readWhole(file, byteLength);
      return pixels;
    },
  };
}

/** In parts, because one read is limited to 2 GiB. */
function readWhole(file: string, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  if (byteLength === 0) return bytes;
  const descriptor = openSync(file, 'r');
  try {
    for (let at = 0; at < byteLength; ) {
      const read = readSync(descriptor, bytes, at, Math.min(2 ** 28, byteLength - at), at);
      if (read === 0) throw new Error(`expected ${byteLength} bytes in ${file}, found ${at}`);
      at += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
