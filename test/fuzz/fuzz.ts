/**
 * Reads damaged inputs and says what went wrong with the program: `npm run fuzz -- --seed N --count M`. A case is wrong where
 * something else than a list of problems comes out, where a problem of a text has no place, or where it takes too long.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ExperimentError } from '../../src/errors.ts';
import { WeightsFileError } from '../../src/weights/tensor.ts';
import { type Case, createCases } from './cases.ts';

export interface Failure {
  readonly number: number;
  readonly kind: string;
  readonly what: string;
  readonly input: string;
}

export interface FuzzReport {
  readonly cases: number;
  /** Of them, those that were read as if nothing were wrong. */
  readonly accepted: number;
  readonly failures: readonly Failure[];
  /** Of one case, seconds of this process. */
  readonly slowest: number;
  readonly peakBytes: number;
}

const MOST_SECONDS = 5;
const LONGEST_MESSAGE = 100_000;

export function fuzz(seed: number, count: number, first = 0): FuzzReport {
  const caseOf = createCases(mkdtempSync(join(tmpdir(), 'manyheads-fuzz-')), seed);
  const failures: Failure[] = [];
  let accepted = 0;
  let slowest = 0;
  for (let number = first; number < first + count; number++) {
    const one = caseOf(number);
    const before = process.cpuUsage();
    const what = outcomeOf(one);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    slowest = Math.max(slowest, seconds);
    if (what === null) accepted++;
    const wrong = seconds > MOST_SECONDS ? `took ${seconds.toFixed(1)} s` : what;
    if (wrong) failures.push({ number, kind: one.kind, what: wrong, input: one.input });
  }
  return { cases: count, accepted, failures, slowest, peakBytes: process.resourceUsage().maxRSS * 1024 };
}

/** @returns null where it was read, an empty text where it was refused as it should be, else what is wrong with that */
function outcomeOf({ kind, read }: Case): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof WeightsFileError) return kind === 'weights' ? '' : String(error);
    if (!(error instanceof ExperimentError)) return (error as Error).stack ?? String(error);
    if (error.problems.length === 0) return 'an error without a problem';
    if (error.message.length > LONGEST_MESSAGE) return `a message of ${error.message.length} characters`;
    if (/[^\n\P{Cc}]/u.test(error.message)) return `a control character in ${JSON.stringify(error.message)}`;
    const lost = error.problems.find(
      ({ place, path, message }) => !place && path === '' && !/there is no file|\.csv/.test(message),
    );
    return lost === undefined ? '' : `a problem without a place: ${lost.message}`;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '20000' },
      first: { type: 'string', default: '0' },
    },
  });
  const report = fuzz(Number(values.seed), Number(values.count), Number(values.first));
  for (const { number, kind, what, input } of report.failures)
    console.log(`case ${number}, ${kind}: ${what}\n${JSON.stringify(input)}\n`);
  const { cases, accepted, failures, slowest, peakBytes } = report;
  console.log(
    `${cases} cases, ${accepted} of them accepted, ${failures.length} wrong; the slowest took ${slowest.toFixed(2)} s, memory ${Math.round(peakBytes / 1e6)} MB`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
}
