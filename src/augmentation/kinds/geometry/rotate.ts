/** Rotation about the centre, in the range of torchvision's RandomAffine. */
import type { GeometryAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';

export interface RotatePlan {
  readonly degrees: number;
  readonly probability: number;
}

export const rotate: GeometryAugmentation<number | RotatePlan, RotatePlan> = {
  family: 'geometry',
  word: 'rotate',
  planOf: (written) => (typeof written === 'number' ? { degrees: written, probability: 1 } : written),
  strengthOf: ({ degrees, probability }) => probability * degrees,
  scale: ({ degrees, probability }, strength) => ({ degrees: strength * degrees, probability }),
  draw({ degrees, probability }, numbers) {
    const isRotated = numbers.uniform() < probability;
    return isRotated ? { rotate: between(numbers, -degrees, degrees) } : {};
  },
};
