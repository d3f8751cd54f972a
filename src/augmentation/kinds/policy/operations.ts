/**
 * Draws of TrivialAugment (Müller and Hutter, arXiv:2103.10158, its wide space) and RandAugment (Cubuk et al.,
 * arXiv:1909.13719): which operations an image gets, and how much of each. Operations and magnitudes as torchvision's
 * `TrivialAugmentWide` and `RandAugment`.
 */

import type { Stream } from '../../../random.ts';
import type { Streams } from '../../draw/streams.ts';
import type { AugmentationPlan } from '../../plan.ts';

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

/** Shifts are 32 of the 224 pixels that images have there; torchvision shifts by as many pixels of smaller ones. */
export const trivialSpace: PolicySpace = {
  shear: 0.99,
  translate: 32 / 224,
  rotate: 135,
  factor: 0.99,
  bits: 6,
};
export const randSpace: PolicySpace = { shear: 0.3, translate: 150 / 331, rotate: 30, factor: 0.9, bits: 4 };

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

/** How many operations each image gets, `identity` counted. */
export function roundsOf({ trivialAugment, randAugment }: AugmentationPlan): number {
  if (trivialAugment !== null) return 1;
  return randAugment === null ? 0 : randAugment.operations;
}

/** The operations of one image, as many for each, in the order in which they are done. */
export function drawPolicy(plan: AugmentationPlan, streams: Streams): Operation[] {
  const { trivialAugment, randAugment } = plan;
  const policy = trivialAugment ?? randAugment;
  if (policy === null) return [];
  const numbers = streams(trivialAugment === null ? 'randAugment' : 'trivialAugment');
  const isDone = numbers.uniform() < policy.probability;
  const strength = policy.strength ?? 1;
  return Array.from({ length: roundsOf(plan) }, () => {
    const operation =
      trivialAugment === null
        ? drawOperation(randSpace, numbers, strength, () => randAugment!.magnitude)
        : drawOperation(trivialSpace, numbers, strength, () => numbers.integer(MOST + 1));
    return isDone ? operation : identity;
  });
}

const identity: Operation = { name: 'identity', magnitude: 0 };

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
