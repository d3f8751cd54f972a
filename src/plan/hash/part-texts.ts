/**
 * Canonical JSON of many values that share parts by identity: the text of a part is made once, because canonical JSON of a
 * map or list is made of those of its elements.
 */
import { canonicalJson } from './canonical.ts';

/** Keys at one place of the values, and what is inside; maps made in one place have the same keys. */
export interface Shape {
  keys: readonly string[];
  /** In the order of canonical JSON, each with its text and a colon. */
  entries: readonly { readonly key: string; readonly name: string; readonly shape: Shape }[];
  /** Of all items, where it is a list. */
  items: Shape | undefined;
  /** The value that was here last, and its text. */
  last: object | undefined;
  text: string;
}

export interface PartTexts {
  /** Parts that will be met again. */
  readonly lasting: ReadonlySet<object>;
  /**
   * @param value plain JSON
   * @param shape always the same for values of the same form
   */
  textOf(value: unknown, shape: Shape): string;
}

export function createShape(): Shape {
  return { keys: [], entries: [], items: undefined, last: undefined, text: '' };
}

export function entriesOf(shape: Shape, map: object): Shape['entries'] {
  const { keys } = shape;
  let count = 0;
  for (const key in map) if (key !== keys[count++]) count = Number.POSITIVE_INFINITY;
  if (count === keys.length) return shape.entries;
  shape.keys = Object.keys(map);
  shape.entries = [...shape.keys]
    .sort()
    .map((key) => ({ key, name: `${JSON.stringify(key)}:`, shape: createShape() }));
  return shape.entries;
}

/** @param lasting parts that will be met again; others are forgotten once another value comes in their place */
export function createPartTexts(lasting: ReadonlySet<object>): PartTexts {
  const texts = new Map<object, string>();

  function textOf(value: unknown, shape: Shape): string {
    if (value === null || typeof value === 'boolean') return `${value}`;
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
    if (typeof value !== 'object') return canonicalJson(value);
    if (shape.last === value) return shape.text;
    const known = texts.get(value);
    if (known !== undefined) return known;
    const text = joined(value, shape);
    if (lasting.has(value)) texts.set(value, text);
    else {
      shape.last = value;
      shape.text = text;
    }
    return text;
  }

  function joined(value: object, shape: Shape): string {
    if (Array.isArray(value)) {
      shape.items ??= createShape();
      const { items } = shape;
      return `[${value.map((item) => textOf(item, items)).join()}]`;
    }
    const map = value as Readonly<Record<string, unknown>>;
    let text = '';
    for (const { key, name, shape: inner } of entriesOf(shape, map)) {
      if (map[key] !== undefined) text += `${text === '' ? '' : ','}${name}${textOf(map[key], inner)}`;
    }
    return `{${text}}`;
  }

  return { lasting, textOf };
}
