/** A schema as data, and how its parts find their whole: `$ref` names a definition of the schema that a part belongs to. */

/** The keywords that the schemas use. */
export interface Schema {
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly propertyNames?: Schema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string };
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** The schema that a part belongs to. */
export const roots = new WeakMap<Schema, Schema>();

export function register(part: unknown, root: Schema): void {
  if (typeof part !== 'object' || part === null) return;
  roots.set(part as Schema, root);
  for (const inner of Object.values(part)) register(inner, root);
}

/** @returns the schema that this is a part of */
export function rootOf(part: Schema): Schema {
  const root = roots.get(part);
  if (root === undefined) throw new Error('this is no part of a schema');
  return root;
}

/** @returns the definition that a `$ref` names; what stands beside the `$ref` is left out */
export function resolveRef(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const root = rootOf(schema);
  const name = schema.$ref.replace('#/definitions/', '');
  const definition = root.definitions?.[name];
  if (definition === undefined) throw new Error(`${root.$id}: ${schema.$ref} names no definition`);
  return resolveRef(definition);
}
