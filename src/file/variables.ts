/**
 * `${env:NAME}` and `${env:NAME:default}` inside strings. In: a tree and the environment. Out: the tree with their
 * values in place. `$${` stands for the characters `${`. Keys are left as they are.
 */
import { isScalar, parseDocument } from 'yaml';
import type { Problem } from '../errors.ts';
import { keepSecret } from '../secrets.ts';
import { own } from '../words.ts';
import { namesHint } from './names.ts';
import { formatPath, type Path } from './path.ts';
import { type Entry, placeAt, type ScalarTree, type Span, type Tree } from './tree.ts';

/** `$${`, a variable, or a `${` that is none. */
const pieces = /\$\$\{|\$\{env:([A-Za-z_][A-Za-z0-9_]*)(?::([^}]*))?\}|\$\{[^}]*\}?/g;

interface Job {
  readonly environment: NodeJS.ProcessEnv;
  readonly problems: Problem[];
}

/**
 * A string that is one variable and nothing else, without quotes, becomes what YAML reads in its value: `5` is a number.
 * In quotes it stays text.
 */
export function substitute(
  tree: Tree,
  environment: NodeJS.ProcessEnv,
  path: Path = [],
): { tree: Tree; problems: Problem[] } {
  const job = { environment, problems: [] };
  return { tree: walk(tree, path, job), problems: job.problems };
}

function walk(tree: Tree, path: Path, job: Job): Tree {
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item, i) => walk(item, [...path, i], job)) };
  if (tree.kind === 'map') {
    const entries = new Map<string, Entry>();
    for (const [key, entry] of tree.entries)
      entries.set(key, { key: entry.key, tree: walk(entry.tree, [...path, key], job) });
    return { ...tree, entries };
  }
  return typeof tree.value === 'string' && tree.value.includes('${')
    ? scalar(tree, tree.value, path, job)
    : tree;
}

function scalar(tree: ScalarTree, text: string, path: Path, { environment, problems }: Job): ScalarTree {
  const before = problems.length;
  let occurrence = 0;
  let places: readonly number[] | undefined;
  let whole = false;
  const read: string[] = [];
  const result = text.replace(
    pieces,
    (piece: string, name: string | undefined, fallback: string | undefined) => {
      occurrence += 1;
      if (piece === '$${') return '${';
      whole = piece === text;
      const say = (message: string, hint?: string): void => {
        places ??= placesOf(tree.span);
        const place = placeAt(tree.span.source, places[occurrence - 1] ?? tree.span.start);
        problems.push({ code: 'unsetVariable', path: formatPath(path), message, place, hint });
      };
      if (name === undefined) {
        const bare = /^\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)\}?$/.exec(piece)?.[1] ?? 'NAME';
        say(
          `expected \${env:NAME} or \${env:NAME:default}, got ${piece}`,
          `Write \${env:${bare}}, or $\${ where the characters \${ themselves are meant.`,
        );
        return piece;
      }
      const value = own(environment, name) ?? fallback;
      if (value === undefined) {
        const near = namesHint(name, nearVariables(name, environment), 'Set are');
        say(
          `the environment variable ${name} is not set`,
          `Set it (export ${name}=…) or write \${env:${name}:default}.${near ? ` ${near}` : ''}`,
        );
      }
      if (own(environment, name) !== undefined) read.push(value!);
      return value ?? piece;
    },
  );
  if (problems.length > before) return { ...tree, unread: true };
  const value = whole && !tree.quoted ? readScalar(result) : result;
  // A number or a word like true is a setting; a text may be a password.
  if (typeof value === 'string') for (const each of read) keepSecret(each);
  return { ...tree, value, written: text };
}

/** Only names that differ by a letter or two: the environment is no list to print. */
function nearVariables(name: string, environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environment).filter(
    (other) => other.toLowerCase() === name.toLowerCase() || other === `${name}S` || `${other}S` === name,
  );
}

function readScalar(text: string): ScalarTree['value'] {
  const document = parseDocument(text, { version: '1.2', schema: 'core', logLevel: 'silent' });
  const { contents } = document;
  if (contents === null) return null;
  const value =
    isScalar(contents) && document.errors.length + document.warnings.length === 0 ? contents.value : text;
  if (typeof value === 'number') return Number.isFinite(value) ? value : text;
  return typeof value === 'string' || typeof value === 'boolean' || value === null ? value : text;
}

/** Where each `${` of a string begins in its source; an alias stands at one place for all of them. */
function placesOf({ source, start, end }: Span): number[] {
  return [...source.text.slice(start, end).matchAll(pieces)].map(({ index }) => start + index);
}

/** Variables of a text that was kept as it was written; those that are not set stay as they are. */
export function substituteText<T extends string | null>(text: T, environment = process.env): T | string {
  if (text === null) return text;
  return text.replace(pieces, (piece, name?: string, fallback?: string) => {
    const value = name === undefined ? undefined : own(environment, name);
    if (value !== undefined) keepSecret(value);
    return value ?? fallback ?? piece;
  });
}

/** Names of the variables in a text. */
export function variablesOf(text: string): string[] {
  return [...text.matchAll(pieces)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}

/** The tree with every `${` of its strings written as `$${`: for values that are substituted already. */
export function escapeVariables(tree: Tree): Tree {
  if (tree.kind === 'list') return { ...tree, items: tree.items.map(escapeVariables) };
  if (tree.kind === 'map') {
    const entries = [...tree.entries].map(([key, entry]): [string, Entry] => [
      key,
      { key: entry.key, tree: escapeVariables(entry.tree) },
    ]);
    return { ...tree, entries: new Map(entries) };
  }
  return typeof tree.value === 'string' ? { ...tree, value: escapeText(tree.value) } : tree;
}

export function escapeText(text: string): string {
  return text.replaceAll('${', '$${');
}
