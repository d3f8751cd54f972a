/**
 * The axes of a sweep file, each as choices or as a range of numbers to draw from. In: the document and its checked
 * value. Out: axes whose values know their place in the file, and every problem of one axis alone.
 */
import type { Problem } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import { formatPath, type Path } from '../file/path.ts';
import type { Document } from '../file/read.ts';
import { plainValue, type Span, type Tree } from '../file/tree.ts';
import { escapeVariables } from '../file/variables.ts';
import { canonicalJson } from '../plan/hash.ts';
import type { ResolvedSweep } from '../schema/sweep.ts';

/** A value of the experiment that a choice sets. */
export interface Setting {
  /** As written: `stages[small].epochs`. */
  readonly path: string;
  /** Where the path is written. */
  readonly at: Span;
  readonly value: Tree;
  readonly plain: unknown;
}

export interface Choice {
  /** Short text for tables: `[gap,gmp]`, `0.001`, or the name of a choice. */
  readonly label: string;
  readonly settings: readonly Setting[];
}

/** Numbers between two ends. */
export interface Distribution {
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly integer: boolean;
}

/** Another axis, and which of its choices will do. */
export interface Requirement {
  readonly axis: number;
  readonly choices: ReadonlySet<number>;
}

export interface Axis {
  readonly name: string;
  /** Paths that its values set, as written. */
  readonly paths: readonly string[];
  /** Where each path is written. */
  readonly at: readonly Span[];
  /** Empty where values are drawn from a distribution. */
  readonly choices: readonly Choice[];
  readonly distribution: Distribution | null;
  /** Whether the choices are numbers of a range, from one end to the other. */
  readonly isRange: boolean;
  /** All must be met for the axis to take part; earlier axes only. */
  readonly when: readonly Requirement[];
  /** Place of the axis's values, for what is generated. */
  readonly valueAt: Span;
}

type WrittenAxis = ResolvedSweep['axes'][string];
type AxisMap = Exclude<WrittenAxis, readonly unknown[]>;
type Condition = ResolvedSweep['exclude'][number];

export type Report = (code: Problem['code'], path: Path, message: string, hint?: string) => void;

/** @returns the axes in the order of the file; `seeds` is the last, so that repetitions lie side by side */
export function readAxes(document: Document, sweep: ResolvedSweep, report: Report): Axis[] {
  const axes: Axis[] = [];
  for (const [name, written] of Object.entries(sweep.axes)) {
    const where: Path = ['axes', name];
    const axis = readAxis(document, name, written, where, report);
    const condition = Array.isArray(written) ? undefined : (written as AxisMap).when;
    const later = Object.keys(sweep.axes).slice(axes.length);
    const when = condition ? resolveCondition(condition, axes, [...where, 'when'], report, later) : [];
    axes.push({ ...axis, when });
  }
  if (sweep.seeds !== undefined) {
    const choices = sweep.seeds.map((_, i) => ['seeds', i]);
    const at = document.keySpanOf(['seeds']);
    axes.push({
      ...listAxis(document, 'seed', 'seed', at, choices),
      when: [],
      valueAt: at,
    });
  }
  return axes;
}

type Unconditional = Omit<Axis, 'when'>;

