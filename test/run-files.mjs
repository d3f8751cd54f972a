// Runs the test files that it is given, in their order, and reports them. run-tests.mjs starts it with the options of Node.
// `node --test` would sort the files, and then the longest begin last and one core waits for them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { slowestFiles } from './slowest-files.mjs';

/** More than the two cores of a small machine: tests of queues and servers wait for most of their time. */
const AT_A_TIME = 3;

const PATTERN = '--test-name-pattern=';
const words = process.argv.slice(2);
const patterns = words.filter((word) => word.startsWith(PATTERN)).map((word) => word.slice(PATTERN.length));
// The process of each file writes its time there: processor-time.mjs.
const times = mkdtempSync(join(tmpdir(), 'manyheads-times-'));
process.env.TEST_TIMES = times;
process.on('exit', () => rmSync(times, { recursive: true, force: true }));
const events = run({
  files: words.filter((word) => !word.startsWith(PATTERN)),
  concurrency: AT_A_TIME,
  ...(patterns.length === 0 ? {} : { testNamePatterns: patterns }),
});
events.on('test:fail', () => {
  process.exitCode = 1;
});
const ends = events.pipe(new PassThrough({ objectMode: true }));
events.compose(new spec()).pipe(process.stdout, { end: false });
for await (const text of slowestFiles(ends, times)) process.stdout.write(text);
