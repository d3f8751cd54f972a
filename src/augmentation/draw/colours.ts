/** Draws of the changes of colour: a number for each that the plan uses. */
import type { ColourAugmentation, WrittenAugmentation } from '../augmentation.ts';
import type { AugmentationPlan } from '../plan.ts';
import { strengthOf } from '../strength.ts';
import { augmentations, type NameOf, namesOf } from '../table.ts';
import type { Streams } from './streams.ts';

export type ColourName = NameOf<'colour'>;

const colours: {
  readonly [Name in ColourName]: ColourAugmentation<WrittenAugmentation[Name], AugmentationPlan[Name]>;
} = augmentations;

/** Those that can change an image, in the order in which they are applied. */
export function colourNames(plan: AugmentationPlan): readonly ColourName[] {
  return namesOf('colour').filter((name) => strengthOf(plan, name) > 0);
}

/**
 * @param names what numbers are asked for
 * @returns one for each, as the `draw` of its augmentation says
 */
export function drawColours(
  plan: AugmentationPlan,
  streams: Streams,
  names: readonly ColourName[],
): number[] {
  // Whoever has a strength has a plan.
  const draw = <Name extends ColourName>(name: Name): number => {
    const own: AugmentationPlan[Name] = plan[name];
    return colours[name].draw(own!, streams(name));
  };
  return names.map(draw);
}