function readAxis(
  document: Document,
  name: string,
  written: WrittenAxis,
  where: Path,
  report: Report,
): Unconditional {
  const valueAt = document.treeOf(where)!.span;
  if (Array.isArray(written))
    return { ...listAxis(document, name, name, document.keySpanOf(where), indices(written, where)), valueAt };
  const axis = written as AxisMap;
  if ('choices' in axis) return { ...choicesAxis(document, name, axis.choices, where), valueAt };
  if ('zip' in axis) return { ...zipAxis(document, name, axis.zip, where, report), valueAt };
  const path = axis.path ?? name;
  const at = document.keySpanOf(axis.path === undefined ? where : [...where, 'path']);
  const pathAt = axis.path === undefined ? at : document.treeOf([...where, 'path'])!.span;
  if ('values' in axis) {
    const list = indices(axis.values, [...where, 'values']);
    return { ...listAxis(document, name, path, pathAt, list), valueAt };
  }
  const scale = 'distribution' in axis ? axis.distribution : 'scale' in axis ? axis.scale : 'linear';
  const isLog = scale === 'log' || scale === 'logUniform';
  if (isLog) {
    for (const end of ['from', 'to'] as const) {
      if (axis[end] > 0) continue;
      report(
        'outOfRange',
        [...where, end],
        `expected a number above 0 for a logarithmic scale, got ${axis[end]}`,
      );
    }
  }
  if ('distribution' in axis) {
    if (axis.to <= axis.from)
      report(
        'outOfRange',
        [...where, 'to'],
        `expected a number above \`from\`, which is ${axis.from}, got ${axis.to}`,
      );
    const distribution: Distribution = {
      scale: isLog ? 'log' : 'linear',
      from: axis.from,
      to: axis.to,
      integer: axis.integer,
    };
    return { name, paths: [path], at: [pathAt], choices: [], distribution, isRange: false, valueAt };
  }
  const numbers = 'step' in axis ? stepped(axis) : spread(axis, isLog);
  const choices = [...new Set(numbers)].map((value) => numberChoice(path, pathAt, valueAt, value));
  return { name, paths: [path], at: [pathAt], choices, distribution: null, isRange: true, valueAt };
}

function indices(list: readonly unknown[], where: Path): Path[] {
  return list.map((_, i) => [...where, i]);
}

function listAxis(
  document: Document,
  name: string,
  path: string,
  at: Span,
  values: readonly Path[],
): Omit<Unconditional, 'valueAt'> {
  const choices = values.map((where) => {
    const setting = settingOf(document, path, at, where);
    return { label: labelOf(setting.plain), settings: [setting] };
  });
  return { name, paths: [path], at: [at], choices, distribution: null, isRange: false };
}

function settingOf(document: Document, path: string, at: Span, where: Path): Setting {
  const tree = document.treeOf(where)!;
  return { path, at, value: escapeVariables(tree), plain: plainValue(tree) };
}

function choicesAxis(
  document: Document,
  name: string,
  written: Readonly<Record<string, object>>,
  where: Path,
): Omit<Unconditional, 'valueAt'> {
  const paths = new Map<string, Span>();
  const choices = Object.entries(written).map(([label, values]) => {
    const settings = Object.keys(values).map((path) => {
      const here = [...where, 'choices', label, path];
      const at = document.keySpanOf(here);
      if (!paths.has(path)) paths.set(path, at);
      return settingOf(document, path, at, here);
    });
    return { label, settings };
  });
  return {
    name,
    paths: [...paths.keys()],
    at: [...paths.values()],
    choices,
    distribution: null,
    isRange: false,
  };
}

function zipAxis(
  document: Document,
  name: string,
  zip: Readonly<Record<string, readonly unknown[]>>,
  where: Path,
  report: Report,
): Omit<Unconditional, 'valueAt'> {
  const [first = '', ...others] = Object.keys(zip);
  const length = zip[first]!.length;
  for (const path of others) {
    const own = zip[path]!.length;
    if (own === length) continue;
    report(
      'conflict',
      [...where, 'zip', path],
      `expected ${length} values, as many as ${first} has, got ${own}`,
      'The values at one place of all lists belong together; axes of their own make all combinations.',
    );
  }
  const shortest = Math.min(...Object.values(zip).map((list) => list.length));
  const paths = Object.keys(zip);
  const at = paths.map((path) => document.keySpanOf([...where, 'zip', path]));
  const choices = Array.from({ length: shortest }, (_, i) => {
    const settings = paths.map((path, p) => settingOf(document, path, at[p]!, [...where, 'zip', path, i]));
    return { label: settings.map(({ plain }) => labelOf(plain)).join('+'), settings };
  });
  return { name, paths, at, choices, distribution: null, isRange: false };
}

/** Twelve digits: 0.1 + 0.2 is 0.3 here. */
export function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function spread(
  axis: { from: number; to: number; count: number; integer: boolean },
  isLog: boolean,
): number[] {
  return Array.from({ length: axis.count }, (_, i) => {
    const value = between(axis.from, axis.to, i / (axis.count - 1), isLog);
    return axis.integer ? Math.round(value) : tidy(value);
  });
}

