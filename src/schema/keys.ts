/** Where in the language a key belongs, for a key that stands in the wrong map. */
import { meantName } from '../file/names.ts';
import { formatPath, type Path } from '../file/path.ts';
import { resolveRef, type Schema } from './refs.ts';
import { tagOf } from './schema.ts';

interface KnownMap {
  /** With 0 for any element and `<name>` for any key. */
  readonly path: Path;
  readonly tag: string | undefined;
  readonly keys: readonly string[];
}

const indices = new WeakMap<Schema, KnownMap[]>();

/**
 * @param key one that the map at the path does not have
 * @param root the schema of the whole file
 * @returns a sentence, or undefined where no map of the language has such a key or one that is spelt nearly so
 */
export function belongsHint(key: string, wrongPath: Path, root: Schema): string | undefined {
  const index = indices.get(root) ?? indexMaps(root);
  indices.set(root, index);
  const all = index.flatMap(({ keys }) => keys);
  if (all.includes(key)) return home(index, key, wrongPath);
  const meant = meantName(key, all);
  const where = meant === undefined ? undefined : home(index, meant, wrongPath);
  return where && `Did you mean "${meant}"? ${where}`;
}

function home(maps: readonly KnownMap[], key: string, wrongPath: Path): string {
  const here = formatPath(wrongPath.map((step) => (typeof step === 'number' ? 0 : step)));
  const homes = maps.filter(({ keys }) => keys.includes(key));
  const others = homes.filter(({ path, tag }) => formatPath(path) !== here || tag !== undefined);
  const nearest = others.find(({ path }) => path.at(-1) === wrongPath.at(-1)) ?? others[0];
  if (nearest === undefined) return `"${key}" belongs in a map of its own.`;
  if (nearest.tag !== undefined) return `"${key}" is a key of the ${nearest.path.at(-1)} "${nearest.tag}".`;
  return nearest.path.length === 0
    ? `"${key}" belongs at the top of the file.`
    : `"${key}" is a key of ${wordsOf(nearest.path)}.`;
}

function wordsOf(path: Path): string {
  return formatPath(path).replaceAll('["<name>"]', '.<name>').replaceAll('[0]', '[…]');
}

/** Every map with fixed keys; a definition that is used twice counts where it is met first. */
function indexMaps(root: Schema): KnownMap[] {
  const maps: KnownMap[] = [];
  const seen = new Set<Schema>();
  const queue: { schema: Schema; path: Path }[] = [{ schema: root, path: [] }];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const schema = resolveRef(next.schema);
    const { path } = next;
    if (seen.has(schema)) continue;
    seen.add(schema);
    if (schema.properties) maps.push({ path, tag: tagOf(schema), keys: Object.keys(schema.properties) });
    for (const branch of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])])
      queue.push({ schema: branch, path });
    if (schema.items) queue.push({ schema: schema.items, path: [...path, 0] });
    if (typeof schema.additionalProperties === 'object')
      queue.push({ schema: schema.additionalProperties, path: [...path, '<name>'] });
    for (const [key, property] of Object.entries(schema.properties ?? {}))
      queue.push({ schema: property, path: [...path, key] });
  }
  return maps;
}
