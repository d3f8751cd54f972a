/** Problems in the order of a person's reading: by file, line and column, then the arguments; each once. */
import type { Problem } from '../errors.ts';

type Found = Omit<Problem, 'code'> & { readonly code: string };

/** Files keep the order in which they first appear; what has no place comes first. */
export function sortProblems<T extends Found>(problems: readonly T[]): T[] {
  const files = [...new Set(problems.map(({ place }) => place?.file))];
  const rank = ({ place }: Found): number => {
    if (place === undefined) return -1;
    const argument = /^argument (\d+)$/.exec(place.file)?.[1];
    return argument === undefined ? files.indexOf(place.file) : files.length + Number(argument);
  };
  const seen = new Set<string>();
  return problems
    .filter(({ code, message, place, path }) => {
      const where = place === undefined ? path : [place.file, place.line, place.column];
      const identity = JSON.stringify([code, message, where]);
      return !seen.has(identity) && seen.add(identity);
    })
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
}
