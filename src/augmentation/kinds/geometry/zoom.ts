/** Both sides scaled by factors of their own, in the range of Keras's ImageDataGenerator. */
import type { GeometryAugmentation } from '../../augmentation.ts';
import { between, sharedStream } from '../../draw/streams.ts';
import { type AmountPlan, ofAmount } from '../amount.ts';

/** The amount is the largest distance of a factor from 1. */
export const zoom: GeometryAugmentation<number | AmountPlan, AmountPlan> = {
  family: 'geometry',
  word: 'zoom',
  ...ofAmount,
  draw({ amount, probability }, numbers, streams) {
    const shared = sharedStream(streams, 'zoom');
    const factor = (): number => between(shared, 1 - amount, 1 + amount);
    const [zoomX, zoomY] = [factor(), factor()];
    const isZoomed = numbers.uniform() < probability;
    return isZoomed ? { zoomX, zoomY } : {};
  },
};
