/** Problems in the order of a person's reading: by file, line and column, each once. */
import type { Problem } from '../errors.ts';

/** Files keep the order in which they first appear; what has no place comes first. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map(({ place }) => place?.file))];
  const seen = new Set<string>();
  return problems
    .filter((problem) => {
      const { code, message, place, path } = problem;
      const identity = JSON.stringify([
        code,
        message,
        place?.file,
        place?.line,
        place?.column,
        place === undefined ? path : '',
      ]);
      return !seen.has(identity) && seen.add(identity);
    })
    .sort(
      (a, b) =>
        (a.place ? 1 : 0) - (b.place ? 1 : 0) ||
        files.indexOf(a.place?.file) - files.indexOf(b.place?.file) ||
        (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
        (a.place?.column ?? 0) - (b.place?.column ?? 0),
    );
}
