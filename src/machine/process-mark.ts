/**
 * Who wrote a file: process and machine, so that a process that died without a word is told from one that lives.
 */
import { hostname } from 'node:os';
import { isAlive, processStart } from './lock.mjs';

export interface ProcessMark {
  readonly pid: number;
  readonly host: string;
  /** Start of the process in clock ticks since boot, because a number is used again; null where the system does not tell. */
  readonly started: string | null;
  /** When the mark was made, milliseconds since 1970. */
  readonly time: number;
}

/** A process of another machine cannot be asked; after this long without a sign it is taken for dead. */
const SILENCE_MS = 24 * 3600 * 1000;

export function ownMark(): ProcessMark {
  return { pid: process.pid, host: hostname(), started: processStart(process.pid), time: Date.now() };
}

/**
 * Whether the process of a mark lives.
 * @param lastSign time of its last sign of life, milliseconds since 1970; by default the mark's own
 */
export function fate(mark: ProcessMark, lastSign = mark.time): 'alive' | 'gone' | 'elsewhere' {
  if (mark.host !== hostname()) return Date.now() - lastSign > SILENCE_MS ? 'gone' : 'elsewhere';
  return isAlive(mark.pid, mark.started) ? 'alive' : 'gone';
}
