/**
 * A map that comes in variants, as an optimizer by its `name`: where a value names another variant, the keys of the base's
 * belong to something else and go. The schema says which maps these are; this folder does not know it.
 */
import type { Path } from './path.ts';
import { type MapTree, plainValue } from './tree.ts';
import { substitute } from './variables.ts';

export interface Variant {
  /** The key that tells variants apart. */
  readonly tag: string;
  /** Its value where a map does not give it. */
  readonly fallback: string | undefined;
}

/** @returns undefined for a map that has no variants */
export type VariantAt = (path: Path) => Variant | undefined;

/** For texts whose language is not known. */
export const noVariants: VariantAt = () => undefined;

/** @returns whether `map` is, by its own tag, another variant than `base` */
export function isOtherVariant(
  base: MapTree,
  map: MapTree,
  { tag, fallback }: Variant,
  environment: NodeJS.ProcessEnv,
): boolean {
  const named = tagIn(map, tag, environment);
  return named !== undefined && named !== (tagIn(base, tag, environment) ?? fallback);
}

function tagIn(map: MapTree, tag: string, environment: NodeJS.ProcessEnv): unknown {
  const entry = map.entries.get(tag);
  return entry && plainValue(substitute(entry.tree, environment).tree);
}
