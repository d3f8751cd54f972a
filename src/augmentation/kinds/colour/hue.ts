/** The hue turned, in the range of torchvision's ColorJitter. The amount is the largest turn, in parts of the circle. */
import type { ColourAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';
import { type AmountPlan, ofAmount } from '../amount.ts';

export const hue: ColourAugmentation<number | AmountPlan, AmountPlan> = {
  family: 'colour',
  word: 'colour',
  ...ofAmount,
  /** @returns a turn in parts of the circle */
  draw({ amount, probability }, numbers) {
    const isChanged = numbers.uniform() < probability;
    return isChanged ? between(numbers, -amount, amount) : 0;
  },
};
