/**
 * Unions with a tag that may be left out, as `type` of a loss: the branch whose tag has a default is then meant. ajv
 * knows no such thing, so that it is given a schema in which the tag is required and a value in which it stands.
 */
import { resolveRef, type Schema } from './refs.ts';

type Values = Readonly<Record<string, unknown>>;

/** @returns a copy in which every branch requires the tag of its union */
export function requireTags(schema: Schema): Schema {
  const copy = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(copy);
    if (typeof part !== 'object' || part === null) return part;
    const inner: Values = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, copy(value)]));
    const { discriminator, oneOf } = inner as Schema;
    // A property of that name is a map of descriptions, not a keyword.
    if (typeof discriminator?.propertyName !== 'string' || !Array.isArray(oneOf)) return inner;
    const tag = discriminator.propertyName;
    return {
      ...inner,
      oneOf: oneOf.map((branch: Schema) => ({
        ...branch,
        required: [...new Set([tag, ...(branch.required ?? [])])],
      })),
    };
  };
  return copy(schema) as Schema;
}

/**
 * @param schema the union as it is named where it stands: a `default` beside its `$ref` names a variant too
 * @returns the tag that a map of this union has where it gives none
 */
export function defaultTag(schema: Schema): string | undefined {
  const { discriminator, oneOf } = resolveRef(schema);
  if (discriminator === undefined) return undefined;
  const { propertyName } = discriminator;
  const whole = schema.default as Values | null | undefined;
  const tags = [
    ...(oneOf ?? []).map((branch) => branch.properties?.[propertyName]?.default),
    whole?.[propertyName],
  ];
  return tags.find((tag) => typeof tag === 'string');
}

/**
 * @param schema a part of the schema that stands for the value
 * @returns the value with the tags that were left out
 */
export function withTags(schema: Schema, value: unknown): unknown {
  const resolved = resolveRef(schema);
  if (Array.isArray(value)) {
    const { items } = resolved;
    return items === undefined ? value : value.map((item) => withTags(items, item));
  }
  if (typeof value !== 'object' || value === null) return value;
  const map = value as Values;
  if (resolved.oneOf !== undefined && resolved.discriminator !== undefined) {
    const { propertyName } = resolved.discriminator;
    const tag = map[propertyName] ?? defaultTag(schema);
    const branch = resolved.oneOf.find((one) => one.properties?.[propertyName]?.const === tag);
    if (branch === undefined) return value;
    const inner = withTags(branch, value) as Values;
    return Object.hasOwn(map, propertyName) ? inner : { [propertyName]: tag, ...inner };
  }
  const others =
    typeof resolved.additionalProperties === 'object' ? resolved.additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries(map).map(([key, inner]) => {
      const property = Object.hasOwn(resolved.properties ?? {}, key) ? resolved.properties?.[key] : others;
      return [key, property === undefined ? inner : withTags(property, inner)];
    }),
  );
}
