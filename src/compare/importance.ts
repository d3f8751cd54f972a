/** Rows of a comparison to the importance of each axis. */

import { own } from '../words.ts';
import { type CellAxis, type CellPoint, growForest } from './forest.ts';
import type { Row } from './rows.ts';
import type { ComparedAxis, Coordinate } from './trials.ts';
import { mainShares } from './variance.ts';

export interface Importance {
  readonly method: 'exact' | 'forest';
  readonly axes: readonly { readonly name: string; readonly share: number }[];
  /** What no axis explains alone. */
  readonly interactions: number;
}

/** An axis cut into cells: its values, or the stretches around the numbers that were drawn. */
interface Cells extends CellAxis {
  readonly weights: readonly number[];
  cellOf(value: Coordinate | undefined): number;
}

/**
 * Exact where every combination of the values has a result; by a random forest otherwise. Values of a list count the same
 * each, drawn numbers by their distribution.
 * @returns undefined where there is nothing to explain: fewer than two axes or rows, or all the same
 */
export function importanceOf(axes: readonly ComparedAxis[], rows: readonly Row[]): Importance | undefined {
  const done = rows.filter((row) => row.metric !== null);
  if (axes.length < 2 || done.length < 2) return undefined;
  const cells = axes.map((axis) => cellsOf(axis, done));
  const points = done.map(
    (row): CellPoint => ({
      cell: axes.map(({ name }, i) => cells[i]!.cellOf(own(row.point, name))),
      value: row.metric!.mean,
    }),
  );
  const combinations = cells.reduce((product, axis) => product * axis.cells, 1);
  const isGrid =
    axes.every(({ labels }) => labels !== null) &&
    combinations === done.length &&
    new Set(points.map(({ cell }) => cell.join())).size === combinations;
  const weights = cells.map((axis) => axis.weights);
  const functions = isGrid
    ? [
        points.map(({ cell, value }) => ({
          value,
          cells: cell.map((own, axis) => Array.from({ length: cells[axis]!.cells }, (_, i) => i === own)),
        })),
      ]
    : growForest(cells, points);
  const shares = functions.flatMap((boxes) => {
    const share = mainShares(boxes, weights);
    return share === null ? [] : [share];
  });
  if (shares.length === 0) return undefined;
  const means = axes.map((_, i) => shares.reduce((sum, share) => sum + share[i]!, 0) / shares.length);
  return {
    method: isGrid ? 'exact' : 'forest',
    axes: axes.map(({ name }, i) => ({ name, share: means[i]! })).sort((a, b) => b.share - a.share),
    interactions: Math.max(0, 1 - means.reduce((sum, share) => sum + share, 0)),
  };
}

/** Where the axis takes no part in some rows, that is a cell of its own, the first, with its share of the rows. */
function cellsOf({ name, labels, distribution }: ComparedAxis, rows: readonly Row[]): Cells {
  const values = rows.map((row) => own(row.point, name)).filter((value) => value !== undefined);
  const absent = rows.length - values.length;
  const first = absent > 0 ? 1 : 0;
  const { weights, ordered, cellOf } =
    distribution === null ? ofList(labels ?? [], values) : ofNumbers(distribution, values.map(Number));
  const part = values.length / rows.length;
  return {
    cells: weights.length + first,
    ordered,
    weights: [...(first === 1 ? [1 - part] : []), ...weights.map((weight) => weight * part)],
    cellOf: (value) => (value === undefined ? 0 : first + cellOf(value)),
  };
}

type ValueCells = Pick<Cells, 'weights' | 'ordered'> & { cellOf(value: Coordinate): number };

function ofList(labels: readonly string[], values: readonly Coordinate[]): ValueCells {
  const occurring = new Set(values.map(String));
  const used = labels.filter((label) => occurring.has(label));
  const ordered = used.every((label) => Number.isFinite(Number(label)));
  const sorted = ordered ? [...used].sort((a, b) => Number(a) - Number(b)) : used;
  return {
    weights: sorted.map(() => 1 / sorted.length),
    ordered,
    cellOf: (value) => sorted.indexOf(String(value)),
  };
}

/** Cells end in the middle between two numbers, on the scale of the distribution. */
function ofNumbers(
  { scale, from, to }: NonNullable<ComparedAxis['distribution']>,
  values: readonly number[],
): ValueCells {
  const at = (value: number): number => (scale === 'log' ? Math.log(value) : value);
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const ends = sorted.slice(1).map((value, i) => (at(value) + at(sorted[i]!)) / 2);
  const edges = [at(from), ...ends, at(to)];
  return {
    weights: sorted.map((_, i) => (edges[i + 1]! - edges[i]!) / (at(to) - at(from))),
    ordered: true,
    cellOf: (value) => sorted.indexOf(Number(value)),
  };
}
