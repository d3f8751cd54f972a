/** The losses by their names in the plan. */
import type { HeadLossPlan } from '../../plan/plan.ts';
import { crossEntropy } from './cross-entropy.ts';
import { focal } from './focal.ts';
import type { LossDef } from './loss-def.ts';
import { ordinal } from './ordinal.ts';

export type LossType = HeadLossPlan['type'];

export const losses: { readonly [T in LossType]: LossDef<Extract<HeadLossPlan, { type: T }>> } = {
  crossEntropy,
  focal,
  ordinal,
};

/** The loss that a plan names. */
export function lossFor(plan: HeadLossPlan): LossDef<HeadLossPlan> {
  return losses[plan.type] as unknown as LossDef<HeadLossPlan>;
}
