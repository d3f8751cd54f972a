/**
 * Which points to compile so that all rules are tried: every point where there are few, else points that together have
 * every value, and every pair of values that rules may tell apart. Rules across keys join two values nearly always; one
 * that joins three shows itself at the latest when the trial starts. Of a distribution the two ends are tried.
 *
 * Rules about numbers have limits, so that numbers between two that are right are right too: beside the values of other axes
 * stand the least and the most, of whole numbers and of others, and one of the rest. Of 1,000 rates by 100 shares these are
 * a few dozens of pairs, and not 100,000.
 */
import { keyFor, stream } from '../../random.ts';
import type { Axis, Choice } from '../space/axis.ts';
import type { Point } from '../space/points.ts';

/** Up to so many points are all compiled. */
const ALL = 256;
/** So many points are looked at before the one with the most new pairs is taken. */
const CANDIDATES = 24;
/** Of an axis with more numbers so many are tried, evenly from first to last; of one with more names, the two ends in pairs. */
const MANY = 512;
/** No more points for the sake of pairs: a check takes a third of a millisecond. */
const MOST_FOR_PAIRS = 4096;

export function coveringPoints(points: readonly Point[], axes: readonly Axis[]): Point[] {
  const chosen = points.length <= ALL ? [...points] : covering(points, axes);
  axes.forEach(({ distribution }, i) => {
    const point = distribution && points.find((one) => !Number.isNaN(one[i]!));
    if (!point) return;
    for (const end of [distribution.from, distribution.to]) chosen.push(point.with(i, end));
  });
  return chosen;
}

function covering(points: readonly Point[], axes: readonly Axis[]): Point[] {
  /** Of each axis, which choices were taken. */
  const taken = axes.map(({ choices }) => new Uint8Array(choices.length));
  const classes = axes.map(({ choices }) => classesOf(choices));
  const pairs = createPairs(classes.map((ofChoice) => Math.max(1, ...ofChoice) + 1));
  const cells = new Int32Array(axes.length);
  const isDrawn = axes.map(({ distribution }) => distribution !== null);
  const isTried = axes.map(({ choices }) => triedOf(choices));
  /** 0 for an axis that takes no part, 1 for any drawn number, then the classes of choices. */
  const cellsOf = (point: Point): Int32Array => {
    for (let i = 0; i < cells.length; i++) {
      const coordinate = point[i]!;
      cells[i] = Number.isNaN(coordinate) ? 0 : isDrawn[i] ? 1 : classes[i]![coordinate]!;
    }
    return cells;
  };
  const chosen: Point[] = [];
  const take = (point: Point): void => {
    chosen.push(point);
    pairs.add(cellsOf(point));
    point.forEach((coordinate, i) => {
      if (!isDrawn[i] && !Number.isNaN(coordinate)) taken[i]![coordinate] = 1;
    });
  };
  // First the best of a few draws each time, while that brings much; then whoever has what is still lacking.
  const numbers = stream(keyFor(0, 'cover'));
  for (let gain = Number.POSITIVE_INFINITY; gain > axes.length && chosen.length < MOST_FOR_PAIRS; ) {
    let best = points[0]!;
    gain = 0;
    for (let i = 0; i < CANDIDATES; i++) {
      const candidate = points[Math.floor(numbers.uniform() * points.length)]!;
      const own = pairs.missing(cellsOf(candidate));
      if (own > gain) [best, gain] = [candidate, own];
    }
    if (gain > 0) take(best);
  }
  for (const point of points) {
    if (chosen.length >= MOST_FOR_PAIRS) break;
    if (pairs.missing(cellsOf(point)) > 0) take(point);
  }
  for (const point of points) {
    const hasNew = point.some((coordinate, i) => {
      return !isDrawn[i] && isTried[i]!(coordinate) && taken[i]![coordinate] === 0;
    });
    if (hasNew) take(point);
  }
  return chosen;
}

/** Of each choice a number from 2 on; those that rules will not tell apart have the same. */
function classesOf(choices: readonly Choice[]): Int32Array {
  const classes = new Int32Array(choices.length);
  if (!isNumeric(choices)) {
    const isMany = choices.length > MANY;
    return classes.map((_, i) => (isMany && i > 0 && i < choices.length - 1 ? 2 : i + 2 + Number(isMany)));
  }
  /** The number of a class for each end of each path; 2 is that of the rest. */
  const ends = new Set<number>();
  const paths = new Set(choices.flatMap(({ settings }) => settings.map(({ path }) => path)));
  for (const path of paths) {
    for (const isWhole of [false, true]) {
      let [least, most] = [-1, -1];
      let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      choices.forEach(({ settings }, i) => {
        const value = settings.find((setting) => setting.path === path)?.plain as number | undefined;
        if (value === undefined || Number.isInteger(value) !== isWhole) return;
        if (value < lowest) [least, lowest] = [i, value];
        if (value > highest) [most, highest] = [i, value];
      });
      for (const end of [least, most]) if (end !== -1) ends.add(end);
    }
  }
  classes.fill(2);
  let next = 3;
  for (const end of ends) classes[end] = next++;
  return classes;
}

function isNumeric(choices: readonly Choice[]): boolean {
  return choices.every(({ settings }) => settings.every(({ plain }) => typeof plain === 'number'));
}

/** Whether a choice has to be tried on its own account. */
function triedOf(choices: readonly Choice[]): (coordinate: number) => boolean {
  const step = isNumeric(choices) ? Math.ceil(choices.length / MANY) : 1;
  return (coordinate) => coordinate % step === 0;
}

/** Pairs of cells of two axes, those of one axis with itself among them. @param counts of the cells of each axis */
function createPairs(counts: readonly number[]): {
  /** How many pairs of these cells were not added yet. */
  missing(cells: Int32Array): number;
  add(cells: Int32Array): void;
} {
  const seen = counts.map((rows, i) => counts.slice(i).map((columns) => new Uint8Array(rows * columns)));
  return {
    missing(cells) {
      let count = 0;
      for (let i = 0; i < cells.length; i++) {
        for (let j = i; j < cells.length; j++)
          if (seen[i]![j - i]![cells[i]! * counts[j]! + cells[j]!] === 0) count++;
      }
      return count;
    },
    add(cells) {
      for (let i = 0; i < cells.length; i++) {
        for (let j = i; j < cells.length; j++) seen[i]![j - i]![cells[i]! * counts[j]! + cells[j]!] = 1;
      }
    },
  };
}
