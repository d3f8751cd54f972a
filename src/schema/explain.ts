/**
 * What ajv finds, in the house's words: one finding for each mistake. In: a part of the schema and a value. Out:
 * findings with paths; their places are the document's affair. Of a union only the branch that was meant is explained.
 */
import { meantName } from '../file/names.ts';
import { formatPath, type Path } from '../file/path.ts';
import { describeValue } from '../file/tree.ts';
import { type Case, explainOne, type Finding } from './mistakes.ts';
import { resolveRef, type Schema } from './refs.ts';
import { validatorOf } from './schema.ts';
import { expectation, firstSentence } from './sentences.ts';
import { meantBranch } from './unions.ts';

/** Of so many mistakes it is said what was likely meant: it takes time, and no more are shown. */
const WITH_HINTS = 200;

/**
 * @param schema a schema or a part of one
 * @param path path of the value in the document
 * @param written the line of the file from a path's value on, to recognise habits by
 */
export function explain(
  schema: Schema,
  value: unknown,
  path: Path,
  written: (path: Path) => string,
): Finding[] {
  const validate = validatorOf(schema);
  if (validate(value)) return [];
  const errors = validate.errors ?? [];
  const unions = new Set(
    errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath),
  );
  const insideUnion = (at: string): boolean => enclosing(at).some((path) => unions.has(path));
  const findings: Finding[] = [];
  for (const error of errors) {
    const { instancePath, keyword } = error;
    const own: Path = [...path, ...pathOf(instancePath, value)];
    const isBrief = findings.length >= WITH_HINTS;
    const it: Case = {
      error,
      schema: error.parentSchema as Schema,
      value: error.data,
      path: own,
      written,
      isBrief,
    };
    const outermost = !insideUnion(instancePath);
    if (keyword === 'anyOf' && outermost) findings.push(...explainUnion(it));
    else if (outermost && !unions.has(instancePath)) findings.push(...explainOne(it));
  }
  return withoutEchoes(findings);
}

function explainUnion({ schema, value, path, written }: Case): Finding[] {
  const branch = meantBranch(schema.anyOf ?? [], value);
  const isChoice = branch !== undefined && resolveRef(branch).enum !== undefined;
  if (branch !== undefined && !isChoice) return explain(resolveRef(branch), value, path, written);
  const keys = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
  const got = keys.length === 0 ? describeValue(value) : `a map with ${keys.join(', ')}`;
  const meant =
    typeof value === 'string' && isChoice
      ? meantName(value, (resolveRef(branch).enum ?? []).map(String))
      : undefined;
  const hint = meant === undefined ? firstSentence(schema.description) : `Did you mean "${meant}"?`;
  const code = isChoice || keys.length > 0 ? 'wrongValue' : 'wrongType';
  return [
    { code, path, at: path, mark: 'value', message: `expected ${expectation(schema)}, got ${got}`, hint },
  ];
}

/** Paths of the values around this one, without itself. */
function enclosing(pointer: string): string[] {
  const paths: string[] = [];
  for (let at = pointer.lastIndexOf('/'); at > -1; at = at === 0 ? -1 : pointer.lastIndexOf('/', at - 1))
    paths.push(pointer.slice(0, at));
  return paths;
}

/** A key that is misspelt is not missing too. */
function withoutEchoes(findings: readonly Finding[]): Finding[] {
  const unknown = findings.filter(({ code }) => code === 'unknownKey').map(({ path }) => path);
  return findings.filter(({ code, path, at }) => {
    if (code !== 'missingKey') return true;
    const siblings = unknown.filter((other) => formatPath(other.slice(0, -1)) === formatPath(at));
    return !siblings.some((other) => meantName(String(other.at(-1)), [String(path.at(-1))]) !== undefined);
  });
}

/** @param pointer a JSON pointer, as `/stages/0/epochs` */
function pathOf(pointer: string, value: unknown): Path {
  const path: (string | number)[] = [];
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return path;
}
