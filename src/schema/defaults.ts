/**
 * Fills in what a file leaves out. In: a valid value, its schema. Out: a new value with every default of the schema,
 * and which of its paths are defaults. ajv's own `useDefaults` changes its input and stops at unions.
 */
import { formatPath, type Path } from '../file/path.ts';
import { resolveRef, type Schema } from './refs.ts';
import { tagOf, validatorOf } from './schema.ts';
import { defaultTag, withTags } from './tags.ts';

export interface Filled {
  readonly value: unknown;
  /** Whether the value at the path is a default, or inside one. */
  isDefault(path: Path): boolean;
}

type Values = Readonly<Record<string, unknown>>;

/** @param value fits the schema */
export function fillDefaults(schema: Schema, value: unknown): Filled {
  const defaults = new Set<string>();
  const filled = fill(schema, value, [], (path) => defaults.add(formatPath(path)));
  return {
    value: filled,
    isDefault: (path) => path.some((_, depth) => defaults.has(formatPath(path.slice(0, depth + 1)))),
  };
}

/** The same for a part of a file, without what is a default. */
export function fillPart(schema: Schema, value: unknown): unknown {
  return fill(schema, value, [], () => undefined);
}

type Note = (path: Path) => void;

function fill(schema: Schema, value: unknown, path: Path, note: Note): unknown {
  const whole = resolveRef(schema);
  const tag = whole.discriminator?.propertyName;
  const variant = defaultTag(schema);
  if (tag !== undefined && variant !== undefined && isMap(value) && !Object.hasOwn(value, tag)) {
    note([...path, tag]);
    return fill(schema, { [tag]: variant, ...value }, path, note);
  }
  const resolved = branchOf(whole, value);
  if (Array.isArray(value)) {
    const { items } = resolved;
    return value.map((item, i) => (items ? fill(items, item, [...path, i], note) : structuredClone(item)));
  }
  return isMap(value) ? fillMap(resolved, value, path, note) : value;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys that the schema names come in its order, others in that of the file. */
function fillMap(
  { properties = {}, additionalProperties }: Schema,
  map: Values,
  path: Path,
  note: Note,
): Values {
  const entries: [string, unknown][] = [];
  for (const [key, property] of Object.entries(properties)) {
    const here = [...path, key];
    const fallback = property.default === undefined ? resolveRef(property).default : property.default;
    if (Object.hasOwn(map, key)) entries.push([key, fill(property, map[key], here, note)]);
    else if (fallback !== undefined) {
      note(here);
      entries.push([key, fill(property, fallback, here, note)]);
    }
  }
  const others = typeof additionalProperties === 'object' ? additionalProperties : undefined;
  for (const [key, value] of Object.entries(map)) {
    if (Object.hasOwn(properties, key)) continue;
    entries.push([key, others ? fill(others, value, [...path, key], note) : structuredClone(value)]);
  }
  return Object.fromEntries(entries);
}

/** The branch of a union that the value fits; the schema itself where it is no union. */
function branchOf(schema: Schema, value: unknown): Schema {
  if (schema.oneOf) {
    const tag = (value as Values)[schema.discriminator?.propertyName ?? ''];
    return schema.oneOf.find((branch) => tagOf(branch) === tag) ?? schema;
  }
  if (schema.anyOf === undefined) return schema;
  // The value fits one of them; where only one has its type, that is the one, and no validator need be compiled.
  const ofItsType = schema.anyOf.filter((one) => admitsType(resolveRef(one), value));
  const branch =
    ofItsType.length === 1
      ? ofItsType[0]
      : ofItsType.find((one) => validatorOf(resolveRef(one))(withTags(one, value)));
  return branch ? branchOf(resolveRef(branch), value) : schema;
}

/** Whether the schema's `type`, `const` or `enum` lets this value through; true where it has none of them. */
function admitsType({ type, const: constant, enum: words }: Schema, value: unknown): boolean {
  if (constant !== undefined) return constant === value;
  if (words !== undefined) return words.includes(value);
  if (type === undefined) return true;
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
  const types = [type].flat();
  return types.includes(kind) || (types.includes('integer') && Number.isInteger(value));
}
