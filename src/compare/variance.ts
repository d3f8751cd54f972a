/**
 * How much of the metric's variance each axis explains: functional ANOVA (Hutter, Hoos and Leyton-Brown, "An efficient
 * approach for assessing hyperparameter importance", ICML 2014). An axis is a list of cells with weights that sum to 1;
 * a function over all axes is a list of boxes, each with one value. For a complete grid the boxes are its points, and the
 * result is exact; for a random sweep they are the leaves of a regression tree (forest.ts).
 */

/** Value at a product of sets of cells, one an axis. */
export interface Box {
  readonly value: number;
  /** By axis, by cell: whether it belongs to the box. */
  readonly cells: readonly (readonly boolean[])[];
}

/** Share of the variance by axis, each alone; what is left to 1 is interactions. Null where nothing varies. */
export function mainShares(boxes: readonly Box[], weights: readonly (readonly number[])[]): number[] | null {
  const shares = boxes.map(({ cells }) => cells.map((inside, axis) => weightOf(inside, weights[axis]!)));
  const volumes = shares.map((share) => share.reduce((product, one) => product * one, 1));
  const mean = boxes.reduce((sum, { value }, i) => sum + value * volumes[i]!, 0);
  const total = boxes.reduce((sum, { value }, i) => sum + (value - mean) ** 2 * volumes[i]!, 0);
  // Rounding leaves a trace of variance where all values are the same.
  if (total <= mean ** 2 * 1e-24) return null;
  return weights.map((own, axis) => {
    const variance = own.reduce((sum, weight, cell) => {
      const marginal = boxes.reduce((at, { value, cells }, i) => {
        if (!cells[axis]![cell]) return at;
        const others = shares[i]!.reduce((product, one, a) => (a === axis ? product : product * one), 1);
        return at + value * others;
      }, 0);
      return sum + weight * (marginal - mean) ** 2;
    }, 0);
    return variance / total;
  });
}

function weightOf(inside: readonly boolean[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, cell) => (inside[cell] ? sum + weight : sum), 0);
}
