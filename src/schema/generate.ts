/**
 * `npm run schema`: schemas/experiment.schema.json to src/schema/experiment.ts, and the same for sweeps. Two types come
 * out of each: `Experiment`, as a person writes it, and `ResolvedExperiment`, in which every key with a default is there.
 * The tables of keys in schemas/README.md are written too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from 'json-schema-to-typescript';
import type { Schema } from './refs.ts';
import { type Language, schemaOf } from './schema.ts';
import { withTables } from './tables.ts';

const targets: Readonly<Record<Language, URL>> = {
  experiment: new URL('./experiment.ts', import.meta.url),
  sweep: new URL('./sweep.ts', import.meta.url),
};

/** @returns the text of src/schema/experiment.ts or sweep.ts */
export async function generateTypes(language: Language): Promise<string> {
  const name = language === 'experiment' ? 'Experiment' : 'Sweep';
  const header = `/**
 * ${name}s as types. Generated from schemas/${language}.schema.json by \`npm run schema\`: do not edit.
 */
`;
  const written = await typesOf(language, name, '', false);
  const resolved = await typesOf(language, `Resolved${name}`, 'Resolved', true);
  return `${header}\n${written}\n${resolved}`;
}

async function typesOf(language: Language, name: string, prefix: string, resolved: boolean): Promise<string> {
  const schema = prepare(schemaOf(language), prefix, resolved);
  const text = await compile({ ...schema, title: name } as unknown as Parameters<typeof compile>[0], name, {
    additionalProperties: false,
    bannerComment: '',
    format: true,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  return text.replace(/^export (?=(interface|type) (\w+))/gm, (_, __, type: string) =>
    type === name ? 'export ' : '',
  );
}

/** A copy in which unions with a tag are told apart by TypeScript, and defaults are promises. */
function prepare(schema: Schema, prefix: string, resolved: boolean): Schema {
  const each = (record: Readonly<Record<string, Schema>>) =>
    Object.fromEntries(Object.entries(record).map(([key, part]) => [key, prepare(part, prefix, resolved)]));
  const { $id, $ref, discriminator, default: fallback, title, ...rest } = schema;
  // What stands beside a `$ref` is kept as a union of one with it.
  if ($ref !== undefined)
    return {
      ...(rest.description === undefined ? {} : { description: rest.description }),
      allOf: [{ $ref }],
    } as Schema;
  const copy: Record<string, unknown> = { ...rest };
  if (title !== undefined) copy.title = prefix + title;
  if (rest.definitions) copy.definitions = each(rest.definitions);
  if (rest.properties) copy.properties = each(rest.properties);
  if (rest.items) copy.items = prepare(rest.items, prefix, resolved);
  if (typeof rest.additionalProperties === 'object')
    copy.additionalProperties = prepare(rest.additionalProperties, prefix, resolved);
  if (rest.anyOf) copy.anyOf = rest.anyOf.map((branch) => prepare(branch, prefix, resolved));
  if (rest.oneOf) {
    copy.oneOf = rest.oneOf.map((branch) => prepare({ ...branch, type: 'object' }, prefix, resolved));
    delete copy.type;
  }
  if (!resolved && rest.required) {
    copy.required = rest.required.filter((key) => rest.properties?.[key]?.default === undefined);
  }
  if (resolved && rest.properties) {
    const given = Object.entries(rest.properties).filter(([, property]) => property.default !== undefined);
    copy.required = [...new Set([...(rest.required ?? []), ...given.map(([key]) => key)])];
  }
  return copy as Schema;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const language of ['experiment', 'sweep'] as const)
    writeFileSync(targets[language], await generateTypes(language));
  const document = new URL('../../schemas/README.md', import.meta.url);
  writeFileSync(document, withTables(readFileSync(document, 'utf8')));
}
