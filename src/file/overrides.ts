/**
 * `path=value` arguments, and values that another file sets. In: a tree and the arguments. Out: the tree with their
 * values in place, which replace what stood there as a whole. New keys may be set; elements of a list must be there.
 * `path=!remove` takes a key away. One that names another variant (variant.ts) takes the other keys of its map away, those
 * that stand in the tree; what the same arguments set beside it stays, whatever their order.
 */
import { resolve } from 'node:path';
import type { Problem } from '../errors.ts';
import { namesHint } from './names.ts';
import { parseYaml } from './parse.ts';
import { formatPath, type Path, PathError, type PathStep, splitPath } from './path.ts';
import { keysOf, type Override, put, type Step, withoutOthers } from './put.ts';
import {
  childOf,
  describeValue,
  type ListTree,
  type MapTree,
  placeAt,
  plainValue,
  type Source,
  type Span,
  type Tree,
} from './tree.ts';
import type { VariantAt } from './variant.ts';

const example = 'Write path=value, for example stages[0].epochs=3.';

/** Everything up to the first "=" that is not in quotes. */
const beforeEquals = /^(?:[^="]|"(?:[^"\\]|\\.)*")*/;

/** A value with its path, both written in another file: a sweep's. */
export interface PlacedValue {
  /** As on the command line: `stages[small].epochs`. */
  readonly path: string;
  /** Where the path is written, with or without quotes. */
  readonly at: Span;
  readonly value: Tree;
}

/** A mistake at an offset of the argument. */
class OverrideError extends Error {
  readonly offset: number;
  readonly hint: string | undefined;

  constructor(message: string, offset: number, hint?: string) {
    super(message);
    this.offset = offset;
    this.hint = hint;
  }
}

/**
 * Every argument is read, also after a mistake in one.
 * @param variantAt which maps come in variants
 */
export function applyOverrides(
  tree: MapTree,
  overrides: readonly (string | PlacedValue)[],
  environment: NodeJS.ProcessEnv,
  variantAt: VariantAt,
): { tree: MapTree; problems: Problem[] } {
  const problems: Problem[] = [];
  const read = readOverrides(tree, overrides, problems);
  const variants = read.filter(
    ({ steps }) => variantAt(keysOf(steps.slice(0, -1)))?.tag === steps.at(-1)?.key,
  );
  const named = variants.reduce((at, variant) => {
    const path = keysOf(variant.steps.slice(0, -1));
    return withoutOthers(at, path, 0, variant, variantAt(path)!, environment) as MapTree;
  }, tree);
  return { tree: read.reduce((at, override) => put(at, override, 0) as MapTree, named), problems };
}

function readOverrides(
  tree: MapTree,
  overrides: readonly (string | PlacedValue)[],
  problems: Problem[],
): Override[] {
  const applied: Override[] = [];
  let result = tree;
  let count = 0;
  for (const written of overrides) {
    const source = typeof written === 'string' ? argumentSource(written, ++count) : written.at.source;
    try {
      const override =
        typeof written === 'string'
          ? readOverride(source, result, problems)
          : { source, steps: stepsOf(result, written), value: written.value };
      if (override === undefined) continue;
      const clash = applied.find((earlier) => covers(override.steps, earlier.steps));
      if (clash) {
        problems.push(conflict(override, clash));
        continue;
      }
      applied.push(override);
      result = put(result, override, 0) as MapTree;
    } catch (error) {
      if (!(error instanceof OverrideError)) throw error;
      problems.push(problemOf(error, source));
    }
  }
  return applied;
}

function argumentSource(text: string, number: number): Source {
  const name = `argument ${number}`;
  return { name, text, origin: { kind: 'override', folder: resolve(''), file: name } };
}

function stepsOf(tree: Tree, { path, at }: PlacedValue): Step[] {
  const isQuoted = /["']/.test(at.source.text.charAt(at.start));
  return resolveSteps(at.source, tree, pathOf(path, at.start + (isQuoted ? 1 : 0)));
}

/**
 * A path of the command line as one of the tree, names of elements as their numbers.
 * @param at where it is written
 */
export function resolvePath(tree: Tree, text: string, at: Span): { path: Path } | { problem: Problem } {
  try {
    return { path: keysOf(stepsOf(tree, { path: text, at, value: tree })) };
  } catch (error) {
    if (!(error instanceof OverrideError)) throw error;
    return { problem: problemOf(error, at.source, text) };
  }
}

function problemOf(error: OverrideError, source: Source, path = ''): Problem {
  const place = placeAt(source, error.offset);
  return { code: 'badOverride', path, message: error.message, place, hint: error.hint };
}

function readOverride(source: Source, tree: Tree, problems: Problem[]): Override | undefined {
  const { text } = source;
  const equals = text.indexOf('=', beforeEquals.exec(text)![0].length);
  if (equals === -1) throw new OverrideError(`expected path=value, got ${JSON.stringify(text)}`, 0, example);
  if (equals === 0) throw new OverrideError('expected a path before the "="', 0, example);
  if (text.slice(equals + 1).trim() === '') {
    throw new OverrideError(
      'expected a value after the "="',
      equals + 1,
      'Write null for nothing, "" for an empty string.',
    );
  }
  const steps = resolveSteps(source, tree, pathOf(text.slice(0, equals)));
  const parsed = parseYaml(source, equals + 1);
  problems.push(...parsed.problems.map((problem) => ({ ...problem, path: formatPath(keysOf(steps)) })));
  if (parsed.tree === undefined) return undefined;
  return { source, steps, value: parsed.tree };
}

/** @param from offset of the text in its source */
function pathOf(text: string, from = 0): PathStep[] {
  try {
    return splitPath(text).map(({ key, offset }) => ({ key, offset: offset + from }));
  } catch (error) {
    if (error instanceof PathError)
      throw new OverrideError(`this is no path: ${error.message}`, error.offset + from, example);
    throw error;
  }
}

/** Names of elements become their indices; what is not in the tree yet stays as it is. */
function resolveSteps(source: Source, tree: Tree, written: readonly PathStep[]): Step[] {
  const steps: Step[] = [];
  let at: Tree | undefined = tree;
  for (const { key, offset } of written) {
    const parent = formatPath(keysOf(steps));
    let resolved: string | number = String(key);
    if (at?.kind === 'list') resolved = indexOf(at, key, offset, parent);
    else if (at?.kind === 'scalar' && at.value !== null) {
      throw new OverrideError(
        `expected a map at ${parent}, which is ${describeValue(at.value)}`,
        offset,
        `Set it as a whole: ${parent}={…}`,
      );
    }
    steps.push({ key: resolved, span: { source, start: offset, end: offset + String(key).length } });
    at = at && childOf(at, resolved);
  }
  return steps;
}

function indexOf(list: ListTree, key: string | number, offset: number, parent: string): number {
  const count = list.items.length;
  if (typeof key === 'number') {
    if (key < count) return key;
    const has = count === 1 ? 'one element, [0]' : `${count} elements, [0] to [${count - 1}]`;
    throw new OverrideError(
      `there is no element ${parent}[${key}]`,
      offset,
      count === 0 ? `${parent} is empty.` : `${parent} has ${has}.`,
    );
  }
  const names = list.items.map((item) => {
    const name = childOf(item, 'name');
    return name === undefined ? undefined : String(plainValue(name));
  });
  const found = names.indexOf(key);
  if (found === -1) {
    const known = names.filter((name) => name !== undefined);
    throw new OverrideError(
      `${parent} has no element with the name "${key}"`,
      offset,
      namesHint(key, known) ?? `Use its number: ${parent}[0].`,
    );
  }
  if (names.lastIndexOf(key) !== found) {
    throw new OverrideError(
      `${parent} has several elements with the name "${key}"`,
      offset,
      `Use the number: ${parent}[${found}].`,
    );
  }
  return found;
}

/** Whether setting `later` undoes `earlier`: it is the same path or one that encloses it. */
function covers(later: readonly Step[], earlier: readonly Step[]): boolean {
  return later.length <= earlier.length && later.every(({ key }, i) => key === earlier[i]!.key);
}

function conflict(later: Override, earlier: Override): Problem {
  const name = ({ source, steps }: Override): string =>
    source.origin.kind === 'override' ? `${source.name} (${source.text})` : formatPath(keysOf(steps));
  return {
    code: 'conflict',
    path: formatPath(keysOf(later.steps)),
    message: `${name(later)} undoes ${name(earlier)}`,
    place: placeAt(later.source, later.steps[0]?.span.start ?? 0),
    hint: 'Give one of the two.',
  };
}
