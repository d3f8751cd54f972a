/**
 * Rows drawn one by one, with the shares of their combinations of classes kept: systematic sampling. Integer draws of
 * src/random.ts and exact sums only. Whole groups are drawn in split-groups.ts and fold-groups.ts.
 */
import { type Key, permutation, type Stream, stream } from '../random.ts';

/**
 * Exactly `wanted` rows, and floor or ceiling of the share in every run of equal strata.
 * @param stratum number of each row's combination of classes, from 0
 * @returns 1 for a row that is drawn, by row
 */
export function sampleRows(stratum: Int32Array, wanted: number, key: Key): Uint8Array {
  const rows = stratum.length;
  const numbers = stream(key);
  const order = shuffledByStratum(stratum, numbers);
  const start = numbers.integer(rows);
  const isDrawn = new Uint8Array(rows);
  // Position i is taken where the line wanted/rows × i + start/rows passes an integer. Below 2^53: exact.
  order.forEach((row, i) => {
    const before = Math.floor((i * wanted + start) / rows);
    const after = Math.floor(((i + 1) * wanted + start) / rows);
    if (after > before) isDrawn[row] = 1;
  });
  return isDrawn;
}

/**
 * Deals rows into folds like cards: floor or ceiling of the share of every run of equal strata, and of all rows, is in
 * each fold.
 * @returns the fold of each row, from 0
 */
export function dealRows(stratum: Int32Array, folds: number, key: Key): Int32Array {
  const numbers = stream(key);
  const order = shuffledByStratum(stratum, numbers);
  const start = numbers.integer(folds);
  const foldOf = new Int32Array(stratum.length);
  order.forEach((row, i) => {
    foldOf[row] = (start + i) % folds;
  });
  return foldOf;
}

/** Rows by their stratum, those of one stratum in random order. */
function shuffledByStratum(stratum: Int32Array, numbers: Stream): number[] {
  const shuffled = permutation(stratum.length, numbers);
  const rank = new Int32Array(stratum.length);
  shuffled.forEach((row, position) => {
    rank[row] = position;
  });
  return [...shuffled].sort((a, b) => stratum[a]! - stratum[b]! || rank[a]! - rank[b]!);
}
