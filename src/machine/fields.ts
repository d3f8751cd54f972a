/**
 * Values of a JSON file whose author is not known. Each is asked for by what it has to be; what is wrong is noted with its
 * path, and something harmless is given in its place, so that all mistakes are found at once. Nothing that was given counts
 * where one was noted.
 */

export interface Field {
  /** As `heads[0].classes`; empty for the whole file. */
  readonly path: string;
  /** The value under a key. */
  at(key: string): Field;
  text(): string;
  flag(): boolean;
  /** A finite number. @param isAllowed @param expected in words, as `a number above 0` */
  number(isAllowed?: (value: number) => boolean, expected?: string): number;
  /** A whole number. */
  count(lowest: number, highest: number): number;
  oneOf<T extends string | number>(words: readonly T[]): T;
  list(): Field[];
  /** A list of so many. */
  listOf(length: number): Field[];
  /** Keys and their values. */
  entries(): [string, Field][];
  isNull(): boolean;
  isText(): boolean;
  /** Notes that it is wrong in another way. */
  wrong(expected: string, found?: string): void;
}

/** @param note told what was expected and found at a path, at most once a path */
export function fieldOf(
  value: unknown,
  note: (path: string, expected: string, found: string) => void,
  path = '',
): Field {
  const wrong = (expected: string, found = describe(value)): void => note(path, expected, found);
  const inner = (key: string | number): Field =>
    fieldOf(
      (value as Record<string | number, unknown> | undefined)?.[key],
      note,
      typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`,
    );
  const number = (isAllowed: (value: number) => boolean = () => true, expected = 'a number'): number => {
    if (typeof value === 'number' && Number.isFinite(value) && isAllowed(value)) return value;
    wrong(expected);
    return 1;
  };
  const list = (): Field[] => {
    if (Array.isArray(value)) return value.map((_, i) => inner(i));
    wrong('a list');
    return [];
  };
  return {
    path,
    at(key) {
      if (isMap(value) && Object.hasOwn(value, key)) return inner(key);
      if (!isMap(value)) wrong('a map');
      return fieldOf(undefined, isMap(value) ? note : () => undefined, path === '' ? key : `${path}.${key}`);
    },
    text() {
      if (typeof value === 'string') return value;
      wrong('a text');
      return '';
    },
    flag() {
      if (typeof value === 'boolean') return value;
      wrong('true or false');
      return false;
    },
    number,
    count(lowest, highest) {
      const isCount = (one: number): boolean => Number.isInteger(one) && one >= lowest && one <= highest;
      return number(isCount, `a whole number from ${lowest} to ${highest}`);
    },
    oneOf(words) {
      const found = words.find((word) => word === value);
      if (found !== undefined) return found;
      wrong(words.length === 1 ? JSON.stringify(words[0]) : `one of ${words.join(', ')}`);
      return words[0]!;
    },
    list,
    listOf(length) {
      const items = list();
      if (!Array.isArray(value) || items.length === length) return items;
      wrong(`a list of ${length}`, `one of ${items.length}`);
      return [];
    },
    entries() {
      if (isMap(value)) return Object.keys(value).map((key) => [key, inner(key)]);
      wrong('a map');
      return [];
    },
    isNull: () => value === null,
    isText: () => typeof value === 'string',
    wrong,
  };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isMap(value)) return 'a map';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
