/** Did-you-mean. In: a name that does not exist and those that do. Out: the likely one, and a sentence for a hint. */
import { distance } from 'fastest-levenshtein';

/** @returns all names, the one with the fewest changed letters first; names equally far keep their order */
export function nearestFirst(name: string, names: readonly string[]): string[] {
  const changes = new Map(names.map((other) => [other, distance(name.toLowerCase(), other.toLowerCase())]));
  return [...names].sort((a, b) => changes.get(a)! - changes.get(b)!);
}

/** @returns the name that was likely meant, or undefined where even the nearest shares too little with it */
export function meantName(name: string, names: readonly string[]): string | undefined {
  const [nearest] = nearestFirst(name, names);
  if (nearest === undefined) return undefined;
  // A third of the letters may differ; two letters always may, in names that are longer than two.
  const allowed = Math.max(Math.min(2, name.length - 1), Math.floor(name.length / 3));
  return distance(name.toLowerCase(), nearest.toLowerCase()) <= allowed ? nearest : undefined;
}

/** @returns `Did you mean "x"? There are: x, y, z.`, the nearest first; in the given order where none is near */
export function namesHint(
  name: string,
  names: readonly string[],
  introduction = 'There are',
): string | undefined {
  if (names.length === 0) return undefined;
  const meant = meantName(name, names);
  const shown = (meant === undefined ? names : nearestFirst(name, names)).slice(0, 20).join(', ');
  const list = `${introduction}: ${shown}${names.length > 20 ? ', …' : ''}.`;
  return meant === undefined ? list : `Did you mean "${meant}"? ${list}`;
}
