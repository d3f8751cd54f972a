/**
 * The operations that TrivialAugment and RandAugment choose from, and how one of them is drawn. Operations and magnitudes
 * as torchvision's `TrivialAugmentWide` and `RandAugment`.
 */

import type { Stream } from '../../../random.ts';

/** As many as torchvision's 31 bins have distances between them: the level of the largest magnitude. */
export const MOST = 30;

/** Largest magnitudes of one of the two spaces. */
export interface PolicySpace {
  /** Tangent of the angle. */
  readonly shear: number;
  /** Share of the side. */
  readonly translate: number;
  /** Degrees. */
  readonly rotate: number;
  /** Distance of the factor from 1: brightness, colour, contrast, sharpness. */
  readonly factor: number;
  /** Bits that Posterize takes away. */
  readonly bits: number;
}

export const operationNames = [
  'identity',
  'shearX',
  'shearY',
  'translateX',
  'translateY',
  'rotate',
  'brightness',
  'colour',
  'contrast',
  'sharpness',
  'posterize',
  'solarize',
  'autoContrast',
  'equalize',
] as const;

export type OperationName = (typeof operationNames)[number];

/** An operation with its number: tangent, share of the side, degrees, factor, bits that stay, threshold from 0 to 1. */
export interface Operation {
  readonly name: OperationName;
  readonly magnitude: number;
}

/**
 * @param level 0 to 30
 * @param sign 1 or -1, for what goes both ways
 */
export function operationOf(name: OperationName, space: PolicySpace, level: number, sign: 1 | -1): Operation {
  const share = level / MOST;
  switch (name) {
    case 'shearX':
    case 'shearY':
      return { name, magnitude: sign * share * space.shear };
    case 'translateX':
    case 'translateY':
      return { name, magnitude: sign * share * space.translate };
    case 'rotate':
      return { name, magnitude: sign * share * space.rotate };
    case 'brightness':
    case 'colour':
    case 'contrast':
    case 'sharpness':
      return { name, magnitude: 1 + sign * share * space.factor };
    case 'posterize':
      return { name, magnitude: Math.round(8 - share * space.bits) };
    case 'solarize':
      return { name, magnitude: 1 - share };
    default:
      return { name, magnitude: 0 };
  }
}

const identity: Operation = { name: 'identity', magnitude: 0 };

/** What both plans hold. */
export interface PolicyPlan {
  readonly probability: number;
  /** Share of a level, and of how often what has no level is done: 1 where it is not said. */
  readonly strength?: number;
}

/**
 * The operations of one image, as many for each, in the order in which they are done.
 * @param levelOf draws the level of one, 0 to 30
 */
export function drawOperations(
  { probability, strength = 1 }: PolicyPlan,
  numbers: Stream,
  { rounds, space, levelOf }: { rounds: number; space: PolicySpace; levelOf: () => number },
): Operation[] {
  const isDone = numbers.uniform() < probability;
  return Array.from({ length: rounds }, () => {
    const operation = drawOperation(space, numbers, strength, levelOf);
    return isDone ? operation : identity;
  });
}

/** One of all alike. Every number is drawn whether it is used or not, so that strength draws nothing else. */
function drawOperation(
  space: PolicySpace,
  numbers: Stream,
  strength: number,
  levelOf: () => number,
): Operation {
  const name = operationNames[numbers.integer(operationNames.length)]!;
  const sign = numbers.uniform() < 0.5 ? -1 : 1;
  const isThere = numbers.uniform() < strength;
  const level = strength * levelOf();
  const hasLevel = name !== 'autoContrast' && name !== 'equalize';
  return hasLevel || isThere ? operationOf(name, space, level, sign) : identity;
}

/** At level 0 some operations change a pixel, so that at strength 0 none is done. */
export function scalePolicy<Plan extends PolicyPlan>(policy: Plan | null, strength: number): Plan | null {
  if (policy === null) return null;
  return {
    ...policy,
    strength: strength * (policy.strength ?? 1),
    probability: strength === 0 ? 0 : policy.probability,
  };
}
