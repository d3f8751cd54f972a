/** One operation for each image, at any level (Müller and Hutter, arXiv:2103.10158), in the wide space of the paper. */
import type { PolicyAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { drawOperations, MOST, type PolicyPlan, type PolicySpace, scalePolicy } from './operations.ts';

/** Shifts are 32 of the 224 pixels that images have there; torchvision shifts by as many pixels of smaller ones. */
export const trivialSpace: PolicySpace = {
  shear: 0.99,
  translate: 32 / 224,
  rotate: 135,
  factor: 0.99,
  bits: 6,
};

export const trivialAugment: PolicyAugmentation<WrittenAugmentation['trivialAugment'], PolicyPlan | null> = {
  family: 'policy',
  word: 'trivialAugment',
  planOf: (trivial) => trivial,
  strengthOf: (trivial) => (trivial === null ? 0 : trivial.probability * (trivial.strength ?? 1)),
  scale: scalePolicy,
  check(trivial, { all, path, report }) {
    if (trivial === null || all.randAugment === null) return;
    report.key(
      'conflict',
      path,
      'trivialAugment and randAugment are two ways to draw from the same operations, and an image gets one of them',
      'Remove one of the two: randAugment has a number of operations and a magnitude, trivialAugment nothing to be tuned.',
    );
  },
  rounds: () => 1,
  draw: (plan, numbers) =>
    drawOperations(plan, numbers, {
      rounds: 1,
      space: trivialSpace,
      levelOf: () => numbers.integer(MOST + 1),
    }),
};
