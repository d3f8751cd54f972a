/**
 * Paths in the language: `stages[0].epochs` as text, `['stages', 0, 'epochs']` as data. A key that is no plain word
 * is quoted: `attributes["a b"]`. On the command line an element may also be named: `stages[small].epochs`.
 */

export type Path = readonly (string | number)[];

/** One step of a path as written, with the offset of its first character. */
export interface PathStep {
  readonly key: string | number;
  readonly offset: number;
}

/** The text is no path; `offset` is that of the first character that does not fit. */
export class PathError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'PathError';
    this.offset = offset;
  }
}

const plainWord = /^[A-Za-z_][\w-]*$/;

/** @returns the path as a person would type it; empty for the document as a whole */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else if (plainWord.test(key)) text += text === '' ? key : `.${key}`;
    else text += `[${JSON.stringify(key)}]`;
  }
  return text;
}

/**
 * Digits, with or without brackets, are a number; everything else is text.
 * @throws PathError
 */
export function splitPath(text: string): PathStep[] {
  const steps: PathStep[] = [];
  let at = 0;
  while (at < text.length) {
    const bracket = text[at] === '[';
    if (!bracket && steps.length > 0) {
      if (text[at] !== '.') throw new PathError(`expected "." or "[", got "${text[at]}"`, at);
      at += 1;
    }
    const step = bracket ? bracketStep(text, at) : wordStep(text, at);
    steps.push(step);
    at = step.end;
  }
  return steps;
}

function wordStep(text: string, at: number): PathStep & { end: number } {
  const word = /^[^.[\]="\s]+/.exec(text.slice(at))?.[0];
  if (word === undefined && text[at] === '"' && at > 0)
    throw new PathError('a key in quotes stands in brackets and without the dot, as ["…"]', at);
  if (word === undefined) throw new PathError('expected a key', at);
  return { key: keyOf(word), offset: at, end: at + word.length };
}

function bracketStep(text: string, at: number): PathStep & { end: number } {
  const rest = text.slice(at + 1);
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0];
  const inside = quoted ?? /^[^\]["]+/.exec(rest)?.[0];
  if (inside === undefined)
    throw new PathError('expected a number, a name or a quoted key after "["', at + 1);
  const end = at + 1 + inside.length;
  if (text[end] !== ']') throw new PathError('expected "]"', end);
  return {
    key: quoted === undefined ? keyOf(inside) : unquote(quoted, at + 1),
    offset: at + 1,
    end: end + 1,
  };
}

function keyOf(word: string): string | number {
  return /^\d+$/.test(word) ? Number(word) : word;
}

function unquote(quoted: string, offset: number): string {
  try {
    return JSON.parse(quoted);
  } catch {
    throw new PathError('expected a key in quotes as JSON writes it', offset);
  }
}
