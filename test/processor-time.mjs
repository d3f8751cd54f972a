// Loaded into the process of each test file by run-tests.mjs: at its end, writes the seconds of processor time that it took,
// with those of the processes that it waited for. slowest-files.mjs reads them.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { sourceOf } from './sources.mjs';

/** Of the clock in /proc, on every Linux of our processors. */
const TICKS_A_SECOND = 100;

/** One file in the folder for each test file. @param {string} folder @param {string} testFile absolute */
export const placeOf = (folder, testFile) => join(folder, encodeURIComponent(sourceOf(testFile)));

/** Of this process and of its children that have ended, theirs among them. */
function processorSeconds() {
  // After the name in brackets, which may hold anything: fields 3, 4, … of proc(5); 14 to 17 are the times.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  const ticks = fields.slice(14 - 3, 18 - 3).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS_A_SECOND;
}

const { TEST_TIMES: folder, NODE_TEST_CONTEXT: context } = process.env;
const testFile = process.argv[1];
if (folder !== undefined && context !== undefined && testFile !== undefined && isMainThread) {
  process.on('exit', () => writeFileSync(placeOf(folder, testFile), `${processorSeconds()}`));
}
