/**
 * Where the language has variants of one map, told apart by a tag: an optimizer by its `name`, a loss by its `type`. Reading a
 * file needs to know, since a map that names another variant takes the place of the base's.
 */
import type { Path } from '../file/path.ts';
import type { VariantAt } from '../file/variant.ts';
import { resolveRef, type Schema } from './refs.ts';
import { type Language, schemaOf } from './schema.ts';
import { defaultTag } from './tags.ts';

/** @returns what tells the tag of a path's map; undefined for maps that have no variants */
export function variantsOf(language: Language): VariantAt {
  const known = new Map<string, ReturnType<VariantAt>>();
  return (path) => {
    const name = JSON.stringify(path.map((key) => (typeof key === 'number' ? 0 : key)));
    if (!known.has(name)) known.set(name, variantAt(schemaOf(language), path));
    return known.get(name);
  };
}

function variantAt(schema: Schema, path: Path): ReturnType<VariantAt> {
  const parts = path.reduce<readonly Schema[]>(
    (at, key) => at.flatMap((part) => childrenOf(part, key)),
    [schema],
  );
  for (const part of parts)
    for (const { oneOf, discriminator } of branchesOf(part))
      if (oneOf !== undefined && discriminator !== undefined)
        return { tag: discriminator.propertyName, fallback: defaultTag(part) };
  return undefined;
}

function childrenOf(part: Schema, key: string | number): readonly Schema[] {
  return branchesOf(part).flatMap(({ properties = {}, additionalProperties, items }) => {
    if (typeof key === 'number') return items ?? [];
    if (Object.hasOwn(properties, key)) return properties[key]!;
    return typeof additionalProperties === 'object' ? additionalProperties : [];
  });
}

/** The part and all that it is a union of. */
function branchesOf(part: Schema): readonly Schema[] {
  const whole = resolveRef(part);
  return [whole, ...[...(whole.anyOf ?? []), ...(whole.oneOf ?? [])].flatMap(branchesOf)];
}
