/**
 * Everything that can be wrong, as data: a closed union of codes, a place in a file, and a sentence.
 * `ExperimentError` is the user's input (exit code 2); `RunError` is a run that failed (exit code 1).
 */

import { withoutSecrets } from './secrets.ts';

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
  | 'repeatedImages';

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
    super(problems.map(formatProblem).join('\n'));
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

/**
 * A problem as text: `file:line:column path: sentence`, the line it stands on with a caret, and the cure.
 * @returns one to four lines without a newline at the end
 */
export function formatProblem(problem: Omit<Problem, 'code'>): string {
  const { place, path, message, hint } = problem;
  const where = place ? `${place.file}:${place.line}:${place.column} ` : '';
  const lines = [`${where}${path === '' ? '' : `${path}: `}${message}`];
  if (place && place.text.trim() !== '') {
    const gutter = `  ${place.line} | `;
    lines.push(gutter + place.text);
    lines.push(`${' '.repeat(gutter.length + place.column - 1)}^`);
  }
  if (hint !== undefined) lines.push(`  ${hint}`);
  return withoutSecrets(lines.join('\n'));
}
