/**
 * A run's spool, `runs/<id>/metrics.jsonl`: append-only, one event a line, buffered and written at 64 kB, after a
 * second, at the end and when the process exits.
 */
import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { RunDescription } from '../run.ts';
import { encodeStep, NameTable } from './encode.ts';
import { type NonFinite, type SpoolEvent, toSpoolNumber } from './events.ts';
import { readHistory } from './history.ts';
import { spoolSize } from './read.ts';

const BUFFER_BYTES = 64 * 1024;
const FLUSH_MS = 1000;

export interface Spool {
  readonly file: string;
  /** Writes how the attempt begins, its number taken from the attempts before. */
  begin(run: RunDescription): void;
  /** @param time milliseconds since 1970, by default now */
  metrics(step: number, values: Readonly<Record<string, number>>, time?: number): void;
  system(values: Readonly<Record<string, number>>): void;
  image(key: string, step: number, file: string): void;
  append(event: SpoolEvent): void;
  flush(): void;
  close(): void;
}

export function spoolFile(folder: string): string {
  return path.join(folder, 'metrics.jsonl');
}

/**
 * Opens a run's spool, or goes on with the one there is: a last line without a newline is closed by one.
 * @param options.onFlush called when lines have been written
 * @param options.notify told once where the disk refuses; the lines are kept and tried again
 */
export function createSpool(
  folder: string,
  options: { onFlush?: () => void; notify: (message: string) => void },
): Spool {
  const file = spoolFile(folder);
  const history = readHistory(file);
  const names = new NameTable();
  const renamed = new Set(history.names.values());
  for (const name of history.steps.keys()) if (!renamed.has(name)) names.set(name, name);
  for (const [key, name] of history.names) names.set(key, name);
  const fd = openSync(file, 'a');
  let pending: Buffer[] = isTorn(file) ? [Buffer.from('\n')] : [];
  let pendingBytes = pending.length;
  let timer: NodeJS.Timeout | undefined;
  let refused = false;
  let { nonFinite, systemStep } = history;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (pendingBytes === 0) return;
    let bytes = Buffer.concat(pending, pendingBytes);
    try {
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
      refused = false;
    } catch (error) {
      if (!refused)
        options.notify(
          `cannot write ${file}: ${(error as Error).message}; its lines are kept in memory and tried again`,
        );
      refused = true;
      timer = setTimeout(flush, FLUSH_MS).unref();
    }
    pending = bytes.length > 0 ? [bytes] : [];
    pendingBytes = bytes.length;
    options.onFlush?.();
  };
  const append = (event: SpoolEvent): void => {
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    pending.push(line);
    pendingBytes += line.length;
    if (pendingBytes >= BUFFER_BYTES && !refused) flush();
    else timer ??= setTimeout(flush, FLUSH_MS).unref();
  };
  process.once('exit', flush);

  return {
    file,
    append,
    flush,
    begin(run) {
      append({ type: 'run', time: Date.now(), attempt: history.attempts + 1, run });
    },
    metrics(step, values, time = Date.now()) {
      encodeStep(step);
      const kept = new Map<string, number | NonFinite>();
      let found = 0;
      for (const [key, value] of Object.entries(values)) {
        if (typeof value !== 'number')
          throw new TypeError(`metric ${key}: expected a number, got ${String(value)}`);
        const isNew = !names.has(key);
        const name = names.name(key);
        if (isNew && name !== key) append({ type: 'name', time, key, name });
        if (history.steps.get(name)?.has(step)) continue;
        kept.set(name, toSpoolNumber(value));
        if (!Number.isFinite(value)) found++;
      }
      if (kept.size > 0) append({ type: 'metrics', time, step, values: Object.fromEntries(kept) });
      if (found === 0) return;
      // A chart drops a metric whose last value is not finite; these two say on the page what happened.
      if (nonFinite === 0) append({ type: 'tags', time, values: { diverged_at_step: String(step) } });
      nonFinite += found;
      append({ type: 'metrics', time, step, values: { nonfinite_count: nonFinite } });
    },
    system(values) {
      const finite = Object.entries(values).filter(([, value]) => Number.isFinite(value));
      if (finite.length === 0) return;
      append({ type: 'system', time: Date.now(), step: systemStep++, values: Object.fromEntries(finite) });
    },
    image(key, step, pngFile) {
      encodeStep(step);
      if (history.images.has(`${key} ${step}`)) return;
      append({ type: 'image', time: Date.now(), key, step, file: pngFile });
    },
    close() {
      flush();
      clearTimeout(timer);
      if (pendingBytes > 0) options.notify(`the last ${pendingBytes} bytes of ${file} are lost`);
      process.removeListener('exit', flush);
      closeSync(fd);
    },
  };
}

function isTorn(file: string): boolean {
  const size = spoolSize(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, last, 0, 1, size - 1);
  } finally {
    closeSync(fd);
  }
  return last[0] !== 10;
}
