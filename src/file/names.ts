/** Did-you-mean. In: a name that does not exist and those that do. Out: the likely one, and a sentence for a hint. */
import { distance } from 'fastest-levenshtein';

/** A longer name is no misspelling of one that somebody thought of, and comparing takes time by the square of it. */
const LONGEST = 200;

/** Changed letters; two that changed places count less than two that were replaced. */
function changesBetween(name: string, other: string): number {
  if (name.length > LONGEST || other.length > LONGEST) return name === other ? 0 : LONGEST;
  const letters = (text: string): string => [...text].sort().join('');
  const [a, b] = [name.toLowerCase(), other.toLowerCase()];
  return distance(a, b) - (a !== b && letters(a) === letters(b) ? 0.5 : 0);
}

/** @returns all names, the one with the fewest changed letters first; names equally far keep their order */
export function nearestFirst(name: string, names: readonly string[]): string[] {
  const changes = new Map(names.map((other) => [other, changesBetween(name, other)]));
  return [...names].sort((a, b) => changes.get(a)! - changes.get(b)!);
}

/** @returns the name that was likely meant, or undefined where even the nearest shares too little with it */
export function meantName(name: string, names: readonly string[]): string | undefined {
  const [nearest] = nearestFirst(name, names);
  if (nearest === undefined) return undefined;
  // A third of the letters may differ; in names of four letters and more two always may.
  const allowed = name.length < 4 ? name.length / 2 : Math.max(2, Math.floor(name.length / 3));
  return changesBetween(name, nearest) <= allowed ? nearest : undefined;
}

/** As many as the longest map of the language has keys; of heads, columns and classes there may be any number. */
const SHOWN = 24;

/** @returns `Did you mean "x"? There are: x, y, z.`, the nearest first; in the given order where none is near */
export function namesHint(
  name: string,
  names: readonly string[],
  introduction = 'There are',
): string | undefined {
  if (names.length === 0) return undefined;
  const meant = meantName(name, names);
  const shown = (meant === undefined ? names : nearestFirst(name, names)).slice(0, SHOWN).join(', ');
  const list = `${introduction}: ${shown}${names.length > SHOWN ? ', …' : ''}.`;
  return meant === undefined ? list : `Did you mean "${meant}"? ${list}`;
}
