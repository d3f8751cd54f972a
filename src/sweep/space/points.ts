/**
 * Combinations of axes. In: axes, exclusions, a strategy. Out: points, one a trial. A point holds a number for each
 * axis: that of its choice, the drawn value itself where the axis is a distribution, or NaN where the axis takes no
 * part because its condition is not met.
 */
import { keyFor, stream } from '../../random.ts';
import { own } from '../../words.ts';
import { drawNumber, numberChoice } from './axes.ts';
import {
  type Axis,
  type Choice,
  type Distribution,
  labelOf,
  type Requirement,
  type Setting,
} from './axis.ts';

export type Point = readonly number[];

/** What of an axis makes a point and says what it comes to; without places in a file, so that it can be written down. */
export interface PointAxis {
  readonly name: string;
  readonly paths: readonly string[];
  readonly choices: readonly {
    readonly label: string;
    readonly settings: readonly Pick<Setting, 'path' | 'plain'>[];
  }[];
  readonly distribution: Distribution | null;
  /** Whether the choices are numbers of a range, from one end to the other. */
  readonly isRange: boolean;
  readonly when: readonly Requirement[];
}

/** Sets of requirements; a point that meets all of one set is left out. */
export type Exclusions = readonly (readonly Requirement[])[];

export function isActive({ when }: Pick<Axis, 'when'>, point: Point): boolean {
  return meets(when, point);
}

export function meets(requirements: readonly Requirement[], point: Point): boolean {
  return requirements.every(({ axis, choices }) => choices.has(point[axis]!));
}

export function isExcluded(exclusions: Exclusions, point: Point): boolean {
  return exclusions.some((requirements) => requirements.length > 0 && meets(requirements, point));
}

/** Every combination; the last axis changes fastest. */
export function* gridPoints(axes: readonly PointAxis[], exclusions: Exclusions): Generator<Point> {
  const point = new Array<number>(axes.length).fill(Number.NaN);
  function* from(depth: number): Generator<Point> {
    const axis = axes[depth];
    if (axis === undefined) {
      if (!isExcluded(exclusions, point)) yield point.slice();
      return;
    }
    if (!isActive(axis, point)) {
      point[depth] = Number.NaN;
      yield* from(depth + 1);
      return;
    }
    for (let choice = 0; choice < axis.choices.length; choice++) {
      point[depth] = choice;
      yield* from(depth + 1);
    }
    point[depth] = Number.NaN;
  }
  yield* from(0);
}

/** How many points `gridPoints` gives at most: without conditions and exclusions. */
export function gridSize(axes: readonly PointAxis[]): number {
  return axes.reduce((product, { choices }) => product * choices.length, 1);
}

/**
 * A point from one number in [0, 1) for each axis.
 * @param shares in the order of the axes
 */
export function pointAt(axes: readonly PointAxis[], shares: ArrayLike<number>): Point {
  const point = new Array<number>(axes.length).fill(Number.NaN);
  axes.forEach((axis, i) => {
    if (!isActive(axis, point)) return;
    const share = shares[i]!;
    point[i] =
      axis.distribution === null
        ? Math.floor(share * axis.choices.length)
        : drawNumber(axis.distribution, share);
  });
  return point;
}

/** Independent draws, without end. Draw number n is the same whatever was excluded before it. */
export function* randomPoints(axes: readonly PointAxis[], seed: number): Generator<Point> {
  const key = keyFor(seed, 'sweep');
  for (let draw = 0; ; draw++) {
    const numbers = stream(key, draw);
    yield pointAt(
      axes,
      axes.map(() => numbers.uniform()),
    );
  }
}

/** The point with each of the seeds, which are the last of all axes; the point itself where there are none. */
export function repetitionsOf(point: Point, axes: readonly PointAxis[], exclusions: Exclusions): Point[] {
  if (point.length === axes.length) return isExcluded(exclusions, point) ? [] : [point];
  const seeds = axes.at(-1)!.choices;
  return seeds.map((_, seed) => [...point, seed]).filter((repeated) => !isExcluded(exclusions, repeated));
}

/** What a point comes to on one axis; undefined where that takes no part. */
export function choiceOf(axis: Axis, coordinate: number): Choice | undefined {
  if (Number.isNaN(coordinate)) return undefined;
  if (axis.distribution === null) return axis.choices[coordinate];
  return numberChoice(axis.paths[0]!, axis.at[0]!, axis.valueAt, coordinate);
}

/** All values that a point sets, in the order of the axes. */
export function settingsAt(axes: readonly Axis[], point: Point): Setting[] {
  return axes.flatMap((axis, i) => choiceOf(axis, point[i]!)?.settings ?? []);
}

/** The values by their paths as written. */
export function valuesAt(axes: readonly PointAxis[], point: Point): Record<string, unknown> {
  const values: [string, unknown][] = [];
  for (const [i, { distribution, paths, choices }] of axes.entries()) {
    const coordinate = point[i]!;
    if (Number.isNaN(coordinate)) continue;
    if (distribution !== null) values.push([paths[0]!, coordinate]);
    else for (const { path, plain } of choices[coordinate]!.settings) values.push([path, plain]);
  }
  return Object.fromEntries(values);
}

export type Coordinates = Readonly<Record<string, string | number>>;

/** Label or drawn number by the name of the axis; an axis that takes no part is left out. */
export function coordinatesAt(axes: readonly PointAxis[], point: Point): Coordinates {
  const coordinates: [string, string | number][] = [];
  for (const [i, { name, distribution, choices }] of axes.entries()) {
    const coordinate = point[i]!;
    if (Number.isNaN(coordinate)) continue;
    coordinates.push([name, distribution === null ? choices[coordinate]!.label : coordinate]);
  }
  return Object.fromEntries(coordinates);
}

/** `pooling=gap seed=1`: the axes that have more than one value. */
export function labelAt(
  axes: readonly PointAxis[],
  point: Point,
  coordinates = coordinatesAt(axes, point),
): string {
  const parts: string[] = [];
  for (const { name, distribution, choices, when } of axes) {
    const coordinate = own(coordinates, name);
    const varies = distribution !== null || choices.length > 1 || when.length > 0;
    if (coordinate === undefined || !varies) continue;
    parts.push(`${name}=${typeof coordinate === 'number' ? labelOf(coordinate) : coordinate}`);
  }
  return parts.length === 0 ? 'base' : parts.join(' ');
}
