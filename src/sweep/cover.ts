/**
 * Which points to compile so that all rules are tried: every point where there are few, else points that together have
 * every pair of values that any point has. Rules across keys join two values nearly always; one that joins three shows
 * itself at the latest when the trial starts. Of a distribution the two ends are tried.
 */
import type { Axis } from './axes.ts';
import type { Point } from './points.ts';

/** Up to so many points are all compiled. */
const ALL = 256;
/** More than an axis can have choices. */
const CHOICES = 2 ** 20;

export function coveringPoints(points: readonly Point[], axes: readonly Axis[]): Point[] {
  const chosen = points.length <= ALL ? [...points] : pairwise(points, axes);
  axes.forEach(({ distribution }, i) => {
    const point = distribution && points.find((one) => !Number.isNaN(one[i]!));
    if (!point) return;
    for (const end of [distribution.from, distribution.to]) chosen.push(point.with(i, end));
  });
  return chosen;
}

function pairwise(points: readonly Point[], axes: readonly Axis[]): Point[] {
  const isDrawn = axes.map(({ distribution }) => distribution !== null);
  /** Choices from 2 on; 0 for an axis that takes no part, 1 for any drawn number. */
  const cell = (axis: number, coordinate: number): number =>
    Number.isNaN(coordinate) ? 0 : isDrawn[axis] ? 1 : coordinate + 2;
  const seen = new Set<number>();
  return points.filter((point) => {
    const before = seen.size;
    for (let i = 0; i < axes.length; i++) {
      const row = cell(i, point[i]!);
      for (let j = i; j < axes.length; j++)
        seen.add(((i * axes.length + j) * CHOICES + row) * CHOICES + cell(j, point[j]!));
    }
    return seen.size > before;
  });
}
