/**
 * Figures of many resamples of the same rows. In: the labelled rows of each head, and which unit each row belongs to: itself,
 * or a group of rows that stay together. Out: the figures of each resample.
 *
 * Units are drawn with replacement, as many as there are (Efron 1979; of groups Davison and Hinkley, "Bootstrap Methods and
 * their Application", 1997, section 3.8). All heads share the draws, so that a mean over heads has an interval too. Only
 * counts are added up: a resample costs one addition a labelled row.
 */
import { resampler } from './draws.ts';
import {
  type CountedRows,
  emptyTotals,
  type FigureName,
  type Figures,
  figureNames,
  figuresOf,
} from './figures.ts';

export interface BootstrapOptions {
  /** Unit of each row, from 0; null where each row is one. */
  readonly units: Int32Array | null;
  /** Number of all rows. */
  readonly rows: number;
  readonly resamples: number;
  readonly seed: number;
}

/** By figure, the value of each resample; NaN where a resample cannot tell it. */
export type Replicates = Readonly<Record<FigureName, Float64Array>>;

/** @returns replicates of each head in their order */
export function bootstrap(heads: readonly CountedRows[], options: BootstrapOptions): Replicates[] {
  const { units, rows, resamples, seed } = options;
  const unitOf = heads.map(({ row_M }) => (units === null ? row_M : row_M.map((row) => units[row]!)));
  const counts = new Uint32Array(numberOfUnits(options));
  const totals = heads.map(emptyTotals);
  const replicates = heads.map(() => emptyReplicates(resamples));
  if (rows === 0) return replicates;
  const draw = resampler(seed, 'bootstrap');
  for (let r = 0; r < resamples; r++) {
    draw(counts);
    heads.forEach((head, h) => {
      const { cells } = totals[h]!;
      const { cell_M, loss_M } = head;
      const unit_M = unitOf[h]!;
      cells.fill(0);
      let lossSum = 0;
      for (let j = 0; j < unit_M.length; j++) {
        const times = counts[unit_M[j]!]!;
        cells[cell_M[j]!]! += times;
        lossSum += times * loss_M[j]!;
      }
      totals[h]!.lossSum = lossSum;
      const figures = figuresOf(totals[h]!, head);
      for (const name of figureNames) replicates[h]![name][r] = figures[name];
    });
  }
  return replicates;
}

export function numberOfUnits({ units, rows }: Pick<BootstrapOptions, 'units' | 'rows'>): number {
  return units === null ? rows : units.reduce((most, unit) => Math.max(most, unit + 1), 0);
}

/** Figures over the heads of which they can be told; NaN where there is none. */
export function meanOfHeads(heads: readonly Figures[]): Figures {
  const means = {} as Figures;
  for (const name of figureNames) {
    const known = heads.map((figures) => figures[name]).filter((value) => !Number.isNaN(value));
    means[name] = known.reduce((sum, value) => sum + value, 0) / known.length;
  }
  return means;
}

/** The same of each resample. */
export function meanReplicates(heads: readonly Replicates[], resamples: number): Replicates {
  const means = emptyReplicates(resamples);
  for (const name of figureNames) {
    for (let r = 0; r < resamples; r++) {
      let sum = 0;
      let known = 0;
      for (const replicates of heads) {
        const value = replicates[name][r]!;
        if (Number.isNaN(value)) continue;
        sum += value;
        known += 1;
      }
      means[name][r] = sum / known;
    }
  }
  return means;
}

function emptyReplicates(resamples: number): Record<FigureName, Float64Array> {
  return Object.fromEntries(figureNames.map((name) => [name, new Float64Array(resamples)])) as Record<
    FigureName,
    Float64Array
  >;
}
