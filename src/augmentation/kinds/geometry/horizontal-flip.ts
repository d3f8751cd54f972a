/** Mirrored left to right. The plan is how often. */
import type { GeometryAugmentation } from '../../augmentation.ts';
import { sharedStream } from '../../draw/streams.ts';
import { ofProbability } from '../probability.ts';

export const horizontalFlip: GeometryAugmentation<number, number> = {
  family: 'geometry',
  word: 'flip',
  isNamedFirst: true,
  ...ofProbability,
  draw: (probability, _, streams) => ({
    horizontalFlip: sharedStream(streams, 'horizontalFlip').uniform() < probability,
  }),
};
