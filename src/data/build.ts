/**
 * Builds the raw file of an image cache. In: one path for each image. Out: the file under its last name, whole.
 * While it grows it has another name, and a journal beside it says which images are in it: after a break the next
 * builder goes on from there. The caller makes sure that one process builds at a time.
 */
import { renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunError } from '../errors.ts';
import { checksumOf } from '../machine/checksum.ts';
import { removeParts } from '../machine/whole.mjs';
import { type CacheFiles, type JournalEntry, journalLine, readJournal, writeNotes } from './cache-files.ts';
import { commonFolder } from './changed-images.ts';
import { decodeInto, type Fit } from './decode.ts';
import { eachOf } from './each-of.ts';

export interface BuildOptions {
  readonly files: CacheFiles;
  /** Path of each image, in the order of the file. */
  readonly sources: readonly string[];
  readonly size: number;
  readonly fit: Fit;
  readonly concurrency: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** Images between two entries of the journal: what a break may cost. */
const entryImages = 128;

/** @throws RunError where the disk has no room */
export async function buildCache(options: BuildOptions): Promise<void> {
  const { files, sources, size, concurrency, onProgress } = options;
  const imageBytes = size * size * 3;
  const byteLength = sources.length * imageBytes;
  removeParts(files.notes);
  const finished = await finishedImages(files, sources.length, imageBytes);
  refuseFullDisk(files, (sources.length - finished.size) * imageBytes);

  const partial = await open(files.partial, finished.size > 0 ? 'r+' : 'w+');
  // Also where a journal is gone on with: its last line may have been cut.
  const journal = await open(files.journal, 'w');
  try {
    await journal.write([...finished.values()].map(journalLine).join(''));
    await partial.truncate(byteLength);
    const left = sources.flatMap((path, place) => (finished.has(place) ? [] : [{ path, place }]));
    let pending: JournalEntry[] = [];
    let done = finished.size;
    await eachOf(left, concurrency, async ({ path, place }) => {
      const entry = await decodeAt(partial, path, place, options);
      finished.set(place, entry);
      pending.push(entry);
      done += 1;
      onProgress(done, sources.length);
      if (pending.length >= entryImages) {
        const entries = pending;
        pending = [];
        // Pixels reach the disk before the journal says so.
        await partial.datasync();
        await journal.write(entries.map(journalLine).join(''));
      }
    });
    // libvips keeps what went wrong in one place for all threads: each fault is asked for once more, alone.
    for (const { path, place } of left.filter((image) => finished.get(image.place)?.fault !== undefined))
      finished.set(place, await decodeAt(partial, path, place, options));
    await partial.datasync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noRoom(files, byteLength, error);
    throw error;
  } finally {
    await partial.close();
    await journal.close();
  }
  writeNotes(files.notes, {
    faults: new Map(
      [...finished].flatMap(([place, { fault }]) => (fault === undefined ? [] : [[place, fault] as const])),
    ),
    sums: sources.map((_, place) => finished.get(place)!.sum),
    size,
    source: commonFolder(sources),
  });
  renameSync(files.partial, files.raw);
  rmSync(files.journal, { force: true });
}

/** Decodes an image into its place of a cache, and looks at what stands there now. */
export async function decodeAt(
  file: FileHandle,
  path: string,
  place: number,
  { size, fit }: Pick<BuildOptions, 'size' | 'fit'>,
): Promise<JournalEntry> {
  const imageBytes = size * size * 3;
  const fault = await decodeInto(file, path, place * imageBytes, size, fit);
  const sum = checksumOf(await fillFrom(file, place * imageBytes, new Uint8Array(imageBytes)));
  return { place, sum, fault: fault ?? undefined };
}

/** Fills `bytes` from an offset of the file on. @throws Error where the file ends before */
export async function fillFrom(file: FileHandle, offset: number, bytes: Uint8Array): Promise<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, offset + at);
    if (bytesRead === 0) throw new Error(`expected ${bytes.length} bytes at ${offset}, found ${at}`);
    at += bytesRead;
  }
  return bytes;
}

/** By place, the images that the journal speaks of and whose pixels are as it says. */
async function finishedImages(
  { partial, journal }: CacheFiles,
  images: number,
  imageBytes: number,
): Promise<Map<number, JournalEntry>> {
  const finished = new Map<number, JournalEntry>();
  if (statSync(partial, { throwIfNoEntry: false })?.size !== images * imageBytes) return finished;
  const file = await open(partial, 'r');
  try {
    const pixels = new Uint8Array(imageBytes);
    for (const entry of readJournal(journal, images)) {
      await fillFrom(file, entry.place * imageBytes, pixels);
      if (checksumOf(pixels) === entry.sum) finished.set(entry.place, entry);
    }
  } finally {
    await file.close();
  }
  return finished;
}

function refuseFullDisk(files: CacheFiles, bytes: number): void {
  const { bavail, bsize } = statfsSync(dirname(files.raw));
  if (bavail * bsize < bytes) throw noRoom(files, bytes);
}

function noRoom(files: CacheFiles, bytes: number, cause?: unknown): RunError {
  const megabytes = Math.ceil(bytes / 1e6);
  return new RunError(
    `expected room for ${megabytes} MB of decoded images in ${dirname(files.raw)}, found less`,
    {
      hint: 'Free some, or set MANYHEADS_CACHE to a folder on another disk.',
      cause,
    },
  );
}
