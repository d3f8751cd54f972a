/**
 * Everything that can be wrong, as data: a closed union of codes, a place in a file, and a sentence.
 * `ExperimentError` is the user's input (exit code 2); `RunError` is a run that failed (exit code 1).
 */

import { withoutLogins, withoutSecrets } from './secrets.ts';
import { printable } from './words.ts';

/** Codes of a mistake in what the user wrote or pointed at. Tests and programs match on these. */
export type ProblemCode =
  | 'fileNotFound'
  | 'notYaml'
  | 'tabIndentation'
  | 'duplicateKey'
  | 'notFinite'
  | 'extendsCycle'
  | 'unsetVariable'
  | 'badOverride'
  | 'unknownKey'
  | 'missingKey'
  | 'wrongType'
  | 'wrongValue'
  | 'outOfRange'
  | 'duplicateName'
  | 'conflict'
  | 'unknownColumn'
  | 'unknownHead'
  | 'unknownClass'
  | 'emptyData'
  | 'badTable'
  | 'badImage'
  | 'dataChanged'
  | 'outsideFolder'
  | 'badWeights'
  | 'badModel'
  | 'unknownRun'
  | 'badArgument';

/** Where something stands. Lines and columns count from 1. */
export interface Place {
  /** Path as a person would type it, or `argument N` for a `path=value` on the command line. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The whole line, for the code frame. */
  readonly text: string;
}

/** One mistake: where, what was expected, what was found, what to do. */
export interface Problem {
  readonly code: ProblemCode;
  /** Path in the language, as `stages[0].epochs`; empty for the file as a whole. */
  readonly path: string;
  /** One sentence without a full stop at its end: what was expected and what was found. */
  readonly message: string;
  readonly place?: Place | undefined;
  /** What to do, one sentence. */
  readonly hint?: string | undefined;
}

/** Codes of what is right, and yet likely not what was meant. */
export type WarningCode =
  | 'sizeWithoutRegularization'
  | 'areaForEveryHead'
  | 'averageStaysBehind'
  | 'smallLastBatch'
  | 'mixedWithItself'
  | 'repeatedImages'
  | 'neverActs';

/** Something that a run is not stopped for: where, what, why, and what to do. */
export interface Warning extends Omit<Problem, 'code'> {
  readonly code: WarningCode;
  /** Why it matters and what to do, one or two sentences. */
  readonly hint: string;
}

/** The input is wrong. Carries every problem found, in the order of the file. */
export class ExperimentError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.name = 'ExperimentError';
    this.problems = problems;
  }
}

/** A run or a command failed through no mistake in its input: out of disk, non-finite loss, no compiler. */
export class RunError extends Error {
  readonly hint: string | undefined;
  /** Whether the same run would fail again in the same way, so that trying again is of no use. */
  readonly isCertain: boolean;

  /** @param hint what to do about it, one sentence */
  constructor(message: string, options: { hint?: string; cause?: unknown; isCertain?: boolean } = {}) {
    super(message, { cause: options.cause });
    this.name = 'RunError';
    this.hint = options.hint;
    this.isCertain = options.isCertain ?? false;
  }
}

/** Problems that are shown; a file with more is of another kind. */
const MOST_SHOWN = 100;
/** Characters of a sentence that are shown. A value, a key or a list of names may be as long as a file. */
const LONGEST = 1500;
/** Characters of a line that are shown. */
const FRAME = 80;

/** Problems as text, the first hundred of them. @returns lines without a newline at the end */
export function formatProblems(problems: readonly Problem[]): string {
  const lines = problems.slice(0, MOST_SHOWN).map(formatProblem);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`and ${more.toLocaleString('en-US')} more`);
  return lines.join('\n');
}

/**
 * A problem as text: `file:line:column path: sentence`, the line it stands on with a caret, and the cure. What a file says
 * is written without control characters, and of a long line the part around the place.
 * @returns one to four lines without a newline at the end
 */
export function formatProblem(problem: Omit<Problem, 'code'>): string {
  const { place, path, message, hint } = problem;
  const where = place ? `${cut(place.file)}:${place.line}:${place.column} ` : '';
  const lines = [`${where}${path === '' ? '' : `${cut(path, 200)}: `}${cut(message)}`];
  if (place && place.text.trim() !== '') {
    const gutter = `  ${place.line} | `;
    const { shown, column } = frameOf(place);
    lines.push(gutter + shown);
    lines.push(`${' '.repeat(gutter.length + column)}^`);
  }
  if (hint !== undefined) lines.push(`  ${cut(hint)}`);
  return withoutSecrets(lines.join('\n'));
}

/** At most 80 characters of the line; a column from 0. */
function frameOf({ text, column }: Place): { shown: string; column: number } {
  const at = column - 1;
  const from = text.length <= FRAME ? 0 : Math.max(0, Math.min(at - FRAME / 2, text.length - FRAME));
  const part = (start: number, end: number): string =>
    printable(withoutLogins(text.slice(start, end)).replaceAll('\t', ' '));
  const isCut = from > 0;
  const end = from + FRAME < text.length ? from + FRAME - 1 : text.length;
  const start = isCut ? from + 1 : 0;
  const before = `${isCut ? '…' : ''}${part(start, Math.max(start, at))}`;
  return {
    shown: `${before}${part(Math.max(start, at), end)}${end < text.length ? '…' : ''}`,
    column: before.length,
  };
}

/** One line of at most so many characters. */
function cut(text: string, longest = LONGEST): string {
  return printable(text.length <= longest ? text : `${text.slice(0, longest - 1)}…`);
}
