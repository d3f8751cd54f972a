/**
 * YAML 1.2 (core schema) to a tree. In: a source. Out: its tree, and every problem of its syntax. A value that an
 * alias stands for is placed where the alias stands; what is inside it, where it is written.
 */
import {
  type Alias,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseAllDocuments,
  type Tags,
  type YAMLMap,
} from 'yaml';
import type { Problem } from '../errors.ts';
import { DEEPEST, tooDeepAt } from './depth.ts';
import { namesHint } from './names.ts';
import { formatPath, type Path } from './path.ts';
import { syntaxProblems } from './syntax.ts';
import { type Entry, placeAt, type Source, type Span, type Tree } from './tree.ts';

export interface Parsed {
  /** Undefined where nothing can be said about values, so that looking further would only mislead. */
  readonly tree: Tree | undefined;
  readonly problems: readonly Problem[];
}

/** Aliases inside aliases can grow without bound; a real experiment has some hundred values. */
const MOST_VALUES = 100_000;

/** How a file takes away what it would get from its base. */
const tags = [
  { tag: '!replace', collection: 'map' },
  { tag: '!remove', resolve: (text: string) => text },
] as unknown as Tags;

/** @param from offset at which the YAML begins, for the value of a `path=value` */
export function parseYaml(source: Source, from = 0): Parsed {
  const deep = tooDeepAt(source.text, from);
  if (deep !== undefined) {
    const problem: Problem = {
      code: 'notYaml',
      path: '',
      message: `expected at most ${DEEPEST} maps and lists inside each other, got one more here`,
      place: placeAt(source, deep),
      hint: 'Is a bracket not closed, or is this another kind of file?',
    };
    return { tree: undefined, problems: [problem] };
  }
  const documents = parseAllDocuments(source.text.slice(from), {
    version: '1.2',
    schema: 'core',
    customTags: tags,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    logLevel: 'silent',
  });
  const problems: Problem[] = [];
  const all = 'empty' in documents ? [] : documents;
  problems.push(...syntaxProblems(source, all, from));
  if (all[1] !== undefined) problems.push(severalDocuments(source, from));
  const contents = all[0]?.contents;
  if (problems.length > 0 || !all[0] || contents === null || contents === undefined)
    return { tree: undefined, problems };
  const tree = new Conversion(source, from, problems).tree(contents as Node, []);
  return { tree, problems };
}

function severalDocuments(source: Source, from: number): Problem {
  const separators = [...source.text.slice(from).matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)].map(
    (match) => match.index + from,
  );
  const isContent = (text: string): boolean => /^\s*[^\s#%]/m.test(text);
  const second = separators.find((at) => isContent(source.text.slice(from, at))) ?? separators.at(-1) ?? from;
  return {
    code: 'notYaml',
    path: '',
    message: 'expected one document in the file, got a second one',
    place: placeAt(source, second),
    hint: 'Write each experiment into a file of its own, and use `extends` for what they share.',
  };
}

class Conversion {
  readonly #source: Source;
  readonly #from: number;
  /** The newest node of each anchor so far. */
  readonly #anchors = new Map<string, Node>();
  readonly #problems: Problem[];
  readonly #open = new Set<Node>();
  #values = 0;

  constructor(source: Source, from: number, problems: Problem[]) {
    this.#source = source;
    this.#from = from;
    this.#problems = problems;
  }

  /** @param at where the value stands, other than where it is written: the alias */
  tree(node: Node, path: Path, at?: Span): Tree {
    if (isAlias(node)) return this.#aliased(node, path, at);
    const span = at ?? this.#span(node);
    this.#values += 1;
    // Inside what an alias stands for they were met before.
    if (node.anchor !== undefined && this.#open.size === 0) this.#anchors.set(node.anchor, node);
    if (isMap(node)) {
      const entries = this.#entries(node, path);
      return { kind: 'map', span, entries, ...(node.tag === '!replace' ? { replace: true } : {}) };
    }
    if (isSeq(node))
      return {
        kind: 'list',
        span,
        items: node.items.map((item, i) => this.tree(item as Node, [...path, i])),
      };
    const value = isScalar(node) ? node.value : null;
    if (isScalar(node) && node.tag === '!remove') return this.#removal(span, path, value);
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const written = this.#source.text.slice(span.start, span.end);
      this.#say(
        'notFinite',
        path,
        `expected a number, got ${written}`,
        span,
        'Infinity and not-a-number are no values of any key.',
      );
      return { kind: 'scalar', span, value: null, unread: true };
    }
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    const isQuoted = isScalar(node) && /^(QUOTE|BLOCK)/.test(node.type ?? '');
    return { kind: 'scalar', span, value: known ? value : null, ...(isQuoted ? { quoted: true } : {}) };
  }

  #removal(span: Span, path: Path, value: unknown): Tree {
    if (value === '' || value === null) return { kind: 'scalar', span, value: null, remove: true };
    this.#say(
      'notYaml',
      path,
      '!remove takes a key away, so no value can follow it',
      span,
      'Write `key: !remove`.',
    );
    return { kind: 'scalar', span, value: null, unread: true };
  }

  #entries(map: YAMLMap, path: Path): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { key, value } of map.items) {
      const name = String((key as { value?: unknown }).value ?? '');
      const span = this.#span(key as Node);
      const here = [...path, name];
      const first = entries.get(name);
      if (first) {
        const { line } = placeAt(first.key.source, first.key.start);
        this.#say(
          'duplicateKey',
          here,
          `the key "${name}" stands twice in one map, first on line ${line}`,
          span,
          'Remove one of the two.',
        );
      } else if (name === '<<') {
        this.#say(
          'unknownKey',
          here,
          'the merge key << is not a part of YAML 1.2',
          span,
          'Write the keys out, or put what is shared into a file and use `extends`.',
        );
      } else {
        entries.set(name, {
          key: span,
          tree: value === null ? { kind: 'scalar', span, value: null } : this.tree(value as Node, here),
        });
      }
    }
    return entries;
  }

  #aliased(alias: Alias, path: Path, at?: Span): Tree {
    const span = at ?? this.#span(alias);
    const target = this.#anchors.get(alias.source);
    const refuse = (message: string, hint?: string): Tree => {
      this.#say('notYaml', path, message, span, hint);
      return { kind: 'scalar', span, value: null, unread: true };
    };
    if (target === undefined) {
      return refuse(
        `there is no anchor &${alias.source} before this alias`,
        namesHint(alias.source, [...this.#anchors.keys()]),
      );
    }
    if (this.#open.has(target)) return refuse(`the alias *${alias.source} stands inside its own anchor`);
    if (this.#values > MOST_VALUES)
      return refuse(`the aliases of this file stand for more than ${MOST_VALUES} values`);
    this.#open.add(target);
    const tree = this.tree(target, path, span);
    this.#open.delete(target);
    return tree;
  }

  #span(node: Node): Span {
    const [start, end] = node.range ?? [0, 0];
    return { source: this.#source, start: start + this.#from, end: end + this.#from };
  }

  #say(code: Problem['code'], path: Path, message: string, { source, start }: Span, hint?: string): void {
    this.#problems.push({ code, path: formatPath(path), message, place: placeAt(source, start), hint });
  }
}
