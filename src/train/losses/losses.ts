/** The losses by their names in the plan. */
import type { HeadLossPlan } from '../../plan/plan.ts';
import { crossEntropy } from './cross-entropy.ts';
import type { LossDef } from './loss.ts';

export type LossType = HeadLossPlan['type'];

export const losses: { readonly [T in LossType]: LossDef<Extract<HeadLossPlan, { type: T }>> } = {
  crossEntropy,
};

/** The loss that a plan names. */
export function lossFor(plan: HeadLossPlan): LossDef<HeadLossPlan> {
  return losses[plan.type];
}
