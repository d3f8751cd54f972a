/** The augmentation of a file that says nothing of it, for tests to change. */
import { type AugmentationPlan, augmentationOf } from '../../src/augmentation/plan.ts';
import { fillDefaults } from '../../src/schema/defaults.ts';
import type { ResolvedExperiment } from '../../src/schema/experiment.ts';
import { experimentSchema } from '../../src/schema/schema.ts';

export const noAugmentation: AugmentationPlan = augmentationOf(
  fillDefaults(experimentSchema().definitions!.augmentation!, {}).value as ResolvedExperiment['augmentation'],
);
