/** Draws of the changes of colour: a number for each that the plan uses. Ranges as torchvision's ColorJitter. */
import type { AmountPlan, AugmentationPlan } from '../plan.ts';
import { between, type Streams } from './streams.ts';

/** In the order in which they are applied. */
const kinds = ['brightness', 'contrast', 'saturation', 'hue', 'grayscale'] as const;

export type ColourName = (typeof kinds)[number];

/** Those that can change an image. */
export function colourNames(plan: AugmentationPlan): readonly ColourName[] {
  return kinds.filter((name) =>
    name === 'grayscale' ? plan.grayscale > 0 : plan[name].amount > 0 && plan[name].probability > 0,
  );
}

/**
 * @param names what numbers are asked for
 * @returns one for each: a factor, a turn of the hue in parts of the circle, 1 for grey
 */
export function drawColours(
  plan: AugmentationPlan,
  streams: Streams,
  names: readonly ColourName[],
): number[] {
  return names.map((name) => {
    const numbers = streams(name);
    if (name === 'grayscale') return numbers.uniform() < plan.grayscale ? 1 : 0;
    const { amount, probability }: AmountPlan = plan[name];
    const isChanged = numbers.uniform() < probability;
    if (name === 'hue') return isChanged ? between(numbers, -amount, amount) : 0;
    return isChanged ? between(numbers, Math.max(0, 1 - amount), 1 + amount) : 1;
  });
}
