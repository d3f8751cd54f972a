/** One value put into a tree, by its path. Trees are never changed: what is not on the way is shared. */
import type { Path } from './path.ts';
import { childOf, type Entry, type MapTree, type Source, type Span, type Tree } from './tree.ts';
import { isOtherVariant, type Variant } from './variant.ts';

/** A step of the path with where it stands, and the key it means in the tree. */
export interface Step {
  readonly key: string | number;
  readonly span: Span;
}

export interface Override {
  readonly source: Source;
  readonly steps: readonly Step[];
  readonly value: Tree;
}

export function keysOf(steps: readonly Step[]): Path {
  return steps.map(({ key }) => key);
}

/** The map at the path without its keys, where the override names another variant than it is. */
export function withoutOthers(
  tree: Tree,
  path: Path,
  depth: number,
  override: Override,
  variant: Variant,
  environment: NodeJS.ProcessEnv,
): Tree {
  const step = path[depth];
  const child = step === undefined ? undefined : childOf(tree, step);
  if (step === undefined) {
    const tag: Entry = { key: override.steps.at(-1)!.span, tree: override.value };
    const map: MapTree = { kind: 'map', span: tree.span, entries: new Map([[variant.tag, tag]]) };
    return tree.kind === 'map' && isOtherVariant(tree, map, variant, environment) ? map : tree;
  }
  if (child === undefined) return tree;
  const inner = withoutOthers(child, path, depth + 1, override, variant, environment);
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item, i) => (i === step ? inner : item)) };
  if (tree.kind !== 'map') return tree;
  const { key } = tree.entries.get(String(step))!;
  return { ...tree, entries: new Map([...tree.entries, [String(step), { key, tree: inner }]]) };
}

/** The tree with the override's value; maps on the way that are not there are made. */
export function put(tree: Tree | undefined, override: Override, depth: number): Tree {
  const step = override.steps[depth];
  if (step === undefined) return override.value;
  const { value } = override;
  if (
    depth === override.steps.length - 1 &&
    value.kind === 'scalar' &&
    value.remove &&
    tree?.kind === 'map'
  ) {
    const kept = [...tree.entries].filter(([key]) => key !== step.key);
    if (kept.length < tree.entries.size) return { ...tree, entries: new Map(kept) };
  }
  const child = put(tree && childOf(tree, step.key), override, depth + 1);
  if (tree?.kind === 'list')
    return { ...tree, items: tree.items.map((item, i) => (i === step.key ? child : item)) };
  const key = depth === override.steps.length - 1 ? step.span : undefined;
  if (tree?.kind !== 'map') {
    return {
      kind: 'map',
      span: step.span,
      entries: new Map([[String(step.key), { key: step.span, tree: child }]]),
    };
  }
  const inherited = tree.entries.get(String(step.key))?.key;
  return {
    ...tree,
    entries: new Map([
      ...tree.entries,
      [String(step.key), { key: key ?? inherited ?? step.span, tree: child }],
    ]),
  };
}
