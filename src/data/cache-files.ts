/**
 * The files of an image cache beside its pixels. Nothing in them is believed that does not fit together: the notes have a
 * checksum over all that they say, and checksums of every image; a line of the journal has that of its image.
 */
import { readFileSync } from 'node:fs';
import { checksumOf } from '../machine/checksum.ts';
import { writeWholeText } from '../machine/whole.mjs';

export interface CacheFiles {
  readonly raw: string;
  /** JSON: what is wrong with which image, checksums, and what the cache is of (stored-caches.ts). */
  readonly notes: string;
  readonly partial: string;
  /** JSON lines: [place, checksum] or [place, checksum, fault] for each image that is done. */
  readonly journal: string;
}

export interface CacheNotes {
  /** Reasons by place in the cache. */
  readonly faults: ReadonlyMap<number, string>;
  /** Checksum of each image's pixels, in the order of the file. */
  readonly sums: readonly string[];
  /** Side of the images, pixels. */
  readonly size: number;
  /** Innermost folder that all of them were in. */
  readonly source: string;
}

/** Caches of version 0.1.0 had no checksums, and are made anew. */
const VERSION = 2;
/** Hexadecimal digits of a checksum. */
const DIGITS = 16;

export function writeNotes(file: string, { faults, sums, size, source }: CacheNotes): void {
  const content = {
    version: VERSION,
    size,
    images: sums.length,
    source,
    faults: [...faults],
    sums: Buffer.from(sums.join(''), 'hex').toString('base64'),
  };
  writeWholeText(file, `${JSON.stringify({ ...content, checksum: checksumOf(JSON.stringify(content)) })}\n`);
}

/** @returns undefined where there are none, those of another version, or not as they were written */
export function readNotes(file: string, images: number): CacheNotes | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof value !== 'object' || value === null) return undefined;
    const { checksum, ...content } = value as { readonly checksum?: unknown } & Record<string, unknown>;
    if (content.version !== VERSION || content.images !== images) return undefined;
    // Of one that is as this program wrote it nothing needs to be doubted.
    if (checksum !== checksumOf(JSON.stringify(content))) return undefined;
    const { size, source, faults, sums } = content as unknown as {
      readonly size: number;
      readonly source: string;
      readonly faults: [number, string][];
      readonly sums: string;
    };
    const digits = Buffer.from(sums, 'base64').toString('hex');
    const each = Array.from({ length: images }, (_, i) => digits.slice(i * DIGITS, (i + 1) * DIGITS));
    return { size, source, faults: new Map(faults), sums: each };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

export interface JournalEntry {
  readonly place: number;
  readonly sum: string;
  readonly fault: string | undefined;
}

export function journalLine({ place, sum, fault }: JournalEntry): string {
  return `${JSON.stringify(fault === undefined ? [place, sum] : [place, sum, fault])}\n`;
}

/** What its whole lines say; none of version 0.1.0, which had no checksums, nor of garbage. */
export function readJournal(file: string, images: number): JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  // The last line may have been cut by a break.
  return text
    .split('\n')
    .slice(0, -1)
    .flatMap((line) => entryOf(line, images) ?? []);
}

function entryOf(line: string, images: number): JournalEntry | undefined {
  try {
    const [place, sum, fault] = JSON.parse(line) as readonly unknown[];
    const isPlace = Number.isInteger(place) && (place as number) >= 0 && (place as number) < images;
    if (!isPlace || typeof sum !== 'string') return undefined;
    if (fault !== undefined && typeof fault !== 'string') return undefined;
    return { place: place as number, sum, fault };
  } catch {
    return undefined;
  }
}
