/**
 * A document as a tree in which every key and value knows the text it was written in. What is merged, overridden and
 * substituted are trees; plain values come out at the end.
 */
import type { Place } from '../errors.ts';
import type { Path } from './path.ts';

/** Where a value comes from. */
export interface Origin {
  readonly kind: 'file' | 'base' | 'override';
  /** Absolute. What relative paths there are relative to; the current folder for an override. */
  readonly folder: string;
  /** Absolute, or `argument N` for an override. */
  readonly file: string;
}

/** A text with a name. */
export interface Source {
  /** As a person would type it. */
  readonly name: string;
  readonly text: string;
  readonly origin: Origin;
}

/** A stretch of a source, in UTF-16 code units. */
export interface Span {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

export interface Entry {
  readonly key: Span;
  readonly tree: Tree;
}

export interface MapTree {
  readonly kind: 'map';
  readonly span: Span;
  readonly entries: ReadonlyMap<string, Entry>;
  /** Written `!replace {…}`: nothing of the base's map stays. */
  readonly replace?: true;
}

export interface ListTree {
  readonly kind: 'list';
  readonly span: Span;
  readonly items: readonly Tree[];
}

export interface ScalarTree {
  readonly kind: 'scalar';
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** As it stands in the file, where a variable was read into it. */
  readonly written?: string;
  /** Written in quotes: text, whatever stands for a variable in it. */
  readonly quoted?: true;
  /** Written `!remove`: the base's key is taken away. */
  readonly remove?: true;
  /** A problem was found in it already, so that nothing more can be said of its value. */
  readonly unread?: true;
}

export type Tree = MapTree | ListTree | ScalarTree;

/** @returns the plain value: objects, arrays, strings, finite numbers, booleans, null */
export function plainValue(tree: Tree): unknown {
  if (tree.kind === 'scalar') return tree.value;
  if (tree.kind === 'list') return tree.items.map(plainValue);
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, plainValue(entry.tree)]));
}

/** @returns the entry or element of that name, undefined where there is none */
export function childOf(tree: Tree, key: string | number): Tree | undefined {
  if (tree.kind === 'map') return tree.entries.get(String(key))?.tree;
  if (tree.kind === 'list' && typeof key === 'number') return tree.items[key];
  return undefined;
}

/** The tree at the path or the nearest that encloses it. */
export function nearestTree(tree: Tree, path: Path): { tree: Tree; depth: number } {
  let at = tree;
  for (const [depth, key] of path.entries()) {
    const child = childOf(at, key);
    if (child === undefined) return { tree: at, depth };
    at = child;
  }
  return { tree: at, depth: path.length };
}

/** @returns the path's key where it stands, or the value's own span where it is an element or absent */
export function keySpan(tree: Tree, path: Path): Span {
  const parent = nearestTree(tree, path.slice(0, -1));
  const key = path.at(-1);
  if (parent.depth === path.length - 1 && parent.tree.kind === 'map' && key !== undefined) {
    const entry = parent.tree.entries.get(String(key));
    if (entry) return entry.key;
  }
  return nearestTree(tree, path).tree.span;
}

/** Line and column, both from 1, of an offset. */
export function placeAt(source: Source, offset: number): Place {
  const starts = lineStartsOf(source);
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  const lineStart = starts[low]!;
  const text = source.text.slice(lineStart, low + 1 < starts.length ? starts[low + 1]! - 1 : undefined);
  return {
    file: source.name,
    line: low + 1,
    column: offset - lineStart + 1,
    text: text.endsWith('\r') ? text.slice(0, -1) : text,
  };
}

const lineStarts = new WeakMap<Source, readonly number[]>();

/** Offsets at which lines begin: looked for once, and not again for each of ten thousand problems. */
function lineStartsOf(source: Source): readonly number[] {
  const known = lineStarts.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1))
    starts.push(at + 1);
  lineStarts.set(source, starts);
  return starts;
}

/** Characters of a text that are shown of a wrong value. */
const LONGEST_VALUE = 120;

/** @returns what the value is, for "got …": `"fast" (string)`, `3`, `a list` */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  if (typeof value === 'string') {
    const isLong = value.length > LONGEST_VALUE;
    const shown = JSON.stringify(isLong ? value.slice(0, LONGEST_VALUE) : value);
    return isLong ? `${shown.slice(0, -1)}…" (string of ${value.length} characters)` : `${shown} (string)`;
  }
  return typeof value === 'boolean' ? `${value} (boolean)` : `${value} (number)`;
}
