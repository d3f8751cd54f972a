/**
 * Which batches make one update. Groups of N batches begin with each epoch; the last one takes what is left, so that
 * none reaches into the next epoch and an epoch's metrics are those of weights that have seen all of it.
 */

/**
 * @param step of the epoch, from 0
 * @param steps of the epoch
 * @param every batches of a full group
 * @returns batches whose mean gradient is applied after this step; 0 where the group goes on
 */
export function batchesToApply(step: number, steps: number, every: number): number {
  const inGroup = (step % every) + 1;
  return inGroup === every || step === steps - 1 ? inGroup : 0;
}
