/**
 * The image caches of this machine: what there is and when it was last used; removes what has not been used for long. In:
 * the folder. A cache's notes are touched whenever it is opened (src/data/cache.ts), which is what their age tells.
 */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from '../machine/lock.mjs';

export interface StoredCache {
  /** Name of its files, hexadecimal. */
  readonly digest: string;
  /** False where decoding was broken off; it goes on from there when the cache is opened next. */
  readonly complete: boolean;
  /** Side of the images in pixels, and how many there are; null where decoding was broken off. */
  readonly size: number | null;
  readonly images: number | null;
  /** Folder that all of the images were under when they were decoded; null as above. */
  readonly source: string | null;
  /** Of all its files on the disk. */
  readonly bytes: number;
  /** ISO 8601. */
  readonly lastUsed: string;
}

/** What a cache's notes say. Those of caches made by earlier versions say less. */
interface Notes {
  readonly size?: number;
  readonly images?: number;
  readonly source?: string;
}

const dayMs = 24 * 60 * 60 * 1000;
const cacheFile = /^([0-9a-f]{64})\.(rgb|json|contents|partial|journal)$/;
/** Index of digests of one data set's files (src/data/contents.ts). */
const indexFile = /^files-[0-9a-f]{32}\.json$/;

/** @returns the caches, the one used last at the end; none where there is no such folder */
export function listCaches(folder: string): StoredCache[] {
  const files = new Map<string, string[]>();
  for (const name of namesIn(folder)) {
    const digest = cacheFile.exec(name)?.[1];
    if (digest !== undefined) files.set(digest, [...(files.get(digest) ?? []), name]);
  }
  return [...files]
    .flatMap(([digest, names]) => describe(folder, digest, names) ?? [])
    .sort((a, b) => a.lastUsed.localeCompare(b.lastUsed));
}

/**
 * Removes the caches that no run has opened for so many days. One that a run has open stays readable to it until it ends.
 * @param days at least 1
 * @returns what was removed
 */
export async function removeUnusedCaches(folder: string, days: number): Promise<StoredCache[]> {
  const limit = Date.now() - days * dayMs;
  const isUnused = ({ lastUsed }: StoredCache): boolean => Date.parse(lastUsed) < limit;
  const removed: StoredCache[] = [];
  for (const { digest } of listCaches(folder).filter(isUnused)) {
    // Whoever builds a cache holds its lock; meanwhile it may have been used.
    await withLock(join(folder, `${digest}.lock`), () => {
      const now = listCaches(folder).find((cache) => cache.digest === digest);
      if (now === undefined || !isUnused(now)) return;
      for (const kind of ['rgb', 'json', 'contents', 'partial', 'journal']) {
        rmSync(join(folder, `${digest}.${kind}`), { force: true });
      }
      removed.push(now);
    });
  }
  for (const name of namesIn(folder).filter((file) => indexFile.test(file))) {
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && stats.mtimeMs < limit) rmSync(path, { force: true });
  }
  return removed;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function describe(folder: string, digest: string, names: readonly string[]): StoredCache | undefined {
  const stats = names.flatMap((name) => statSync(join(folder, name), { throwIfNoEntry: false }) ?? []);
  // Removed by another process this moment.
  if (stats.length === 0) return undefined;
  const complete = names.includes(`${digest}.rgb`) && names.includes(`${digest}.json`);
  const notes = complete ? readNotes(join(folder, `${digest}.json`)) : {};
  return {
    digest,
    complete,
    size: notes.size ?? null,
    images: notes.images ?? null,
    source: notes.source ?? null,
    // Blocks of 512 bytes: a file that is still being filled has its whole length from the start.
    bytes: stats.reduce((sum, { blocks }) => sum + blocks * 512, 0),
    lastUsed: new Date(Math.max(...stats.map(({ mtimeMs }) => mtimeMs))).toISOString(),
  };
}

function readNotes(path: string): Notes {
  try {
    return Object(JSON.parse(readFileSync(path, 'utf8'))) as Notes;
  } catch {
    return {};
  }
}
