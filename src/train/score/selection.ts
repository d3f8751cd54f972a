/** What epochs are compared by: metrics in, one number out, the lower the better. */
import { RunError } from '../../errors.ts';
import type { SelectionMetric } from '../../plan/plan.ts';
import type { Metrics } from './metrics.ts';

/**
 * The loss as it is; a score, of which more is better, as the negative of its mean over the heads.
 * @throws RunError where the score can be told of no head
 */
export function costOf({ loss, mean }: Metrics, metric: SelectionMetric): number {
  if (metric === 'loss') return loss;
  const score = mean[metric];
  if (score === null) {
    throw new RunError(`no head has validation rows that ${metric} could be told from`, {
      hint: 'Choose another metric in selectBy, earlyStopping.metric and reduceOnPlateau.metric.',
    });
  }
  return -score;
}
