/**
 * A random forest of regression trees (Breiman 2001) over cells: each tree is grown to its end on a bootstrap of the
 * points, splitting where the sum of squares falls most. Ordered axes are split at a threshold, others into one cell and
 * the rest. Random numbers come from a fixed seed: the same points give the same forest.
 */
import { keyFor, type Stream, stream } from '../random.ts';
import type { Box } from './variance.ts';

export interface CellAxis {
  readonly cells: number;
  readonly ordered: boolean;
}

export interface CellPoint {
  /** By axis. */
  readonly cell: readonly number[];
  readonly value: number;
}

/** As many as the paper's authors and Optuna take, within a factor of four. */
export const TREES = 64;

/** @returns the leaves of each tree */
export function growForest(axes: readonly CellAxis[], points: readonly CellPoint[]): Box[][] {
  const key = keyFor(0, 'forest');
  return Array.from({ length: TREES }, (_, tree) => {
    const sample = bootstrap(points, stream(key, tree));
    return grow(
      axes,
      sample,
      axes.map(({ cells }) => Array.from({ length: cells }, () => true)),
    );
  });
}

function bootstrap(points: readonly CellPoint[], numbers: Stream): CellPoint[] {
  return points.map(() => points[numbers.integer(points.length)]!);
}

interface Split {
  readonly axis: number;
  readonly left: (cell: number) => boolean;
  readonly cost: number;
}

function grow(axes: readonly CellAxis[], points: readonly CellPoint[], cells: readonly boolean[][]): Box[] {
  const split = bestSplit(axes, points);
  if (split === undefined) return [{ value: meanOf(points), cells }];
  const side = (wanted: boolean): Box[] =>
    grow(
      axes,
      points.filter(({ cell }) => split.left(cell[split.axis]!) === wanted),
      cells.map((inside, axis) =>
        axis === split.axis ? inside.map((is, cell) => is && split.left(cell) === wanted) : inside,
      ),
    );
  return [...side(true), ...side(false)];
}

function bestSplit(axes: readonly CellAxis[], points: readonly CellPoint[]): Split | undefined {
  if (squares(points) <= 1e-24) return undefined;
  let best: Split | undefined;
  axes.forEach(({ ordered }, axis) => {
    const used = [...new Set(points.map(({ cell }) => cell[axis]!))].sort((a, b) => a - b);
    if (used.length < 2) return;
    const candidates = ordered ? used.slice(0, -1) : used;
    candidates.forEach((at, i) => {
      // A threshold lies in the middle between two cells that have points.
      const threshold = ordered ? Math.floor((at + used[i + 1]!) / 2) : at;
      const left = ordered ? (cell: number) => cell <= threshold : (cell: number) => cell === at;
      const inside = points.filter(({ cell }) => left(cell[axis]!));
      const outside = points.filter(({ cell }) => !left(cell[axis]!));
      const cost = squares(inside) + squares(outside);
      if (best === undefined || cost < best.cost) best = { axis, left, cost };
    });
  });
  return best;
}

function meanOf(points: readonly CellPoint[]): number {
  return points.reduce((sum, { value }) => sum + value, 0) / points.length;
}

function squares(points: readonly CellPoint[]): number {
  const mean = meanOf(points);
  return points.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
}
