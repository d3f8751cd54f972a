/**
 * How much augmentation a plan asks for, and augmentation of less than its full strength: a plan and an epoch in, the plan
 * of that epoch out. Easy images first and hard ones later is a curriculum (Bengio et al., ICML 2009); how far changes go is
 * what grows in EfficientNetV2's progressive learning (Tan and Le, arXiv:2104.00298, section 4.2).
 */

import { type AugmentationPlan, entries, type StrengthPlan } from './plan.ts';
import { type AugmentationName, augmentationNames } from './table.ts';

/** Comparable with others of the same name alone; 0 where the augmentation changes no image. */
export function strengthOf<Name extends AugmentationName>(plan: AugmentationPlan, name: Name): number {
  return entries[name].strengthOf(plan[name]);
}

/**
 * In a straight line from the first epoch to the last, the same throughout an epoch: it depends on where a run stands and
 * not on the steps that an epoch has.
 * @param epoch from 0; past the stage's last one the strength stays what it is there
 * @param epochs of the stage; where there is one, it is the last
 */
export function strengthAt({ from, to }: StrengthPlan, epoch: number, epochs: number): number {
  if (epoch >= epochs - 1) return to;
  return from + (to - from) * (epoch / (epochs - 1));
}

/** The largest strength that a stage comes to. */
export function largestStrength({ from, to }: StrengthPlan): number {
  return Math.max(from, to);
}

/** @param strength 0 to 1 */
export function scaleAugmentation(plan: AugmentationPlan, strength: number): AugmentationPlan {
  if (strength === 1) return plan;
  const of = <Name extends AugmentationName>(name: Name): AugmentationPlan[Name] =>
    entries[name].scale(plan[name], strength);
  return { ...plan, ...Object.fromEntries(augmentationNames.map((name) => [name, of(name)])) };
}