function stepped({ from, to, step }: { from: number; to: number; step: number }): number[] {
  const direction = to < from ? -1 : 1;
  // A hair more than a whole number of steps is that number: 0.1, 0.2, 0.3 to 0.3.
  const count = Math.floor((Math.abs(to - from) / step) * (1 + 1e-12)) + 1;
  return Array.from({ length: count }, (_, i) => tidy(from + direction * i * step));
}

function between(from: number, to: number, share: number, isLog: boolean): number {
  if (share === 0) return from;
  if (share === 1) return to;
  return isLog
    ? Math.exp(Math.log(from) + share * (Math.log(to) - Math.log(from)))
    : from + share * (to - from);
}

/** @param share from 0 to below 1 */
export function drawNumber({ scale, from, to, integer }: Distribution, share: number): number {
  // Of whole numbers both ends are as likely as the others.
  if (integer && scale === 'linear') return Math.floor(from + share * (to - from + 1));
  const value = between(from, to, share, scale === 'log');
  return integer ? Math.round(value) : tidy(value);
}

/** The choice that sets this number. */
export function numberChoice(path: string, at: Span, valueAt: Span, value: number): Choice {
  const tree: Tree = { kind: 'scalar', span: valueAt, value };
  return { label: labelOf(value), settings: [{ path, at, value: tree, plain: value }] };
}

/** @returns JSON without quotes and spaces, cut where it is long */
export function labelOf(value: unknown): string {
  const text = JSON.stringify(value).replace(/"/g, '');
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/**
 * A condition as numbers of axes and choices.
 * @param axes those that it may name
 * @param later names of axes that it may not name, because they follow
 */
export function resolveCondition(
  condition: Condition,
  axes: readonly Axis[],
  where: Path,
  report: Report,
  later: readonly string[] = [],
): Requirement[] {
  return Object.entries(condition).flatMap(([key, wanted]): Requirement[] => {
    const here: Path = [...where, key];
    const axis = axes.findIndex(({ name, paths }) => name === key || paths.includes(key));
    const found = axes[axis];
    if (found === undefined) {
      const isLater = later.includes(key);
      const names = axes.flatMap(({ name, paths }) => [name, ...paths]);
      const message = isLater
        ? `the axis "${key}" does not stand above this one`
        : `there is no axis "${key}"`;
      const hint = isLater
        ? 'An axis may depend on those above it; change the order.'
        : namesHint(key, [...new Set(names)], 'The axes above');
      report('conflict', here, message, hint);
      return [];
    }
    if (found.distribution !== null) {
      report(
        'conflict',
        here,
        `the values of ${key} are drawn, so no condition can name one`,
        'Write them as a list.',
      );
      return [];
    }
    const matching = matchingChoices(found, key, wanted);
    for (const value of matching.unknown) {
      const known = found.choices.map((choice) => labelFor(choice, found, key));
      report(
        'wrongValue',
        here,
        `the axis ${key} has no value ${JSON.stringify(value)}`,
        namesHint(labelOf(value), known, 'Its values'),
      );
    }
    return [{ axis, choices: new Set(matching.choices) }];
  });
}

function labelFor(choice: Choice, axis: Axis, key: string): string {
  const setting = key === axis.name && axis.paths.length !== 1 ? undefined : settingFor(choice, axis, key);
  return setting === undefined ? choice.label : labelOf(setting.plain);
}

function settingFor(choice: Choice, axis: Axis, key: string): Setting | undefined {
  return (
    choice.settings.find(({ path }) => path === key) ?? (axis.name === key ? choice.settings[0] : undefined)
  );
}

function matchingChoices(
  axis: Axis,
  key: string,
  wanted: unknown,
): { choices: number[]; unknown: unknown[] } {
  const find = (value: unknown): number[] =>
    axis.choices.flatMap((choice, i) => {
      if (axis.name === key && choice.label === value) return [i];
      const setting = settingFor(choice, axis, key);
      return setting !== undefined && canonicalJson(setting.plain) === canonicalJson(value) ? [i] : [];
    });
  const whole = find(wanted);
  if (whole.length > 0 || !Array.isArray(wanted))
    return { choices: whole, unknown: whole.length > 0 ? [] : [wanted] };
  return {
    choices: wanted.flatMap(find),
    unknown: wanted.filter((value) => find(value).length === 0),
  };
}

/** @returns the path of an axis's value for a message */
export function axisPath(axis: Axis): string {
  return formatPath(['axes', axis.name]);
}
