/**
 * The schemas as data, and ajv for them and for every part of them. Everything is loaded on first use: `run --help`
 * needs neither. In: schemas/experiment.schema.json and schemas/sweep.schema.json (JSON Schema draft 7).
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { requireTags } from './tags.ts';

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

/** What a file can hold. */
export type Language = 'experiment' | 'sweep';

const loaded = new Map<Language, Schema>();
/** The schema that a part belongs to. */
const roots = new WeakMap<Schema, Schema>();
let ajv: Ajv | undefined;
const validators = new WeakMap<Schema, ValidateFunction>();

/** @returns always the same object, so that its parts can be told apart by identity */
export function schemaOf(language: Language): Schema {
  const known = loaded.get(language);
  if (known) return known;
  const file = new URL(`../../schemas/${language}.schema.json`, import.meta.url);
  const schema = requireTags(JSON.parse(readFileSync(file, 'utf8')) as Schema);
  register(schema, schema);
  loaded.set(language, schema);
  return schema;
}

export function experimentSchema(): Schema {
  return schemaOf('experiment');
}

function register(part: unknown, root: Schema): void {
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

/** @param schema a schema or any part of one, the same object as in there */
export function validatorOf(schema: Schema): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  ajv ??= new Ajv({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    discriminator: true,
    verbose: true,
  });
  const root = rootOf(schema);
  const part = (schema === root ? root : { ...schema, definitions: root.definitions }) as Schema;
  roots.set(part, root);
  const validate = ajv.compile(part);
  validators.set(schema, validate);
  return validate;
}

/** @returns the word that this branch of a union is told by, as `adam` of the optimizers */
export function tagOf(branch: Schema): string | undefined {
  const tags = Object.values(branch.properties ?? {}).map((property) => property.const);
  return tags.find((tag) => typeof tag === 'string');
}
