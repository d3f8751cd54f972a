/**
 * Files to digests of their contents. In: paths. Out: SHA-256 of each, or why there is none. What was read once is
 * remembered in an index by size, times and inode, so that an unchanged data set is known without being read.
 */
import { createHash } from 'node:crypto';
import { type BigIntStats, existsSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checksumOf } from '../machine/checksum.ts';
import { writeWholeText } from '../machine/whole.mjs';
import { digestFile } from '../tensorflow/files.ts';
import { eachOf } from './each-of.ts';
import { touch, whereAllowed } from './touch.ts';

export interface Content {
  /** SHA-256 of the bytes in hexadecimal; null where the file cannot be read. */
  readonly digest: string | null;
  /** Why there is no digest: a sentence without a full stop. */
  readonly fault: string | null;
}

export interface ContentOptions {
  /** Where the index is kept; exists. */
  readonly folder: string;
  readonly concurrency: number;
  readonly onProgress: (done: number, total: number) => void;
}

/** By path: what stat said, and the digest at that time. A path may be `__proto__`. */
type Index = ReadonlyMap<string, readonly [stamp: string, digest: string]>;

/**
 * @param paths distinct and absolute
 * @returns a content for each path
 */
export async function identifyContents(
  paths: readonly string[],
  options: ContentOptions,
): Promise<Map<string, Content>> {
  const { folder, concurrency, onProgress } = options;
  const name = createHash('sha256').update(paths.join('\n')).digest('hex').slice(0, 32);
  const file = join(folder, `files-${name}.json`);
  const index = readIndex(file);
  const contents = new Map<string, Content>();
  const unread: { path: string; stamp: string }[] = [];
  const next = new Map<string, readonly [string, string]>();
  for (const path of paths) {
    const found = examine(path);
    if ('fault' in found) {
      contents.set(path, { digest: null, fault: found.fault });
      continue;
    }
    const known = index.get(path);
    if (known !== undefined && known[0] === found.stamp) {
      contents.set(path, { digest: known[1], fault: null });
      next.set(path, known);
    } else {
      unread.push({ path, stamp: found.stamp });
    }
  }
  if (unread.length === 0) {
    if (existsSync(file)) touch(file);
    return contents;
  }
  let done = 0;
  await eachOf(unread, concurrency, async ({ path, stamp }) => {
    const quick = await digestFile(path);
    try {
      const digest = quick ?? (await digestSlowly(path));
      contents.set(path, { digest, fault: null });
      next.set(path, [stamp, digest]);
    } catch (error) {
      contents.set(path, { digest: null, fault: readFault(error) });
    }
    done += 1;
    onProgress(done, unread.length);
  });
  const text = JSON.stringify([...next]);
  whereAllowed(() => writeWholeText(file, `${checksumOf(text)}\n${text}`));
  return contents;
}

/** By Node's own reading, which says what went wrong. */
async function digestSlowly(path: string): Promise<string> {
  const hash = createHash('sha256');
  return hash.update(await readFile(path)).digest('hex');
}

/** Size, times and inode of a file that can be an image. The change time catches a copy that keeps the old times. */
function examine(path: string): { stamp: string } | { fault: string } {
  let stats: BigIntStats | undefined;
  try {
    stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    return { fault: readFault(error) };
  }
  if (stats === undefined) return { fault: 'there is no such file' };
  if (stats.isDirectory()) return { fault: 'a folder, not a file' };
  if (!stats.isFile()) return { fault: 'not a regular file' };
  if (stats.size === 0n) return { fault: 'the file is empty' };
  return { stamp: [stats.size, stats.mtimeNs, stats.ctimeNs, stats.ino].join(' ') };
}

/** Why reading failed, as a sentence without a full stop. */
export function readFault(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  return `cannot be read: ${message}`;
}

/** The index is a convenience: where it is absent, damaged or of version 0.1.0, the files are read again. */
function readIndex(file: string): Index {
  try {
    const content = readFileSync(file, 'utf8');
    const text = content.slice(content.indexOf('\n') + 1);
    if (content !== `${checksumOf(text)}\n${text}`) return new Map();
    return new Map(JSON.parse(text) as [string, readonly [string, string]][]);
  } catch {
    return new Map();
  }
}
