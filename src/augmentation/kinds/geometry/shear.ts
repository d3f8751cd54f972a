/** Shear about the centre, in the ranges of torchvision's RandomAffine. */
import type { GeometryAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';
import { checkSides, ofSides, type SidesPlan } from './sides.ts';

/** x and y are degrees. */
export const shear: GeometryAugmentation<SidesPlan, SidesPlan> = {
  family: 'geometry',
  word: 'shear',
  ...ofSides,
  check: (written, checked) => checkSides(written, 'shear', 'degrees', checked),
  draw({ x, y, probability }, numbers) {
    const isSheared = numbers.uniform() < probability;
    return isSheared ? { shearX: between(numbers, -x, x), shearY: between(numbers, -y, y) } : {};
  },
};
