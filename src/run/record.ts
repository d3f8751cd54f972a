/**
 * `run.json`: what a run is, which process works on it, how it ended. Whoever reads it asks whether that process lives: a run
 * that calls itself running may have been killed, and one of another machine can't be asked at all.
 */
import { existsSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { damaged, readJsonFile } from '../machine/json-file.ts';
import { fate, type ProcessMark, parseMark, RUN_SILENCE_MS } from '../machine/process-mark.mjs';
import { writeWhole, writeWholeText } from '../machine/whole.mjs';

const statuses = ['running', 'finished', 'failed', 'interrupted'] as const;
export type RunStatus = (typeof statuses)[number];

/** Digests in hexadecimal. */
export interface RunData {
  /** Of the files of all rows, in their order. */
  readonly contents: string;
  /** Of the cache of decoded images, whose name it is. */
  readonly images: string;
}

/** `run.json` of a run's folder. */
export interface RunRecord {
  readonly runId: string;
  readonly name: string;
  /** The hash that the run was begun with; that of its plan under earlier numerics, where they have been raised since. */
  readonly planHash: string;
  /** All that its numbers are computed under, ascending; 1 alone where it is left out. */
  readonly numerics?: readonly number[];
  /** The images that it is trained and validated on; version 0.1.0 did not say. */
  readonly data?: RunData | undefined;
  readonly status: RunStatus;
  /** The process that works on it, or worked last. Version 0.1 wrote its number alone. */
  readonly process: ProcessMark;
  /** Times in ISO 8601. */
  readonly started: string;
  readonly ended: string | null;
  /** As given on the command line. */
  readonly file: string;
  readonly overrides: readonly string[];
  /** Validation loss at the end, null before. */
  readonly loss: number | null;
  readonly error: string | null;
}

/** A run as it is now. */
export interface RunNow extends RunRecord {
  /** The machine that it is running on, where that is another one; else null. */
  readonly elsewhere: string | null;
}

const fileOf = (folder: string): string => join(folder, 'run.json');

export function writeRecord(folder: string, record: RunRecord): void {
  writeWhole(fileOf(folder), record);
}

/** Kept free in a run's folder, so that on a full disk there is room for saying so. */
const RESERVE_BYTES = 64 * 1024;
const reserveOf = (folder: string): string => join(folder, 'reserve');

/** As `writeRecord`, of a run that begins. */
export function beginRecord(folder: string, record: RunRecord): void {
  writeWholeText(reserveOf(folder), new Uint8Array(RESERVE_BYTES).fill(1), { isHasty: true });
  writeRecord(folder, record);
}

/** As `writeRecord`, of one that ends. */
export function endRecord(folder: string, record: RunRecord): void {
  rmSync(reserveOf(folder), { force: true });
  writeRecord(folder, record);
}

/** Whether a run was begun there. */
export function hasRecord(folder: string): boolean {
  return existsSync(fileOf(folder));
}

/** @throws RunError where it is not there or damaged */
export function readRecord(folder: string): RunRecord {
  const file = fileOf(folder);
  const value = readJsonFile(file);
  if (value === undefined) throw damaged(file, 'there is no such file');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw damaged(file, `expected a map, got ${JSON.stringify(value)}`);
  const found = new Map<string, unknown>(Object.entries(value));
  const isText = (at: unknown): at is string => typeof at === 'string';
  const wanted: readonly (readonly [key: string, expected: string, isRight: (at: unknown) => boolean])[] = [
    ...['runId', 'name', 'planHash', 'file'].map((key) => [key, 'text', isText] as const),
    ['status', statuses.join(' or '), (at) => statuses.some((status) => status === at)],
    ['started', 'a time', (at) => isText(at) && Number.isFinite(Date.parse(at))],
    ['overrides', 'a list of texts', (at) => Array.isArray(at) && at.every(isText)],
    ['data', 'digests', (at) => at === undefined || isRunData(at)],
    ['loss', 'a number or null', (at) => at === null || typeof at === 'number'],
  ];
  const wrong = wanted
    .filter(([key, , isRight]) => !isRight(found.get(key)))
    .map(
      ([key, expected]) => `${key}: expected ${expected}, got ${JSON.stringify(found.get(key)) ?? 'none'}`,
    );
  const process = markIn(found);
  if (process === undefined) wrong.push('process: expected the mark of a process with its pid');
  if (process === undefined || wrong.length > 0) throw damaged(file, wrong.join('; '));
  const { pid: _, ...record } = value as RunRecord & { readonly pid?: number };
  return { ...record, process };
}

function isRunData(value: unknown): value is RunData {
  const { contents, images } = Object(value) as Record<keyof RunData, unknown>;
  return [contents, images].every((digest) => typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest));
}

/** Version 0.1 wrote `pid` alone: of a process of this machine that was there when the run was begun. */
function markIn(record: ReadonlyMap<string, unknown>): ProcessMark | undefined {
  if (record.has('process')) return parseMark(record.get('process'));
  return parseMark({ pid: record.get('pid'), time: Date.parse(String(record.get('started'))) });
}

/** @returns the record with the status that is true now: `interrupted` where it says `running` and nobody works on it */
export function runNow(folder: string, record: RunRecord): RunNow {
  if (record.status !== 'running') return { ...record, elsewhere: null };
  const lives = fate(record.process, { lastSign: lastSign(folder), silenceMs: RUN_SILENCE_MS });
  return lives === 'gone'
    ? { ...record, status: 'interrupted', elsewhere: null }
    : { ...record, elsewhere: lives === 'elsewhere' ? record.process.host : null };
}

/** When the process of a run last said that it lives, milliseconds since 1970. */
export function lastSign(folder: string): number {
  return statSync(fileOf(folder)).mtimeMs;
}

const BEAT_MS = 10_000;

/**
 * Touches run.json while a run is running, for those who can't ask whether its process lives.
 * @returns stops it
 */
export function keepAlive(folder: string): () => void {
  const beat = setInterval(() => {
    try {
      utimesSync(fileOf(folder), new Date(), new Date());
    } catch {
      // The disk or the folder is away; what is written next says so.
    }
  }, BEAT_MS);
  beat.unref();
  return () => clearInterval(beat);
}
