/** What finds mistakes in a document reports them here; places come from the document, paths are those of the file. */
import type { Problem, ProblemCode } from '../errors.ts';
import { formatPath, type Path } from './path.ts';
import type { Document } from './read.ts';

/** Makes problems of one document; none of a value that could not be read, whose problem is known. */
export interface Reporter {
  (code: ProblemCode, path: Path, message: string, hint?: string | undefined): void;
  /** The same, at the key instead of its value. */
  key(code: ProblemCode, path: Path, message: string, hint?: string | undefined): void;
  /** Problems that have their places already. */
  all(problems: readonly Problem[]): void;
}

export function reporterFor(document: Document, problems: Problem[]): Reporter {
  const report: Reporter = (code, path, message, hint) => {
    if (document.unread(path)) return;
    problems.push({ code, path: formatPath(path), message, place: document.placeOf(path), hint });
  };
  report.key = (code, path, message, hint) => {
    if (document.unread(path)) return;
    problems.push({ code, path: formatPath(path), message, place: document.keyPlaceOf(path), hint });
  };
  report.all = (more) => void problems.push(...more);
  return report;
}
