/** The order of the rows and the batches they make. In: rows, seed, stage, epoch. Out: row numbers. */
import { type BatchSettings, epochBatches } from '../plan/batches.ts';
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
 * Cuts rows into batches, in their order.
 * @param settings of the stage; with `stepsPerEpoch` an epoch is a part of the rows, another one each time as the order is
 * @returns views of `rows`
 */
export function batchesOf(rows: Int32Array, settings: BatchSettings): Int32Array[] {
  const { steps, startOf } = epochBatches(rows.length, settings);
  return Array.from({ length: steps }, (_, step) => rows.subarray(startOf(step), startOf(step + 1)));
}
