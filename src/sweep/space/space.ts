/**
 * A sweep file to the space of its trials: axes, exclusions, and the base experiment with its fixed values. Finds every
 * problem that can be told without looking at a trial: paths that lead nowhere, two axes that set one value.
 */
import { isAbsolute, resolve } from 'node:path';
import { ExperimentError, type Problem } from '../../errors.ts';
import { readChain } from '../../file/extends.ts';
import { type PlacedValue, resolvePath } from '../../file/overrides.ts';
import { formatPath, type Path } from '../../file/path.ts';
import { sortProblems } from '../../file/problems.ts';
import { type Document, documentWith, readDocument } from '../../file/read.ts';
import { placeAt, type Span } from '../../file/tree.ts';
import { escapeVariables } from '../../file/variables.ts';
import { type Compiled, type CompileMemory, compileDocument, resolveDocument } from '../../plan/compile.ts';
import { createDataMemory } from '../../plan/data.ts';
import type { ResolvedSweep } from '../../schema/sweep.ts';
import { checkSweep } from '../../schema/validate.ts';
import { variantsOf } from '../../schema/variants.ts';
import { readAxes } from './axes.ts';
import type { Axis, Report } from './axis.ts';
import { resolveCondition } from './conditions.ts';
import { type Exclusions, type Point, settingsAt } from './points.ts';

export interface Space {
  readonly sweep: ResolvedSweep;
  readonly document: Document;
  readonly axes: readonly Axis[];
  readonly exclusions: Exclusions;
  /** The base with the sweep's fixed values. */
  readonly base: Document;
  /** A path as written in the sweep file as one of the base. */
  pathOf(path: string): Path;
  /** Compiles the experiment of a point. @throws ExperimentError */
  compile(point: Point): Compiled;
  /** Checks all rules for a point, without figures. @throws ExperimentError */
  check(point: Point): void;
  /** Adds to the problems that the sweep file has. */
  readonly report: Report;
  /** @throws ExperimentError where there are any */
  throwProblems(): void;
}

export interface SpaceOptions {
  /** `path=value` arguments, for keys of the sweep file. */
  readonly overrides?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether an absent table is a mistake. @default false */
  readonly needTable?: boolean;
}

/** @throws ExperimentError with every problem */
export function readSpace(file: string, options: SpaceOptions = {}): Space {
  const environment = options.environment ?? process.env;
  const problems: Problem[] = [];
  const { document, problems: fileProblems } = readDocument(file, {
    overrides: options.overrides ?? [],
    environment,
    variantAt: variantsOf('sweep'),
  });
  const variantAt = variantsOf('experiment');
  const checked = checkSweep(document);
  problems.push(...fileProblems, ...checked.problems);
  const { sweep } = checked;
  if (sweep === undefined || document.incomplete) throw new ExperimentError(sortProblems(problems));

  const report: Report = (code, path, message, hint) => {
    if (document.unread(path)) return;
    problems.push({ code, path: formatPath(path), message, place: document.placeOf(path), hint });
  };
  const throwProblems = (): void => {
    if (problems.length > 0) throw new ExperimentError(sortProblems(problems));
  };
  const axes = readAxes(document, sweep, report);
  const exclusions = sweep.exclude.map((condition, i) =>
    resolveCondition(condition, axes, ['exclude', i], report),
  );

  const baseFile = isAbsolute(sweep.base)
    ? sweep.base
    : resolve(document.originOf(['base']).folder, sweep.base);
  const chain = readChain(baseFile, environment, variantAt);
  const fixed = Object.keys(sweep.values).map((path): PlacedValue & { key: Path } => ({
    path,
    at: document.keySpanOf(['values', path]),
    value: escapeVariables(document.treeOf(['values', path])!),
    key: ['values', path],
  }));
  const base = documentWith(baseFile, chain, { overrides: fixed, environment, variantAt });
  problems.push(...base.problems.map((problem) => withPlace(problem, document)));
  if (chain.tree === undefined || base.document.incomplete) throwProblems();

  const paths = resolveAll(base.document, axes, fixed, problems);
  checkClashes(axes, fixed, paths, report, problems);
  const memory: CompileMemory = { data: createDataMemory(), networks: new Map() };
  const compileOptions = { memory, needTable: options.needTable ?? false };
  const documentOf = (point: Point) =>
    documentWith(baseFile, chain, {
      overrides: [...fixed, ...settingsAt(axes, point)],
      environment,
      variantAt,
    });
  return {
    sweep,
    document,
    axes,
    exclusions,
    base: base.document,
    pathOf: (path) => paths.get(path)!,
    compile(point) {
      const read = documentOf(point);
      return compileDocument(read.document, read.problems, compileOptions);
    },
    check(point) {
      const read = documentOf(point);
      resolveDocument(read.document, read.problems, compileOptions);
    },
    report,
    throwProblems,
  };
}

/** A base that is not there is named by the sweep file. */
function withPlace(problem: Problem, document: Document): Problem {
  return problem.place === undefined
    ? { ...problem, path: 'base', place: document.placeOf(['base']) }
    : problem;
}

function resolveAll(
  base: Document,
  axes: readonly Axis[],
  fixed: readonly PlacedValue[],
  problems: Problem[],
): Map<string, Path> {
  const tree = base.treeOf([]);
  const paths = new Map<string, Path>();
  const add = (path: string, at: Span): void => {
    if (tree === undefined || paths.has(path)) return;
    const resolved = resolvePath(tree, path, at);
    if ('problem' in resolved) problems.push(resolved.problem);
    else paths.set(path, resolved.path);
  };
  for (const { paths: own, at } of axes) for (const [i, path] of own.entries()) add(path, at[i]!);
  for (const { path, at } of fixed) add(path, at);
  return paths;
}

/** Two axes that set the same value, or one inside the other's, unless their conditions can't both be met. */
function checkClashes(
  axes: readonly Axis[],
  fixed: readonly (PlacedValue & { readonly key: Path })[],
  paths: ReadonlyMap<string, Path>,
  report: Report,
  problems: Problem[],
): void {
  const clash = (a: string, b: string): boolean => {
    const [first, second] = [paths.get(a), paths.get(b)];
    if (first === undefined || second === undefined) return false;
    const [short, long] = first.length <= second.length ? [first, second] : [second, first];
    return short.every((key, i) => key === long[i]);
  };
  axes.forEach((later, j) => {
    later.paths.forEach((path, p) => {
      const earlier = axes.slice(0, j).find((axis) => {
        return axis.paths.some((other) => clash(path, other)) && !areExclusive(axis, later);
      });
      if (earlier === undefined) return;
      const other = earlier.paths.find((one) => clash(path, one))!;
      const { source, start } = later.at[p]!;
      problems.push({
        code: 'conflict',
        path: formatPath(later.name === 'seed' ? ['seeds'] : ['axes', later.name]),
        message: `the axes ${earlier.name} and ${later.name} both set ${other === path ? path : `${other} and ${path}`}`,
        place: placeAt(source, start),
        hint: 'Keep one of the two, or give them conditions (`when`) that are never met together.',
      });
    });
  });
  for (const { path, key } of fixed) {
    const axis = axes.find(({ paths: own }) => own.some((other) => clash(path, other)));
    if (axis) report('conflict', key, `the axis ${axis.name} sets ${path} too`, 'Keep one of the two.');
  }
}

function areExclusive(a: Axis, b: Axis): boolean {
  return a.when.some((one) =>
    b.when.some((other) => one.axis === other.axis && ![...one.choices].some((c) => other.choices.has(c))),
  );
}
