/** The schema itself: every key is described, every default fits, every pattern has words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import { resolveRef, type Schema } from '../../src/schema/refs.ts';
import { schemaOf, validatorOf } from '../../src/schema/schema.ts';
import { patternWords } from '../../src/schema/sentences.ts';
import { withTags } from '../../src/schema/tags.ts';

interface Part {
  readonly where: string;
  readonly schema: Schema;
}

/** Every part of the schema, each once. */
function parts(schema: Schema, where: string): Part[] {
  const children: [string, Schema][] = [
    ...Object.entries(schema.definitions ?? {}),
    ...Object.entries(schema.properties ?? {}),
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].map((branch, i): [string, Schema] => [
      String(i),
      branch,
    ]),
  ];
  if (schema.items) children.push(['items', schema.items]);
  if (schema.propertyNames) children.push(['names', schema.propertyNames]);
  if (typeof schema.additionalProperties === 'object') children.push(['values', schema.additionalProperties]);
  return [{ where, schema }, ...children.flatMap(([key, child]) => parts(child, `${where}/${key}`))];
}

const all = (['experiment', 'sweep'] as const).flatMap((language) => parts(schemaOf(language), language));

test('schema - each is one of JSON Schema, draft 7; what is none is found', () => {
  const ajv = new Ajv();
  for (const language of ['experiment', 'sweep'] as const)
    assert.equal(ajv.validateSchema(schemaOf(language)), true, ajv.errorsText());
  assert.equal(ajv.validateSchema({ ...schemaOf('sweep'), required: 'name' }), false);
});

test('schema - every property and definition has a description that ends in a full stop', () => {
  const described = all.flatMap(({ where, schema }) =>
    [...Object.entries(schema.properties ?? {}), ...Object.entries(schema.definitions ?? {})].map(
      ([key, part]) => ({
        where: `${where}/${key}`,
        text: part.description ?? resolveRef(part).description ?? '',
      }),
    ),
  );
  assert.ok(described.length > 80);
  assert.deepEqual(
    described.filter(({ text }) => !text.endsWith('.')).map(({ where }) => where),
    [],
  );
});

test('schema - every default fits', () => {
  const defaults = all.filter(({ schema }) => schema.default !== undefined);
  assert.ok(defaults.length > 50);
  for (const { where, schema } of defaults) {
    assert.equal(validatorOf(schema)(withTags(schema, schema.default)), true, where);
  }
});

test('schema - every map with fixed keys refuses others', () => {
  const open = all.filter(
    ({ schema }) => schema.properties !== undefined && schema.additionalProperties !== false,
  );
  assert.deepEqual(
    open.map(({ where }) => where),
    [],
  );
});

test('schema - every pattern has words', () => {
  const patterns = all.map(({ schema }) => schema.pattern).filter((pattern) => pattern !== undefined);
  assert.ok(patterns.length >= 3);
  assert.deepEqual(
    [...new Set(patterns)].filter((pattern) => !(pattern in patternWords)),
    [],
  );
});

test("schema - validatorOf what is checked on its own compiles in ajv's strict mode", () => {
  const alone = all.flatMap(({ where, schema }) =>
    [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])].map((part) => ({
      where,
      part: resolveRef(part),
    })),
  );
  assert.ok(alone.length > 15);
  for (const { where, part } of alone) assert.doesNotThrow(() => validatorOf(part), where);
});
