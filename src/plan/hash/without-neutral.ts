/** Values without the keys that have their neutral value: what a hash is made of. */
import { canonicalJson } from './canonical.ts';
import { type LaterKeys, laterKeys } from './neutral.ts';

/** Which keys are left out at one place of a value and inside it. */
export interface NeutralTree {
  /** Canonical JSON of the neutral value, by key. */
  readonly neutral: ReadonlyMap<string, string>;
  /** By key; `*` for all. */
  readonly inside: ReadonlyMap<string, NeutralTree>;
  /** What counts in place of this tree, by variant. */
  readonly variants: ReadonlyMap<string, NeutralTree>;
}

interface Entry {
  readonly steps: readonly Step[];
  readonly text: string;
}

interface Step {
  readonly name: string;
  readonly isVariant: boolean;
}

/**
 * @returns undefined where no key is ever left out
 * @throws Error where a path with a neutral value is that of a variant, and not of a key in it
 */
export function neutralTree(keys: LaterKeys): NeutralTree | undefined {
  const entries = Object.entries(keys).flatMap(([path, key]): Entry[] =>
    'neutral' in key ? [{ steps: stepsOf(path), text: canonicalJson(key.neutral) }] : [],
  );
  const wrong = entries.find(({ steps }) => steps.at(-1)!.isVariant);
  if (wrong) throw new Error(`${wrong.steps.at(-1)!.name} is a variant, and has no neutral value`);
  return entries.length === 0 ? undefined : treeOf(entries);
}

/** Of the settings. */
export const settingsTree = neutralTree(laterKeys);

function stepsOf(path: string): Step[] {
  return [...path.matchAll(/[^.[\]]+|\[([^\]]+)\]/g)].map(([name, variant]) => ({
    name: variant ?? name,
    isVariant: variant !== undefined,
  }));
}

function treeOf(entries: readonly Entry[]): NeutralTree {
  const general = entries.filter(({ steps }) => !steps[0]!.isVariant);
  const ofVariants = entries.filter(({ steps }) => steps[0]!.isVariant);
  const here = general.filter(({ steps }) => steps.length === 1);
  const below = general.filter(({ steps }) => steps.length > 1);
  const variants = firstNames(ofVariants).map((name): [string, NeutralTree] => [
    name,
    treeOf([...general, ...after(ofVariants, name)]),
  ]);
  return {
    neutral: new Map(here.map(({ steps, text }) => [steps[0]!.name, text])),
    inside: new Map(firstNames(below).map((name) => [name, treeOf(after(below, name))])),
    variants: new Map(variants),
  };
}

function firstNames(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map(({ steps }) => steps[0]!.name))];
}

function after(entries: readonly Entry[], name: string): Entry[] {
  return entries
    .filter(({ steps }) => steps[0]!.name === name)
    .map(({ steps, text }) => ({ steps: steps.slice(1), text }));
}

/** The tree that counts for this value, which may be a variant. */
export function treeFor(tree: NeutralTree | undefined, value: object): NeutralTree | undefined {
  if (tree === undefined || tree.variants.size === 0) return tree;
  const { kind, type, name } = value as { kind?: unknown; type?: unknown; name?: unknown };
  return tree.variants.get(String(kind ?? type ?? name)) ?? tree;
}

export function treeInside(tree: NeutralTree | undefined, key: string): NeutralTree | undefined {
  return tree?.inside.get(key) ?? tree?.inside.get('*');
}

/** @param value plain JSON @param tree of the place where it stands */
export function withoutNeutral(value: unknown, tree: NeutralTree | undefined): unknown {
  if (tree === undefined || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = treeInside(tree, '*');
    return items === undefined ? value : value.map((item) => withoutNeutral(item, items));
  }
  const own = treeFor(tree, value)!;
  const entries = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    const inside = treeInside(own, key);
    const left = inside === undefined ? inner : withoutNeutral(inner, inside);
    const isNeutral = own.neutral.has(key) && canonicalJson(left) === own.neutral.get(key);
    return isNeutral ? [] : [[key, left]];
  });
  return Object.fromEntries(entries);
}
