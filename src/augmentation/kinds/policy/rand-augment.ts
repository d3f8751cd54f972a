/** Several operations for each image, all at one level (Cubuk et al., arXiv:1909.13719). */
import type { PolicyAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { drawOperations, type PolicyPlan, type PolicySpace, scalePolicy } from './operations.ts';

export const randSpace: PolicySpace = { shear: 0.3, translate: 150 / 331, rotate: 30, factor: 0.9, bits: 4 };

export interface RandAugmentPlan extends PolicyPlan {
  /** How many an image gets, one after the other. */
  readonly operations: number;
  /** Level, 0 to 30. */
  readonly magnitude: number;
}

export const randAugment: PolicyAugmentation<WrittenAugmentation['randAugment'], RandAugmentPlan | null> = {
  family: 'policy',
  word: 'randAugment',
  planOf: (rand) => rand,
  // Some operations have no magnitude, and are done at 0 too.
  strengthOf: (rand) =>
    rand === null ? 0 : rand.probability * rand.operations * (1 + rand.magnitude) * (rand.strength ?? 1),
  scale: scalePolicy,
  rounds: ({ operations }) => operations,
  draw: (plan, numbers) =>
    drawOperations(plan, numbers, {
      rounds: plan.operations,
      space: randSpace,
      levelOf: () => plan.magnitude,
    }),
};
