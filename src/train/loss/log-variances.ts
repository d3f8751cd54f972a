/**
 * Head weights that are learned (Kendall, Gal and Cipolla, arXiv:1705.07115): each head has a log-variance s = ln σ²,
 * and adds to the loss what their equation 10 has for a classification, loss / σ² + ln σ:
 *
 *   exp(-s) × loss + s / 2        which is least where exp(s) is twice the loss
 *
 * They are weights like any other, kept in checkpoints, though no layer has them. Numbers only: head-share.ts has the tensors.
 */
import type { WeightSpec } from '../../model/network.ts';
import type { LossPlan, Plan } from '../../plan/plan.ts';

export const logVarianceOf = (head: string): string => `${head}_loss/log_variance`;

export const isLogVariance = (weight: string): boolean => weight.endsWith('_loss/log_variance');

/** One a head, of rank 0; none where no stage learns them. */
export function logVarianceSpecs({ settings: { stages, dataset } }: Plan): WeightSpec[] {
  if (!stages.some(({ loss }) => loss.headWeights === 'uncertainty')) return [];
  return dataset.heads.map(({ name }) => ({
    name: logVarianceOf(name),
    shape: [],
    initializer: 'zeros',
    trainable: true,
    part: 'heads',
  }));
}

/** Those that a stage with this loss trains, whichever parts of the network it trains. */
export function trainedLogVariances(loss: LossPlan): string[] {
  return loss.headWeights === 'uncertainty' ? Object.keys(loss.heads).map(logVarianceOf) : [];
}

/** What a head adds to the loss of an epoch, from its mean loss: as `headShare` of a batch. */
export function headShareOf(
  { headWeights }: LossPlan,
  head: string,
  loss: number,
  logVariances: Readonly<Record<string, number>>,
): number {
  if (headWeights !== 'uncertainty') return headWeights[head]! * loss;
  const s = logVariances[head]!;
  return Math.exp(-s) * loss + s / 2;
}

/**
 * @param weightOf value of a weight
 * @returns s of each head; empty where the loss does not learn them
 */
export function logVariancesOf(loss: LossPlan, weightOf: (weight: string) => number): Record<string, number> {
  if (loss.headWeights !== 'uncertainty') return {};
  return Object.fromEntries(Object.keys(loss.heads).map((head) => [head, weightOf(logVarianceOf(head))]));
}
