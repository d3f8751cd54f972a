/**
 * The schema of experiments as data, and ajv for it and for every part of it. Everything is loaded on first use:
 * `run --help` needs neither. In: schemas/experiment.schema.json (JSON Schema draft 7).
 */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { requireTags } from './tags.ts';

/** The keywords that schemas/experiment.schema.json uses. */
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

let loaded: Schema | undefined;
let ajv: Ajv | undefined;
const validators = new WeakMap<Schema, ValidateFunction>();

/** @returns always the same object, so that its parts can be told apart by identity */
export function experimentSchema(): Schema {
  loaded ??= requireTags(
    JSON.parse(
      readFileSync(new URL('../../schemas/experiment.schema.json', import.meta.url), 'utf8'),
    ) as Schema,
  );
  return loaded;
}

/** @returns the definition that a `$ref` names; what stands beside the `$ref` is left out */
export function resolveRef(schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.replace('#/definitions/', '');
  const definition = experimentSchema().definitions?.[name];
  if (definition === undefined)
    throw new Error(`schemas/experiment.schema.json: ${schema.$ref} names no definition`);
  return resolveRef(definition);
}

/** @param schema the schema of experiments or any part of it, the same object as in there */
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
  const root = experimentSchema();
  const part = schema === root ? root : { ...schema, definitions: root.definitions };
  const validate = ajv.compile(part);
  validators.set(schema, validate);
  return validate;
}

/** @returns the word that this branch of a union is told by, as `adam` of the optimizers */
export function tagOf(branch: Schema): string | undefined {
  const tags = Object.values(branch.properties ?? {}).map((property) => property.const);
  return tags.find((tag) => typeof tag === 'string');
}
