/** What a head's numbers say about themselves: metrics in, the marks and sentences that a reader must not miss out. */
import { occurringClasses } from '../../train/score/confusion.ts';
import type { HeadMetrics } from '../../train/score/metrics.ts';

export type Mark = 'belowMajority' | 'noBetterThanChance' | 'noLabels';

export const MARKS: Record<Mark, { readonly sign: string; readonly sentence: string }> = {
  belowMajority: {
    sign: '*',
    sentence: 'Accuracy is below that of always answering the most frequent class of the training part.',
  },
  noBetterThanChance: {
    sign: '+',
    sentence: 'Balanced accuracy is no better than chance, 1/K for K classes among the validation rows.',
  },
  noLabels: { sign: '!', sentence: 'No validation row has a label for this head.' },
};

/** Rounding of a mean of K recalls must not lift a head that always answers the same above 1/K. */
const ROUNDING = 1e-9;

/**
 * Chance is 1/K over the classes that occur among the rows, because balanced accuracy is the mean over those: a head
 * that always answers one of them gets exactly that.
 */
export function marksOf(metrics: HeadMetrics): Mark[] {
  const { accuracy, balancedAccuracy, majorityAccuracy, confusion } = metrics;
  if (accuracy === null || balancedAccuracy === null || majorityAccuracy === null) return ['noLabels'];
  const occurring = occurringClasses(confusion);
  const marks: Mark[] = [];
  if (accuracy < majorityAccuracy - ROUNDING) marks.push('belowMajority');
  if (occurring > 1 && balancedAccuracy <= 1 / occurring + ROUNDING) marks.push('noBetterThanChance');
  return marks;
}
