/**
 * Builds the raw file of an image cache. In: one path for each image. Out: the file under its last name, whole.
 * While it grows it has another name, and a journal beside it says which images are in it: after a break the next
 * builder goes on from there. The caller makes sure that one process builds at a time.
 */
import { readFileSync, renameSync, rmSync, statfsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { RunError } from '../errors.ts';
import { writeWholeText } from '../machine/whole.mjs';
import { decodeInto, type Fit } from './decode.ts';
import { eachOf } from './each-of.ts';

export interface CacheFiles {
  readonly raw: string;
  /** JSON: what is wrong with which image, and what the cache is of (src/data/stored-caches.ts). */
  readonly notes: string;
  readonly partial: string;
  /** JSON lines: [place] or [place, fault] for each image that is done. */
  readonly journal: string;
}

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
export async function buildCache({
  files,
  sources,
  size,
  fit,
  concurrency,
  onProgress,
}: BuildOptions): Promise<void> {
  const imageBytes = size * size * 3;
  const byteLength = sources.length * imageBytes;
  const faults = new Map<number, string>();
  const finished = readJournal(files, byteLength, faults);
  refuseFullDisk(files, (sources.length - finished.size) * imageBytes);

  const partial = await open(files.partial, finished.size > 0 ? 'r+' : 'w');
  const journal = await open(files.journal, finished.size > 0 ? 'a' : 'w');
  try {
    await partial.truncate(byteLength);
    const left = sources.flatMap((path, place) => (finished.has(place) ? [] : [{ path, place }]));
    let pending: string[] = [];
    let done = finished.size;
    await eachOf(left, concurrency, async ({ path, place }) => {
      const fault = await decodeInto(partial, path, place * imageBytes, size, fit);
      if (fault !== null) faults.set(place, fault);
      pending.push(JSON.stringify(fault === null ? [place] : [place, fault]));
      done += 1;
      onProgress(done, sources.length);
      if (pending.length >= entryImages) {
        const entry = pending;
        pending = [];
        // Pixels reach the disk before the journal says so.
        await partial.datasync();
        await journal.write(`${entry.join('\n')}\n`);
      }
    });
    // libvips keeps what went wrong in one place for all threads: each fault is asked for once more, alone.
    for (const { path, place } of left.filter((image) => faults.has(image.place))) {
      const fault = await decodeInto(partial, path, place * imageBytes, size, fit);
      if (fault === null) faults.delete(place);
      else faults.set(place, fault);
    }
    await partial.datasync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw noRoom(files, byteLength, error);
    throw error;
  } finally {
    await partial.close();
    await journal.close();
  }
  const notes = {
    faults: Object.fromEntries(faults),
    size,
    images: sources.length,
    source: commonFolder(sources),
  };
  writeWholeText(files.notes, `${JSON.stringify(notes)}\n`);
  renameSync(files.partial, files.raw);
  rmSync(files.journal, { force: true });
}

/** The innermost folder that all of these files are in. */
function commonFolder(paths: readonly string[]): string {
  let folder = dirname(paths[0]!);
  while (!paths.every((path) => path.startsWith(folder === sep ? sep : folder + sep)))
    folder = dirname(folder);
  return folder;
}

/** Places that are done; none where the files do not belong together. */
function readJournal(
  { partial, journal }: CacheFiles,
  byteLength: number,
  faults: Map<number, string>,
): Set<number> {
  const finished = new Set<number>();
  if (statSync(partial, { throwIfNoEntry: false })?.size !== byteLength) return finished;
  let text: string;
  try {
    text = readFileSync(journal, 'utf8');
  } catch {
    return finished;
  }
  // The last line may have been cut by the break.
  for (const line of text.split('\n').slice(0, -1)) {
    const [place, fault] = JSON.parse(line) as [number, string?];
    finished.add(place);
    if (fault !== undefined) faults.set(place, fault);
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
