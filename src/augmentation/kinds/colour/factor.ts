/** What brightness, contrast and saturation share: a factor, in the range of torchvision's ColorJitter. */
import type { Stream } from '../../../random.ts';
import { between } from '../../draw/streams.ts';
import { type AmountPlan, ofAmount } from '../amount.ts';

export const ofFactor = {
  family: 'colour',
  word: 'colour',
  ...ofAmount,
  /** @returns a factor that is not below 0; 1 changes nothing */
  draw({ amount, probability }: AmountPlan, numbers: Stream): number {
    const isChanged = numbers.uniform() < probability;
    return isChanged ? between(numbers, Math.max(0, 1 - amount), 1 + amount) : 1;
  },
} as const;
