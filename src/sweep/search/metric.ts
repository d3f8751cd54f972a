/** The figure that trials are compared by. In: validation metrics and the sweep's metric. Out: a number. */
import type { ResolvedSweep } from '../../schema/sweep.ts';
import type { Metrics } from '../../train/score/metrics.ts';
import { own } from '../../words.ts';

export type Metric = ResolvedSweep['metric'];

/** @returns NaN where no row has the label that it takes */
export function metricOf({ name, head }: Metric, metrics: Metrics): number {
  if (head !== null) return own(metrics.heads, head)?.[name] ?? Number.NaN;
  if (name === 'loss') return metrics.loss;
  const scores = Object.values(metrics.heads).map((one) => one[name]);
  const known = scores.filter((score) => score !== null);
  return known.reduce((sum, score) => sum + score, 0) / known.length;
}

/** Whether the first is better; a number is better than none. */
export function isBetter({ direction }: Metric, a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return !Number.isNaN(a) && Number.isNaN(b);
  return direction === 'minimize' ? a < b : a > b;
}

/** `loss of gender`, `balancedAccuracy`. */
export function metricName({ name, head }: Metric): string {
  return head === null ? name : `${name} of ${head}`;
}
