/**
 * The schemas as data, and ajv for them and for every part of them. Everything is loaded on first use: `run --help`
 * needs neither. In: schemas/experiment.schema.json and schemas/sweep.schema.json (JSON Schema draft 7).
 */

import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { register, rootOf, roots, type Schema } from './refs.ts';
import { requireTags } from './tags.ts';

/** What a file can hold. */
export type Language = 'experiment' | 'sweep';

const loaded = new Map<Language, Schema>();
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
    // Whether the schemas are schemas is tested once, in test/schema, and not by every process.
    meta: false,
    validateSchema: false,
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
