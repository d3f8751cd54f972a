/** The order of the rows and the batches they make. In: rows, seed, stage, epoch. Out: row numbers. */
import { keyFor, permutation, stream } from '../random.ts';

/**
 * Training rows in the order of one epoch. It depends on the seed, the stage and the epoch, and on nothing before them.
 * @param stage index of the stage, from 0
 * @param epoch index of the epoch in its stage, from 0
 */
export function trainingOrder(rows: Int32Array, seed: number, stage: number, epoch: number): Int32Array {
  const order = permutation(rows.length, stream(keyFor(seed, 'shuffle'), stage, epoch));
  return order.map((position) => rows[position]!);
}

/**
 * Cuts rows into batches, in their order; the last one is short where they do not come out even.
 * @param stepsPerEpoch the first so many batches only: an epoch is then a part of the rows, another one each time
 *   as the order is; null for all of them
 * @returns views of `rows`
 */
export function batchesOf(rows: Int32Array, batchSize: number, stepsPerEpoch: number | null): Int32Array[] {
  const all = Math.ceil(rows.length / batchSize);
  const steps = stepsPerEpoch === null ? all : Math.min(all, stepsPerEpoch);
  return Array.from({ length: steps }, (_, i) => rows.subarray(i * batchSize, (i + 1) * batchSize));
}
