/**
 * The events of a run of node:test in, the ten files that took longest out: seconds from start to end, and seconds of
 * processor time of the file's process and of those that it waited for, which say on a busy machine too what a test costs.
 */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { placeOf } from './processor-time.mjs';
import { sourceOf } from './sources.mjs';

const SHOWN = 10;

/** @typedef {{ name: string, file?: string, nesting: number, details: { duration_ms: number } }} Ended */
/** @typedef {{ type: string, data: object }} Event */

/** @param {string} folder @param {string} file @returns {number} NaN where its process was killed */
function processorTime(folder, file) {
  try {
    return Number(readFileSync(placeOf(folder, file), 'utf8'));
  } catch {
    return Number.NaN;
  }
}

/**
 * @param {AsyncIterable<Event>} source
 * @param {string} times folder that the processes of the files have written their times to
 * @returns {AsyncGenerator<string>}
 */
export async function* slowestFiles(source, times) {
  /** By file: milliseconds of its process, with what it took to start. */
  const whole = new Map();
  /** By file: milliseconds of its tests, for versions of Node that do not tell the other. */
  const tests = new Map();
  for await (const { type, data } of source) {
    if (type !== 'test:complete') continue;
    const { name, file: run, nesting, details } = /** @type {Ended} */ (data);
    if (run === undefined || nesting !== 0) continue;
    const file = sourceOf(run);
    if (resolve(name) === run) whole.set(file, details.duration_ms);
    else tests.set(file, (tests.get(file) ?? 0) + details.duration_ms);
  }
  const files = [...new Map([...tests, ...whole])].sort(([, a], [, b]) => b - a);
  if (files.length === 0) return;
  const processor = new Map(files.map(([file]) => [file, processorTime(times, file)]));
  const all = [...processor.values()].reduce((sum, seconds) => sum + (seconds || 0), 0);
  yield `\nslowest of ${files.length} ${files.length === 1 ? 'file' : 'files'}; all took ${all.toFixed(0)} s of processor time\n`;
  for (const [file, milliseconds] of files.slice(0, SHOWN)) {
    const seconds = [milliseconds / 1000, processor.get(file) ?? Number.NaN];
    const [wall, cpu] = seconds.map((value) => (Number.isNaN(value) ? '?' : value.toFixed(1)).padStart(8));
    yield `${wall} s ${cpu} s of processor  ${relative(process.cwd(), file)}\n`;
  }
}
