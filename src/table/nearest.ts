/** Did-you-mean. In: a name that does not exist and those that do. Out: the one that was likely meant. */
import { distance } from 'fastest-levenshtein';

/**
 * @returns the nearest name, or null where even that one shares too little with what was written
 */
export function nearestName(name: string, names: readonly string[]): string | null {
  const written = name.toLowerCase();
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of names) {
    const changes = distance(written, candidate.toLowerCase());
    if (changes < bestDistance) {
      best = candidate;
      bestDistance = changes;
    }
  }
  // A third of the letters may differ; two letters always may, in names that are longer than two.
  const allowed = Math.max(Math.min(2, name.length - 1), Math.floor(name.length / 3));
  return bestDistance <= allowed ? best : null;
}
