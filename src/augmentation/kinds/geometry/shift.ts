/** Shift along each side, in the ranges of Keras's ImageDataGenerator. */
import type { GeometryAugmentation } from '../../augmentation.ts';
import { between, sharedStream } from '../../draw/streams.ts';
import { checkSides, ofSides, type SidesPlan } from './sides.ts';

/** x and y are shares of the side. */
export const shift: GeometryAugmentation<SidesPlan, SidesPlan> = {
  family: 'geometry',
  word: 'shift',
  ...ofSides,
  check: (written, checked) => checkSides(written, 'shift', 'a share of the side', checked),
  draw({ x, y, probability }, numbers, streams) {
    const shared = sharedStream(streams, 'shift');
    const [shiftX, shiftY] = [between(shared, -x, x), between(shared, -y, y)];
    const isShifted = numbers.uniform() < probability;
    return isShifted ? { shiftX, shiftY } : {};
  },
};
