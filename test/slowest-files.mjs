/** A reporter of node:test: the events of a run in, the ten files that took longest out, in seconds from start to end. */
import { relative, resolve } from 'node:path';

const SHOWN = 10;

/** @typedef {{ name: string, file?: string, nesting: number, details: { duration_ms: number } }} Ended */
/** @typedef {{ type: string, data: object }} Event */

/** @param {AsyncIterable<Event>} source @returns {AsyncGenerator<string>} */
export async function* slowestFiles(source) {
  /** By file: milliseconds of its process, with what it took to start. */
  const whole = new Map();
  /** By file: milliseconds of its tests, for versions of Node that do not tell the other. */
  const tests = new Map();
  for await (const { type, data } of source) {
    if (type !== 'test:complete') continue;
    const { name, file, nesting, details } = /** @type {Ended} */ (data);
    if (file === undefined || nesting !== 0) continue;
    if (resolve(name) === file) whole.set(file, details.duration_ms);
    else tests.set(file, (tests.get(file) ?? 0) + details.duration_ms);
  }
  const files = [...new Map([...tests, ...whole])].sort(([, a], [, b]) => b - a);
  if (files.length === 0) return;
  yield `\nslowest of ${files.length} ${files.length === 1 ? 'file' : 'files'}\n`;
  for (const [file, milliseconds] of files.slice(0, SHOWN))
    yield `${(milliseconds / 1000).toFixed(1).padStart(8)} s  ${relative(process.cwd(), file)}\n`;
}

// biome-ignore lint/style/noDefaultExport: node:test takes a reporter's default export.
export default slowestFiles;
