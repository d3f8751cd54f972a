import type { HeadCounts } from '../../src/train/score/metrics.ts';

/** Of a head of which nothing was counted. */
export function emptyCounts(classes: number): HeadCounts {
  return { lossSum: 0, lossWeight: 0, confusion: new Float64Array(classes * classes) };
}
