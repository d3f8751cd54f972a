/**
 * How many rows the batches of an epoch have. In: training rows, and what a stage says of its batches. Out: sizes.
 *
 * Rows seldom come out even. A last batch of what is left may be tiny: batch norm then has the statistics of 3 rows, and
 * the noise of their gradient is a whole update (experiments/README.md has what it costs). Spread evenly, no two batches
 * differ by more than one row.
 */
import type { LastBatch, StagePlan } from './plan.ts';

export type BatchSettings = Pick<StagePlan, 'batchSize' | 'stepsPerEpoch' | 'lastBatch'>;

export interface EpochBatches {
  readonly steps: number;
  /** Rows of the batches with the fewest and with the most; 0 where there is none. */
  readonly smallest: number;
  readonly largest: number;
  /** Where in the order of the epoch a batch begins; that of `steps` is where the last one ends. */
  startOf(step: number): number;
}

/** The batches that are larger by a row come first, and a short one last. */
export function epochBatches(rows: number, settings: BatchSettings): EpochBatches {
  const { batchSize, stepsPerEpoch } = settings;
  // An epoch that is only a part of the rows leaves enough of them for full batches.
  const lastBatch = isPartOnly(rows, settings) ? 'drop' : settings.lastBatch;
  const all = lastBatch === 'drop' ? Math.floor(rows / batchSize) : Math.ceil(rows / batchSize);
  const steps = Math.min(all, stepsPerEpoch ?? all);
  const [least, more] = [Math.floor(rows / Math.max(1, all)), rows % Math.max(1, all)];
  const startOf = (step: number): number =>
    lastBatch === 'even' ? step * least + Math.min(step, more) : Math.min(step * batchSize, rows);
  const sizeOf = (step: number): number => startOf(step + 1) - startOf(step);
  if (steps === 0) return { steps, smallest: 0, largest: 0, startOf };
  return { steps, smallest: sizeOf(steps - 1), largest: sizeOf(0), startOf };
}

function isPartOnly(rows: number, { batchSize, stepsPerEpoch }: BatchSettings): boolean {
  return stepsPerEpoch !== null && stepsPerEpoch * batchSize <= rows;
}

/**
 * What decides the batches of these rows: `short` where the other ways come to the same batches, so that equal trainings
 * have equal settings.
 * @param rows null where they are not known, or images may still be left out
 */
export function decisiveLastBatch(rows: number | null, settings: BatchSettings): LastBatch {
  const { batchSize, lastBatch } = settings;
  if (rows === null) return lastBatch;
  const left = rows % batchSize;
  const isSame =
    isPartOnly(rows, settings) ||
    left === 0 ||
    // There is one batch, or the last one has a row less and no other has.
    (lastBatch === 'even' && (rows < batchSize || left === batchSize - 1));
  return isSame ? 'short' : lastBatch;
}
