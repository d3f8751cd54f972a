/**
 * All images of a data set as one raw file. In: image paths by row. Out: N × size × size × 3 bytes (NHWC, RGB), which
 * row is which image, and every bad image. The file's name is a digest of the contents, so it is made once.
 *
 *   paths ─▶ contents (src/data/contents.ts) ─▶ digest ─▶ the file is there, or is built (src/data/build.ts)
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { withLock } from '../machine/lock.mjs';
import { buildCache, type CacheFiles } from './build.ts';
import { type Content, identifyContents } from './contents.ts';
import type { Fit } from './decode.ts';
import { decoderVersion } from './decoder-version.ts';
import { touch } from './touch.ts';

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
  const { contents, placeOf, sources, digest } = await identifyImages(options);
  const files: CacheFiles = {
    raw: join(folder, `${digest}.rgb`),
    notes: join(folder, `${digest}.json`),
    partial: join(folder, `${digest}.partial`),
    journal: join(folder, `${digest}.journal`),
  };
  const byteLength = sources.length * size * size * 3;
  if (sources.length > 0 && !isComplete(files, byteLength)) {
    await withLock(join(folder, `${digest}.lock`), async () => {
      if (isComplete(files, byteLength)) return;
      const onDecoded = (done: number, total: number) => onProgress('Decoding images', done, total);
      await buildCache({ files, sources, size, fit, concurrency, onProgress: onDecoded });
    });
  }
  const faults = sources.length > 0 ? readFaults(files) : {};
  if (sources.length > 0) touch(files.notes);

  const imageOf = new Int32Array(paths.length).fill(-1);
  const bad: BadImage[] = [];
  for (const row of rows) {
    const path = paths[row]!;
    const content = contents.get(path);
    const place = content?.digest == null ? undefined : placeOf.get(content.digest);
    const reason = place === undefined ? (content?.fault ?? 'the table names no image') : faults[place];
    if (reason === undefined) imageOf[row] = place!;
    else bad.push({ row, path, reason });
  }
  return { images: cacheOf(files.raw, size, sources.length, digest, byteLength), imageOf, bad };
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
}

async function identifyImages(options: OpenCacheOptions): Promise<IdentifiedImages> {
  const { paths, rows, size, fit, folder, onProgress = () => {} } = options;
  mkdirSync(folder, { recursive: true });
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
  const digest = createHash('sha256')
    .update(JSON.stringify([decoderVersion, size, fit, ...placeOf.keys()]))
    .digest('hex');
  return { contents, placeOf, sources, digest };
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

function isComplete({ raw, notes }: CacheFiles, byteLength: number): boolean {
  return statSync(raw, { throwIfNoEntry: false })?.size === byteLength && existsSync(notes);
}

/** Reasons by place in the cache. */
function readFaults({ notes }: CacheFiles): Readonly<Record<number, string>> {
  return (JSON.parse(readFileSync(notes, 'utf8')) as { faults: Record<number, string> }).faults;
}
