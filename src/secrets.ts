/**
 * What is never shown: values that came from variables of the environment, and who a person is in an address. Values are
 * noted where they are read; whatever is shown or written passes here. What a run must find again is no secret and stays:
 * its name, paths of data and weights, columns, classes.
 */

const MASK = '•••';
/** A shorter value would be found in half of all words. */
const SHORTEST = 4;
/** A value of so many letters is hidden wherever it stands; a shorter one where it is a word. */
const LONG = 8;

const known = new Set<string>();
let pattern: RegExp | undefined;

/** From now on this value is shown as •••. */
export function keepSecret(value: string): void {
  // As it is, and as it stands between quotes.
  const forms = [value, JSON.stringify(value).slice(1, -1)].filter((form) => form.length >= SHORTEST);
  if (forms.every((form) => known.has(form))) return;
  for (const form of forms) known.add(form);
  pattern = undefined;
}

/** The text with ••• for every secret, and for the user part of every address. */
export function withoutSecrets(text: string): string {
  const shown = withoutLogins(text);
  if (known.size === 0) return shown;
  pattern ??= new RegExp(
    [...known]
      .sort((a, b) => b.length - a.length)
      .map(patternOf)
      .join('|'),
    'gu',
  );
  return shown.replace(pattern, MASK);
}

const WORD = /[^\s"'<>`]+/g;

/** The text with ••• for the user part of every address: all between its slashes and the last @ of the word. */
export function withoutLogins(text: string): string {
  return text.includes('://') ? text.replace(WORD, withoutLogin) : text;
}

function withoutLogin(word: string): string {
  const slashes = word.indexOf('://');
  const at = word.lastIndexOf('@');
  return slashes > 0 && at > slashes + 2 ? `${word.slice(0, slashes + 3)}${MASK}${word.slice(at)}` : word;
}

/** The same for all strings of a value; the value itself where there is nothing to hide. */
export function valueWithoutSecrets<T>(value: T): T {
  if (typeof value === 'string') return withoutSecrets(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, inner, valueWithoutSecrets(inner)] as const,
  );
  if (entries.every(([, before, after]) => before === after)) return value;
  if (Array.isArray(value)) return entries.map(([, , after]) => after) as T;
  return Object.fromEntries(entries.map(([key, , after]) => [key, after])) as T;
}

function patternOf(secret: string): string {
  const plain = secret.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (secret.length >= LONG) return plain;
  return `(?<![\\p{L}\\p{N}_])${plain}(?![\\p{L}\\p{N}_])`;
}
