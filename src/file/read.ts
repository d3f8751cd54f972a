/**
 * A file to a value in which every path knows its place.
 *
 *   file ─ parse ─▶ tree ─ extends ─▶ merged ─ path=value ─▶ overridden ─ ${env:…} ─▶ value
 *
 * Knows nothing of what keys mean. Variables come last, so that one in a value that is replaced need not be set.
 */
import { resolve } from 'node:path';
import type { Place, Problem } from '../errors.ts';
import { type Chain, readChain } from './extends.ts';
import { displayPath } from './load.ts';
import { applyOverrides, type PlacedValue } from './overrides.ts';
import type { Path } from './path.ts';
import { sortProblems } from './problems.ts';
import { withoutRemovals } from './removals.ts';
import { keySpan, nearestTree, type Origin, placeAt, plainValue, type Span, type Tree } from './tree.ts';
import { substitute } from './variables.ts';
import { noVariants, type VariantAt } from './variant.ts';

export interface Document {
  /** Absolute. */
  readonly file: string;
  /** Plain maps, lists and single values; undefined where the file could not be read. */
  readonly value: unknown;
  /** Place of the value at the path, or of the nearest enclosing one that exists. */
  placeOf(path: Path): Place;
  /** Place of the key itself; of the value where it is an element of a list. */
  keyPlaceOf(path: Path): Place;
  /** Where the value, or the nearest enclosing one that exists, comes from. */
  originOf(path: Path): Origin;
  /** Where the key comes from. */
  keyOriginOf(path: Path): Origin;
  /** The value with the places of all its parts; undefined where there is none. */
  treeOf(path: Path): Tree | undefined;
  /** Where the key is written. */
  keySpanOf(path: Path): Span;
  /** Whether a problem of the value, or of one that encloses it, is known already, so that nothing can be said of it. */
  unread(path: Path): boolean;
  /** Whether a base or an override is lacking, so that a missing key means nothing. */
  readonly incomplete: boolean;
  /** The file as written and each base. */
  readonly sources: readonly { readonly file: string; readonly text: string }[];
}

export interface ReadOptions {
  /** `path=value`, or values with their places in another file; applied in order. */
  readonly overrides?: readonly (string | PlacedValue)[];
  /** @default process.env */
  readonly environment?: NodeJS.ProcessEnv;
  /** Which maps come in variants; schema/variants.ts. @default none do */
  readonly variantAt?: VariantAt;
}

/** A file that is not on the disk: what it would hold, and where it would be. Paths in it are relative to there. */
export interface WrittenFile {
  readonly file: string;
  readonly text: string;
}

/**
 * Never throws for what is in a file: every problem is returned, sorted by place, and what could be read is there.
 * @param from path, relative to the current folder; or a file that is not on the disk
 */
export function readDocument(
  from: string | WrittenFile,
  options: ReadOptions = {},
): { document: Document; problems: Problem[] } {
  const { file, text } = typeof from === 'string' ? { file: from, text: undefined } : from;
  const absolute = resolve(file);
  const { environment = process.env, variantAt = noVariants } = options;
  return documentWith(absolute, readChain(absolute, environment, variantAt, text), options);
}

/** The same, of a file that was read before: for reading it once and trying many values. */
export function documentWith(
  absolute: string,
  chain: Chain,
  options: ReadOptions,
): { document: Document; problems: Problem[] } {
  const environment = options.environment ?? process.env;
  const problems = [...chain.problems];

  let tree: Tree | undefined = chain.tree;
  let incomplete = chain.incomplete;
  if (chain.tree) {
    const { overrides = [], variantAt = noVariants } = options;
    const overridden = applyOverrides(chain.tree, overrides, environment, variantAt);
    const whole = withoutRemovals(overridden.tree, []);
    const substituted = substitute(whole.tree, environment);
    problems.push(...overridden.problems, ...whole.problems, ...substituted.problems);
    incomplete ||= overridden.problems.length > 0;
    tree = substituted.tree;
  }
  const sources = chain.sources.map((source) => ({ file: source.origin.file, text: source.text }));
  return { document: documentOf(absolute, tree, incomplete, sources), problems: sortProblems(problems) };
}

function documentOf(
  file: string,
  tree: Tree | undefined,
  incomplete: boolean,
  sources: Document['sources'],
): Document {
  const source = {
    name: displayPath(file),
    text: sources[0]?.text ?? '',
    origin: { kind: 'file' as const, folder: resolve(file, '..'), file },
  };
  const nothing: Tree = { kind: 'scalar', span: { source, start: 0, end: 0 }, value: null, unread: true };
  const root = tree ?? nothing;
  const spanOf = (path: Path) => nearestTree(root, path).tree.span;
  return {
    file,
    value: tree && plainValue(tree),
    placeOf: (path) => placeAt(spanOf(path).source, spanOf(path).start),
    keyPlaceOf: (path) => placeAt(keySpan(root, path).source, keySpan(root, path).start),
    originOf: (path) => spanOf(path).source.origin,
    keyOriginOf: (path) => keySpan(root, path).source.origin,
    treeOf: (path) => {
      const { tree: at, depth } = nearestTree(root, path);
      return depth === path.length ? at : undefined;
    },
    keySpanOf: (path) => keySpan(root, path),
    unread: (path) => {
      const { tree: at } = nearestTree(root, path);
      return at.kind === 'scalar' && at.unread === true;
    },
    incomplete,
    sources,
  };
}
