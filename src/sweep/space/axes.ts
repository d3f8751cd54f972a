/**
 * The axes of a sweep file, each as choices or as a range of numbers to draw from. In: the document and its checked
 * value. Out: axes whose values know their place in the file, and every problem of one axis alone.
 */
import type { Path } from '../../file/path.ts';
import type { Document } from '../../file/read.ts';
import { plainValue, type Span, type Tree } from '../../file/tree.ts';
import { escapeVariables } from '../../file/variables.ts';
import type { ResolvedSweep } from '../../schema/sweep.ts';
import { type Axis, type Choice, type Distribution, labelOf, type Report, type Setting } from './axis.ts';
import { resolveCondition } from './conditions.ts';

/** Of one range; each is at least one trial. */
const MOST_VALUES = 100_000;

type WrittenAxis = ResolvedSweep['axes'][string];
type AxisMap = Exclude<WrittenAxis, readonly unknown[]>;

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
  if ('step' in axis && countOf(axis) > MOST_VALUES) {
    const count = countOf(axis).toLocaleString('en-US');
    const message = `expected a step that makes at most ${MOST_VALUES.toLocaleString('en-US')} values, got ${axis.step}, which makes ${count}`;
    const hint =
      'Each value is a trial. A wider step, or a distribution to draw from: { from: …, to: …, distribution: uniform }.';
    report('outOfRange', [...where, 'step'], message, hint);
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

interface Steps {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** A hair more than a whole number of steps is that number: 0.1, 0.2, 0.3 to 0.3. */
function countOf({ from, to, step }: Steps): number {
  return Math.floor((Math.abs(to - from) / step) * (1 + 1e-12)) + 1;
}

function stepped({ from, to, step }: Steps): number[] {
  const direction = to < from ? -1 : 1;
  const count = Math.min(countOf({ from, to, step }), MOST_VALUES);
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
