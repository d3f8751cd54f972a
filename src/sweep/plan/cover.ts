/**
 * Which points to compile so that all rules are tried: every point where there are few, else points that together have
 * every pair of values that any point has. Rules across keys join two values nearly always; one that joins three shows
 * itself at the latest when the trial starts. Of a distribution the two ends are tried.
 */
import { keyFor, stream } from '../../random.ts';
import type { Axis } from '../space/axis.ts';
import type { Point } from '../space/points.ts';

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

/** So many points are looked at before the one with the most new pairs is taken. */
const CANDIDATES = 24;

function pairwise(points: readonly Point[], axes: readonly Axis[]): Point[] {
  const isDrawn = axes.map(({ distribution }) => distribution !== null);
  const seen = new Set<number>();
  const pairsOf = (point: Point): number[] => {
    // Choices from 2 on; 0 for an axis that takes no part, 1 for any drawn number.
    const cells = axes.map((_, i) => (Number.isNaN(point[i]!) ? 0 : isDrawn[i] ? 1 : point[i]! + 2));
    const pairs: number[] = [];
    for (let i = 0; i < axes.length; i++) {
      for (let j = i; j < axes.length; j++)
        pairs.push(((i * axes.length + j) * CHOICES + cells[i]!) * CHOICES + cells[j]!);
    }
    return pairs;
  };
  const newPairs = (point: Point): number =>
    pairsOf(point).reduce((sum, pair) => sum + (seen.has(pair) ? 0 : 1), 0);
  const chosen: Point[] = [];
  const take = (point: Point): void => {
    chosen.push(point);
    for (const pair of pairsOf(point)) seen.add(pair);
  };
  // First the best of a few draws each time, while that brings much; then whoever has what is still lacking.
  const numbers = stream(keyFor(0, 'cover'));
  for (let gain = Number.POSITIVE_INFINITY; gain > axes.length; ) {
    let best = points[0]!;
    gain = 0;
    for (let i = 0; i < CANDIDATES; i++) {
      const candidate = points[Math.floor(numbers.uniform() * points.length)]!;
      const own = newPairs(candidate);
      if (own > gain) [best, gain] = [candidate, own];
    }
    if (gain > 0) take(best);
  }
  for (const point of points) if (newPairs(point) > 0) take(point);
  return chosen;
}
