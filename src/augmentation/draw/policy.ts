/** Draws of TrivialAugment and RandAugment: which operations an image gets, and how much of each. */
import type { PolicyAugmentation, WrittenAugmentation } from '../augmentation.ts';
import type { Operation } from '../kinds/policy/operations.ts';
import type { AugmentationPlan } from '../plan.ts';
import { augmentations, type NameOf, namesOf } from '../table.ts';
import type { Streams } from './streams.ts';

type PolicyName = NameOf<'policy'>;

const policies: {
  readonly [Name in PolicyName]: PolicyAugmentation<WrittenAugmentation[Name], AugmentationPlan[Name]>;
} = augmentations;
const names = namesOf('policy');

/** A plan has one policy at most. */
function policyName(plan: AugmentationPlan): PolicyName | undefined {
  return names.find((name) => plan[name] !== null);
}

/** How many operations each image gets, `identity` counted. */
export function roundsOf(plan: AugmentationPlan): number {
  const rounds = <Name extends PolicyName>(name: Name): number => {
    const own: AugmentationPlan[Name] = plan[name];
    return own === null ? 0 : policies[name].rounds(own);
  };
  const name = policyName(plan);
  return name === undefined ? 0 : rounds(name);
}

/** The operations of one image, as many for each, in the order in which they are done. */
export function drawPolicy(plan: AugmentationPlan, streams: Streams): Operation[] {
  const draw = <Name extends PolicyName>(name: Name): Operation[] => {
    const own: AugmentationPlan[Name] = plan[name];
    return own === null ? [] : policies[name].draw(own, streams(name));
  };
  const name = policyName(plan);
  return name === undefined ? [] : draw(name);
}
