/**
 * Reads damaged inputs and says what went wrong with the program: `npm run fuzz -- --seed N --count M`. A case is wrong where
 * something else than a list of problems comes out, where a problem of a text has no place, or where it takes too long.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ExperimentError, RunError } from '../../src/errors.ts';
import { WeightsFileError } from '../../src/weights/tensor.ts';
import { type Case, createCases } from './cases.ts';
import { createWatchdog } from './watchdog.ts';

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
  /** By kind: milliseconds of processor time of a case. */
  readonly milliseconds: Readonly<Record<string, number>>;
  readonly peakBytes: number;
}

const MOST_SECONDS = 5;
const LONGEST_MESSAGE = 100_000;

export async function fuzz(seed: number, count: number, first = 0): Promise<FuzzReport> {
  const watchdog = createWatchdog(seed);
  const caseOf = await createCases(mkdtempSync(join(tmpdir(), 'manyheads-fuzz-')), seed);
  const failures: Failure[] = [];
  let accepted = 0;
  let slowest = 0;
  const spent = new Map<string, { count: number; seconds: number }>();
  for (let number = first; number < first + count; number++) {
    const one = caseOf(number);
    watchdog.begin(number);
    const before = process.cpuUsage();
    const what = await outcomeOf(one);
    const { user, system } = process.cpuUsage(before);
    const seconds = (user + system) / 1e6;
    slowest = Math.max(slowest, seconds);
    const ofKind = spent.get(one.kind) ?? { count: 0, seconds: 0 };
    spent.set(one.kind, { count: ofKind.count + 1, seconds: ofKind.seconds + seconds });
    if (what === null) accepted++;
    const wrong = seconds > MOST_SECONDS ? `took ${seconds.toFixed(1)} s` : what;
    if (wrong) failures.push({ number, kind: one.kind, what: wrong, input: one.input });
  }
  await watchdog.stop();
  const milliseconds = Object.fromEntries(
    [...spent].map(([kind, { count, seconds }]) => [kind, Number(((1000 * seconds) / count).toFixed(2))]),
  );
  return {
    cases: count,
    accepted,
    failures,
    slowest,
    milliseconds,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  };
}

/** @returns null where it was read, an empty text where it was refused as it should be, else what is wrong with that */
async function outcomeOf({ kind, read }: Case): Promise<string | null> {
  try {
    const said = await read();
    return said === undefined ? null : unfitSize(said);
  } catch (error) {
    if (error instanceof WeightsFileError)
      return kind === 'weights' ? unfitSize(error.message) : String(error);
    // The command line writes control characters of these as numbers.
    if (error instanceof RunError) return kind === 'run' ? unfitSize(error.message) : String(error);
    if (!(error instanceof ExperimentError)) return (error as Error).stack ?? String(error);
    if (error.problems.length === 0) return 'an error without a problem';
    // Problems of a model's folder name their file.
    const lost = error.problems.find(
      ({ place, path, message }) =>
        !place && path === '' && !/there is no file|\.csv|model\/|no run/.test(message),
    );
    return lost === undefined ? unfit(error.message) : `a problem without a place: ${lost.message}`;
  }
}

/** What is wrong with a message; an empty text for nothing. */
function unfit(message: string): string {
  return /[^\n\P{Cc}]/u.test(message)
    ? `a control character in ${JSON.stringify(message)}`
    : unfitSize(message);
}

function unfitSize(message: string): string {
  if (message.trim() === '') return 'an empty message';
  return message.length > LONGEST_MESSAGE ? `a message of ${message.length} characters` : '';
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      count: { type: 'string', default: '20000' },
      first: { type: 'string', default: '0' },
    },
  });
  const report = await fuzz(Number(values.seed), Number(values.count), Number(values.first));
  for (const { number, kind, what, input } of report.failures)
    console.log(`case ${number}, ${kind}: ${what}\n${JSON.stringify(input)}\n`);
  const { cases, accepted, failures, slowest, milliseconds, peakBytes } = report;
  console.log(
    `${cases} cases, ${accepted} of them accepted, ${failures.length} wrong; the slowest took ${slowest.toFixed(2)} s, memory ${Math.round(peakBytes / 1e6)} MB`,
  );
  console.log(`milliseconds a case: ${JSON.stringify(milliseconds)}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
