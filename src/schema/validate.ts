/** A document against its schema. In: what `readDocument` returns. Out: every problem, or the value complete with its defaults. */
import type { Problem } from '../errors.ts';
import { displayPath } from '../file/load.ts';
import { formatPath, type Path } from '../file/path.ts';
import { sortProblems } from '../file/problems.ts';
import type { Document } from '../file/read.ts';
import { acceptsOf } from './accepts.ts';
import { fillDefaults } from './defaults.ts';
import type { ResolvedExperiment } from './experiment.ts';
import { explain } from './explain.ts';
import { firstElements } from './first-elements.ts';
import type { Finding } from './mistakes.ts';
import { type Language, schemaOf } from './schema.ts';
import type { ResolvedSweep } from './sweep.ts';
import { withTags } from './tags.ts';

export interface Checked {
  /** Undefined where the document does not fit the schema, or could not be read far enough to tell. */
  readonly experiment: ResolvedExperiment | undefined;
  readonly problems: readonly Problem[];
  /** Where a value of the experiment comes from: `file:line`, `argument N` or `default`. */
  originOf(path: Path): string;
}

/**
 * Says nothing about values whose problem `readDocument` reported, and nothing about missing keys where a base that
 * may hold them could not be read.
 */
export function checkExperiment(document: Document): Checked {
  const { value, ...rest } = checkDocument(document, 'experiment');
  return { experiment: value as ResolvedExperiment | undefined, ...rest };
}

/** The same for a sweep. */
export function checkSweep(
  document: Document,
): Pick<Checked, 'problems'> & { sweep: ResolvedSweep | undefined } {
  const { value, problems } = checkDocument(document, 'sweep');
  return { sweep: value as ResolvedSweep | undefined, problems };
}

function checkDocument(
  document: Document,
  language: Language,
): Omit<Checked, 'experiment'> & { readonly value: unknown } {
  const { value } = document;
  const schema = schemaOf(language);
  const written = (path: Path): string => {
    const { text, column } = document.placeOf(path);
    return text.slice(column - 1);
  };
  const placed = (path: Path): string => {
    const { file, line } = document.placeOf(path);
    return document.originOf(path).kind === 'override' ? file : `${file}:${line}`;
  };
  if (value === undefined) return { value: undefined, problems: [], originOf: placed };
  const tagged = withTags(schema, value);
  if (!acceptsOf(language)(tagged)) {
    const explained = (whole: unknown): Finding[] =>
      explain(schema, whole, [], written).filter((finding) => !isKnown(document, finding));
    const some = explained(firstElements(schema, tagged));
    const findings = some.length > 0 ? some : explained(tagged);
    const problems = findings.map((finding) => problemOf(document, finding));
    return { value: undefined, problems: sortProblems(problems), originOf: placed };
  }
  const filled = fillDefaults(schema, value);
  return {
    value: filled.value,
    problems: [],
    originOf: (path) => (filled.isDefault(path) ? 'default' : placed(path)),
  };
}

function isKnown(document: Document, { code, at }: Finding): boolean {
  return document.unread(at) || (code === 'missingKey' && document.incomplete);
}

function problemOf(document: Document, { code, path, at, mark, message, hint }: Finding): Problem {
  const origin = mark === 'key' ? document.keyOriginOf(at) : document.originOf(at);
  const place = mark === 'key' ? document.keyPlaceOf(at) : document.placeOf(at);
  const from =
    origin.kind === 'base'
      ? `It comes from ${displayPath(origin.file)}, which ${displayPath(document.file)} extends.`
      : undefined;
  const hints = [hint, from].filter((part) => part !== undefined && part !== '');
  return {
    code,
    path: formatPath(path),
    message,
    place,
    hint: hints.length === 0 ? undefined : hints.join(' '),
  };
}
