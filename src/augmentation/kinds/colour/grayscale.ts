/** All colour taken out, as torchvision's RandomGrayscale. The plan is how often. */
import type { ColourAugmentation } from '../../augmentation.ts';
import { ofProbability } from '../probability.ts';

export const grayscale: ColourAugmentation<number, number> = {
  family: 'colour',
  word: 'colour',
  ...ofProbability,
  /** @returns 1 for grey, 0 for colours as they are */
  draw: (probability, numbers) => (numbers.uniform() < probability ? 1 : 0),
};
