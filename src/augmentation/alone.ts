/** Each augmentation of a plan by itself, done as all of them are. In: AugmentationPlan. Out: one plan for each. */
import { fillDefaults } from '../schema/defaults.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { experimentSchema } from '../schema/schema.ts';
import { type AugmentationPlan, augmentationOf } from './plan.ts';
import { strengthOf } from './strength.ts';
import { type AugmentationName, augmentationNames } from './table.ts';

/** What the plan asks for, in the order in which it is applied. */
export function activeAugmentations(plan: AugmentationPlan): AugmentationName[] {
  return augmentationNames.filter((name) => strengthOf(plan, name) > 0);
}

/** The plan with all others left out; keys that say how it is done stay. */
export function aloneOf(plan: AugmentationPlan, name: AugmentationName): AugmentationPlan {
  const others = augmentationNames.filter((other) => other !== name);
  const nothing = noAugmentation();
  return { ...plan, ...Object.fromEntries(others.map((other) => [other, nothing[other]])) };
}

/** The augmentation of a file that says nothing of it. */
function noAugmentation(): AugmentationPlan {
  const { value } = fillDefaults(experimentSchema().definitions!.augmentation!, {});
  return augmentationOf(value as ResolvedExperiment['augmentation']);
}
