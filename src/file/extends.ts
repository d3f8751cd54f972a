/**
 * A file and those it starts from, as one tree. Maps merge key by key; lists and single values replace what the base
 * says, and so does null. A map that names another variant (variant.ts), or that is written `!replace {…}`, replaces the
 * base's as a whole, and `key: !remove` takes a key of the base away. The key `extends` is used up here.
 */
import { realpathSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Place, Problem } from '../errors.ts';
import { displayPath, loadText } from './load.ts';
import { parseYaml } from './parse.ts';
import type { Path } from './path.ts';
import {
  describeValue,
  type Entry,
  type MapTree,
  placeAt,
  plainValue,
  type Source,
  type Span,
  type Tree,
} from './tree.ts';
import { substitute } from './variables.ts';
import { isOtherVariant, type VariantAt } from './variant.ts';

export interface Chain {
  /** Undefined where the file itself could not be read. */
  readonly tree: MapTree | undefined;
  /** The file as written, then each base. */
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
  /** Whether a base is lacking, so that a missing key may well be in it. */
  readonly incomplete: boolean;
}

interface Link {
  /** Absolute path with symbolic links resolved. */
  readonly real: string;
  readonly name: string;
}

interface Reading {
  /** What the first file holds, where it is none of the disk. */
  readonly text: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly variantAt: VariantAt;
}

/**
 * @param file absolute path
 * @param variantAt which maps come in variants
 * @param text what the file holds, where it is none of the disk
 */
export function readChain(
  file: string,
  environment: NodeJS.ProcessEnv,
  variantAt: VariantAt,
  text?: string,
): Chain {
  return readLink(file, { text, environment, variantAt }, [], undefined);
}

function readLink(
  file: string,
  reading: Reading,
  links: readonly Link[],
  from: { place: Place; path: string } | undefined,
): Chain {
  const given = links.length === 0 ? reading.text : undefined;
  const loaded = given === undefined ? loadText(file, from) : { text: given };
  if ('problem' in loaded)
    return { tree: undefined, sources: [], problems: [loaded.problem], incomplete: true };

  const link: Link = { real: given === undefined ? realpathSync(file) : file, name: displayPath(file) };
  const first = links.findIndex(({ real }) => real === link.real);
  if (first !== -1) {
    const loop = [...links.slice(first), link].map(({ name }) => name).join(' → ');
    const problem: Problem = {
      code: 'extendsCycle',
      path: 'extends',
      message: `expected a file that does not lead back here, got the loop ${loop}`,
      place: from?.place,
      hint: 'Remove one `extends` of the loop.',
    };
    return { tree: undefined, sources: [], problems: [problem], incomplete: true };
  }

  const kind = links.length === 0 ? 'file' : 'base';
  const source: Source = {
    name: link.name,
    text: loaded.text,
    origin: { kind, folder: dirname(file), file },
  };
  const parsed = parseYaml(source);
  const problems = [...parsed.problems];
  const { tree } = parsed;
  if (tree?.kind !== 'map') {
    if (problems.length === 0) problems.push(noMap(source, tree));
    return { tree: undefined, sources: [source], problems, incomplete: true };
  }

  const entry = tree.entries.get('extends');
  if (entry === undefined) return { tree, sources: [source], problems, incomplete: false };
  const own: MapTree = { ...tree, entries: new Map([...tree.entries].filter(([key]) => key !== 'extends')) };
  const target = targetOf(entry, reading.environment, problems);
  if (target === undefined) return { tree: own, sources: [source], problems, incomplete: true };
  const place = placeOf(entry.tree.span);
  const base = readLink(resolve(dirname(file), target), reading, [...links, link], {
    place,
    path: 'extends',
  });
  return {
    tree: base.tree ? (merge(base.tree, own, [], reading) as MapTree) : own,
    sources: [source, ...base.sources],
    problems: [...problems, ...base.problems],
    incomplete: base.incomplete,
  };
}

function targetOf(entry: Entry, environment: NodeJS.ProcessEnv, problems: Problem[]): string | undefined {
  const { tree, problems: unset } = substitute(entry.tree, environment, ['extends']);
  problems.push(...unset);
  if (unset.length > 0 || (tree.kind === 'scalar' && tree.unread)) return undefined;
  const value = plainValue(tree);
  if (typeof value === 'string' && value !== '') return value;
  problems.push({
    code: 'wrongType',
    path: 'extends',
    message: `expected the path of a file, got ${describeValue(value)}`,
    place: placeOf(tree.span),
    hint: 'One file, relative to this one; that file may extend another.',
  });
  return undefined;
}

function noMap(source: Source, tree: Tree | undefined): Problem {
  const empty = tree === undefined || (tree.kind === 'scalar' && tree.value === null);
  const got = empty ? 'an empty file' : describeValue(plainValue(tree));
  return {
    code: 'notYaml',
    path: '',
    message: `expected a map of keys and values, got ${got}`,
    place: empty ? placeAt(source, 0) : placeOf(tree.span),
    hint: 'An experiment begins with `name: …`, `dataset:` and `stages:`.',
  };
}

function placeOf({ source, start }: Span): Place {
  return placeAt(source, start);
}

/** Keys keep the order of the base; new ones follow. */
function merge(base: Tree, child: Tree, path: Path, reading: Reading): Tree {
  if (base.kind !== 'map' || child.kind !== 'map' || child.replace) return child;
  const variant = reading.variantAt(path);
  if (variant && isOtherVariant(base, child, variant, reading.environment)) return child;
  const entries = new Map(base.entries);
  for (const [key, entry] of child.entries) {
    const inherited = base.entries.get(key);
    if (inherited && entry.tree.kind === 'scalar' && entry.tree.remove) entries.delete(key);
    else if (inherited)
      entries.set(key, { key: entry.key, tree: merge(inherited.tree, entry.tree, [...path, key], reading) });
    else entries.set(key, entry);
  }
  return { kind: 'map', span: child.span, entries };
}
