/**
 * Canonical JSON of many values that share parts by identity: the text of a part is made once, because canonical JSON of a
 * map or list is made of those of its elements. Keys that have their neutral value are left out.
 */
import { canonicalJson } from './canonical.ts';
import { type NeutralTree, settingsTree, treeFor, treeInside } from './without-neutral.ts';

/** Keys at one place of the values, and what is inside; maps made in one place have the same keys. */
export interface Shape {
  keys: readonly string[];
  /** In the order of canonical JSON. */
  entries: readonly ShapeEntry[];
  /** Of all items, where it is a list. */
  items: Shape | undefined;
  /** The value that was here last, and its text. */
  last: object | undefined;
  text: string;
  /** Which keys are left out here. */
  readonly tree: NeutralTree | undefined;
  /** In place of this one, by the tree of the value's variant. */
  readonly variants: Map<NeutralTree, Shape>;
}

export interface ShapeEntry {
  readonly key: string;
  /** The key's text and a colon. */
  readonly name: string;
  readonly shape: Shape;
  /** Text of the value with which the key is left out; undefined where it never is. */
  readonly neutral: string | undefined;
}

/** So many characters of texts are kept at most: where parts are combined in 100,000 ways, each is met too seldom. */
export const MOST_KEPT = 1 << 24;

export interface PartTexts {
  /** Parts that will be met again. */
  readonly lasting: ReadonlySet<object>;
  /** Which keys are left out of settings. */
  readonly tree: NeutralTree | undefined;
  /**
   * @param value plain JSON
   * @param shape always the same for values of the same form
   */
  textOf(value: unknown, shape: Shape): string;
}

/** @param tree of the place where the values stand */
export function createShape(tree: NeutralTree | undefined): Shape {
  return { keys: [], entries: [], items: undefined, last: undefined, text: '', tree, variants: new Map() };
}

export function entriesOf(shape: Shape, map: object): Shape['entries'] {
  const { keys } = shape;
  let count = 0;
  for (const key in map) if (key !== keys[count++]) count = Number.POSITIVE_INFINITY;
  if (count === keys.length) return shape.entries;
  shape.keys = Object.keys(map);
  shape.entries = [...shape.keys].sort().map((key) => ({
    key,
    name: `${JSON.stringify(key)}:`,
    shape: createShape(treeInside(shape.tree, key)),
    neutral: shape.tree?.neutral.get(key),
  }));
  return shape.entries;
}

/** @param lasting parts that will be met again; others are forgotten once another value comes in their place */
export function createPartTexts(lasting: ReadonlySet<object>, tree = settingsTree): PartTexts {
  /** By the part and by what is left out of it, which the place says. */
  const texts = new Map<NeutralTree | undefined, Map<object, string>>();
  let kept = 0;

  function textOf(value: unknown, shape: Shape): string {
    if (value === null || typeof value === 'boolean') return `${value}`;
    if (typeof value === 'string') return JSON.stringify(value);
    if (typeof value === 'number' && Number.isFinite(value)) return `${value}`;
    if (typeof value !== 'object') return canonicalJson(value);
    if (shape.last === value) return shape.text;
    const ofTree = texts.get(shape.tree);
    const known = ofTree?.get(value);
    if (known !== undefined) return known;
    const text = joined(value, shape);
    if (lasting.has(value) && kept < MOST_KEPT) {
      kept += text.length;
      if (ofTree === undefined) texts.set(shape.tree, new Map([[value, text]]));
      else ofTree.set(value, text);
    } else {
      shape.last = value;
      shape.text = text;
    }
    return text;
  }

  function joined(value: object, shape: Shape): string {
    if (Array.isArray(value)) {
      const items = itemsOf(shape);
      return `[${value.map((item) => textOf(item, items)).join()}]`;
    }
    const map = value as Readonly<Record<string, unknown>>;
    let text = '';
    for (const { key, name, shape: inner, neutral } of entriesOf(variantShape(shape, map), map)) {
      if (map[key] === undefined) continue;
      const own = textOf(map[key], inner);
      if (own !== neutral) text += `${text === '' ? '' : ','}${name}${own}`;
    }
    return `{${text}}`;
  }

  return { lasting, tree, textOf };
}

export function itemsOf(shape: Shape): Shape {
  shape.items ??= createShape(treeInside(shape.tree, '*'));
  return shape.items;
}

/** The shape of a value that may be a variant. */
export function variantShape(shape: Shape, map: object): Shape {
  const own = treeFor(shape.tree, map);
  if (own === undefined || own === shape.tree) return shape;
  const variant = shape.variants.get(own) ?? createShape(own);
  shape.variants.set(own, variant);
  return variant;
}
