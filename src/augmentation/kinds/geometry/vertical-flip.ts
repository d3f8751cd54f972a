/** Mirrored upside down. The plan is how often. */
import type { GeometryAugmentation } from '../../augmentation.ts';
import { ofProbability } from '../probability.ts';

export const verticalFlip: GeometryAugmentation<number, number> = {
  family: 'geometry',
  word: 'flip',
  isNamedFirst: true,
  ...ofProbability,
  draw: (probability, numbers) => ({ verticalFlip: numbers.uniform() < probability }),
};
