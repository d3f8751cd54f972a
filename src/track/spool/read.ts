/**
 * Reads a run's spool from a byte offset on. A line that is no event (torn by a crash) is passed over; bytes after
 * the last newline are not a line yet.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isEvent, type SpoolEvent } from './events.ts';

export interface SpooledEvent {
  /** Absent for a line that is no event. */
  readonly event: SpoolEvent | undefined;
  /** Offset of the first byte after the line's newline. */
  readonly end: number;
}

const CHUNK_BYTES = 256 * 1024;

/** The spool's length in bytes, 0 where there is none. */
export function spoolSize(file: string): number {
  return withFile(file, 0, (fd) => fstatSync(fd).size);
}

/**
 * The next events: at least one where there is a whole line, else none; about a quarter of a megabyte at most,
 * unless one line is longer.
 */
export function readEvents(file: string, from: number): SpooledEvent[] {
  return withFile(file, [], (fd) => {
    for (let length = CHUNK_BYTES; ; length *= 4) {
      const chunk = Buffer.allocUnsafe(length);
      let filled = 0;
      for (let count = 1; count > 0 && filled < length; filled += count) {
        count = readSync(fd, chunk, filled, length - filled, from + filled);
      }
      const last = chunk.subarray(0, filled).lastIndexOf(10);
      if (last >= 0) return parse(chunk.subarray(0, last + 1), from);
      if (filled < length) return [];
    }
  });
}

/** Every event from an offset to the last whole line. */
export function* allEvents(file: string, from = 0): Generator<SpooledEvent & { readonly event: SpoolEvent }> {
  for (let offset = from; ; ) {
    const events = readEvents(file, offset);
    const last = events.at(-1);
    if (!last) return;
    offset = last.end;
    for (const { event, end } of events) if (event) yield { event, end };
  }
}

function parse(lines: Buffer, from: number): SpooledEvent[] {
  const events: SpooledEvent[] = [];
  for (let start = 0; start < lines.length; ) {
    const newline = lines.indexOf(10, start);
    events.push({ event: parseLine(lines.toString('utf8', start, newline)), end: from + newline + 1 });
    start = newline + 1;
  }
  return events;
}

function parseLine(line: string): SpoolEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function withFile<T>(file: string, absent: T, use: (fd: number) => T): T {
  let fd: number;
  try {
    fd = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw error;
  }
  try {
    return use(fd);
  } finally {
    closeSync(fd);
  }
}
