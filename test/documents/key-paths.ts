/** Every key of the language by its path, as it is written in a file: `dataset.split.groupBy`, `stages[].epochs`. */
import { resolveRef, type Schema } from '../../src/schema/refs.ts';
import { type Language, schemaOf } from '../../src/schema/schema.ts';

/** A part that several keys refer to, as a duration, is walked once, where it is met first. */
export function keyPaths(language: Language): string[] {
  const paths = new Set<string>();
  const seen = new Set<Schema>();
  const queue: { schema: Schema; path: string }[] = [{ schema: schemaOf(language), path: '' }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const schema = resolveRef(next.schema);
    const { path } = next;
    if (seen.has(schema)) continue;
    seen.add(schema);
    for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
      queue.push({ schema: branch, path });
    if (schema.items) queue.push({ schema: schema.items, path: `${path}[]` });
    if (typeof schema.additionalProperties === 'object')
      queue.push({ schema: schema.additionalProperties, path });
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      const inner = path === '' ? key : `${path}.${key}`;
      paths.add(inner);
      queue.push({ schema: property, path: inner });
    }
  }
  return [...paths];
}
