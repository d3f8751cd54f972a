/**
 * Words that a person chose: names of heads, classes, columns, stages, axes, files. They are looked up and shown with
 * care: one may be `constructor`, `__proto__` or an escape sequence of a terminal.
 */

/** What a record holds under such a word; never what every object inherits, as a function under `constructor`. */
export function own<T>(record: Readonly<Record<string, T>> | undefined, word: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, word) ? record[word] : undefined;
}

/** Controls, ends of a line, and what turns the direction of the letters after it. */
const CONTROL = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** One line without control characters: each is written as its number, as `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(CONTROL, numberOf);
}

/** Colours, which this program writes itself, and all that is no line break. */
const COLOUR = new RegExp(
  `(${String.fromCharCode(27)}\\[[0-9;]*m|[\\n\\t])|[\\p{Cc}\\u202a-\\u202e\\u2066-\\u2069]`,
  'gu',
);

/** Several lines for a terminal: line breaks and colours stay, every other control character is written as its number. */
export function forTerminal(text: string): string {
  return text.replaceAll(COLOUR, (found, kept?: string) => kept ?? numberOf(found));
}

function numberOf(character: string): string {
  return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
}
