/** What a part of the schema expects, in words: `a whole number from 1 to 100000`, `"gap" or "gmp"`. */
import { resolveRef, type Schema } from './refs.ts';

/** Patterns of the schema in words; each needs its line here (a test looks). */
export const patternWords: Readonly<Record<string, string>> = {
  '^[A-Za-z0-9][A-Za-z0-9_.-]*$': 'letters, digits, "_", "." and "-", with a letter or digit first',
  '^(auto|cpu|gpu:[0-9]+)$': '"auto", "cpu", or a GPU by its number as "gpu:0"',
  '^[^/:]*$': 'a name without "/" and ":"',
  '^[A-Za-z][A-Za-z0-9_]*$': 'letters, digits and "_", with a letter first',
};

/** @returns words that go after "expected" */
export function expectation(schema: Schema): string {
  const { anyOf, enum: values, const: constant, type } = resolveRef(schema);
  if (anyOf) return either(anyOf.flatMap((branch) => alternatives(branch)));
  if (constant !== undefined) return JSON.stringify(constant);
  if (values) return either(values.map((value) => JSON.stringify(value)));
  const types =
    typeof type === 'string'
      ? [type]
      : (type ?? [typeof resolveRef(schema).pattern === 'string' ? 'string' : 'object']);
  return either(types.map((one) => ofType(resolveRef(schema), one)));
}

/** The choices of an enum are choices of the union that it stands in. */
function alternatives(branch: Schema): string[] {
  const values = resolveRef(branch).enum;
  return values ? values.map((value) => JSON.stringify(value)) : [expectation(branch)];
}

function ofType(schema: Schema, type: string): string {
  switch (type) {
    case 'integer':
      return `a whole number${range(schema)}`;
    case 'number':
      return `a number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return text(schema);
    case 'array': {
      const items = schema.items && resolveRef(schema.items);
      if (items?.enum) return `a list of ${expectation(items)}`;
      const counted = schema.minItems === schema.maxItems ? schema.minItems : undefined;
      if (items?.type === 'string') return 'a list of strings';
      if (items?.type === 'number')
        return counted === undefined ? 'a list of numbers' : `a list of ${counted} numbers`;
      return items?.type === 'integer' ? 'a list of whole numbers' : 'a list';
    }
    case 'object':
      return schema.required ? `a map with ${join(schema.required, 'and')}` : 'a map';
    default:
      return type;
  }
}

function text({ pattern, minLength = 0, maxLength = Infinity }: Schema): string {
  if (pattern !== undefined) return patternWords[pattern] ?? `a string that matches ${pattern}`;
  if (minLength === 1 && maxLength === 1) return 'one character';
  return minLength === 1 ? 'a string that is not empty' : 'a string';
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
  const parts: string[] = [];
  if (minimum !== undefined) parts.push(`of at least ${minimum}`);
  if (exclusiveMinimum !== undefined) parts.push(`above ${exclusiveMinimum}`);
  if (exclusiveMaximum !== undefined) parts.push(`below ${exclusiveMaximum}`);
  if (maximum !== undefined) parts.push(parts.length > 0 ? `at most ${maximum}` : `of at most ${maximum}`);
  return parts.length === 0 ? '' : ` ${parts.join(' and ')}`;
}

function either(parts: readonly string[]): string {
  return join([...new Set(parts)], 'or');
}

/** @returns `a, b and c` */
export function join(parts: readonly string[], word: 'and' | 'or'): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} ${word} ${parts.at(-1)}`;
}

/** @returns the first sentence of a description, which says unit and range */
export function firstSentence(description: string | undefined): string | undefined {
  return description && (/^.*?\.(?=\s|$)/s.exec(description)?.[0] ?? description);
}
