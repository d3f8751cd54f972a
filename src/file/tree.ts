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
  const before = source.text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const lineEnd = source.text.indexOf('\n', lineStart);
  const text = source.text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd).replace(/\r$/, '');
  return { file: source.name, line: before.split('\n').length, column: offset - lineStart + 1, text };
}

/** @returns what the value is, for "got …": `"fast" (string)`, `3`, `a list` */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  if (typeof value === 'string') return `${JSON.stringify(value)} (string)`;
  return typeof value === 'boolean' ? `${value} (boolean)` : `${value} (number)`;
}
