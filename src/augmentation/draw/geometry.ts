/**
 * Draws of the changes that are one resampling. Ranges of shift and zoom as Keras's ImageDataGenerator, of rotation and
 * shear as torchvision's RandomAffine, of the crop as its RandomResizedCrop.
 */

import type { Stream } from '../../random.ts';
import type { Change, Crop } from '../kinds/geometry/transform.ts';
import type { AugmentationPlan, RandomResizedCropPlan } from '../plan.ts';
import { between, type Streams } from './streams.ts';

/** Draws of a part of the image before the middle is taken, as torchvision. */
const cropTries = 10;

/**
 * @param numbers the stream that shift, zoom and horizontal flip share; five numbers are taken
 */
export function drawGeometry(
  plan: AugmentationPlan,
  numbers: Stream,
  streams: Streams,
): Omit<Change, 'after'> {
  // Every number is drawn whether it is used or not, so that one setting does not change what the others draw.
  const horizontalFlip = numbers.uniform() < plan.horizontalFlip;
  const shiftX = between(numbers, -plan.shift.x, plan.shift.x);
  const shiftY = between(numbers, -plan.shift.y, plan.shift.y);
  const zoomX = between(numbers, 1 - plan.zoom.amount, 1 + plan.zoom.amount);
  const zoomY = between(numbers, 1 - plan.zoom.amount, 1 + plan.zoom.amount);
  const isShifted = streams('shift').uniform() < plan.shift.probability;
  const isZoomed = streams('zoom').uniform() < plan.zoom.probability;
  const { degrees } = plan.rotate;
  const rotation = streams('rotate');
  const isRotated = rotation.uniform() < plan.rotate.probability;
  const lean = streams('shear');
  const isSheared = lean.uniform() < plan.shear.probability;
  return {
    horizontalFlip,
    verticalFlip: streams('verticalFlip').uniform() < plan.verticalFlip,
    shiftX: isShifted ? shiftX : 0,
    shiftY: isShifted ? shiftY : 0,
    zoomX: isZoomed ? zoomX : 1,
    zoomY: isZoomed ? zoomY : 1,
    rotate: isRotated ? between(rotation, -degrees, degrees) : 0,
    shearX: isSheared ? between(lean, -plan.shear.x, plan.shear.x) : 0,
    shearY: isSheared ? between(lean, -plan.shear.y, plan.shear.y) : 0,
    crop: plan.randomResizedCrop && drawCrop(plan.randomResizedCrop, streams('randomResizedCrop')),
  };
}

/** A part with a uniform area and a uniform logarithm of width / height, at a uniform place inside the image. */
function drawCrop({ scale, ratio, probability }: RandomResizedCropPlan, numbers: Stream): Crop | null {
  if (numbers.uniform() >= probability) return null;
  for (let i = 0; i < cropTries; i++) {
    const area = between(numbers, ...scale);
    const aspect = Math.exp(between(numbers, Math.log(ratio[0]), Math.log(ratio[1])));
    const width = Math.sqrt(area * aspect);
    const height = Math.sqrt(area / aspect);
    if (width > 1 || height > 1) continue;
    return {
      left: (1 - width) * numbers.uniform(),
      top: (1 - height) * numbers.uniform(),
      width,
      height,
    };
  }
  // The image is square: the largest part in the middle whose aspect is the allowed one nearest to 1.
  const aspect = Math.min(Math.max(1, ratio[0]), ratio[1]);
  const [width, height] = [Math.min(1, aspect), Math.min(1, 1 / aspect)];
  return { left: (1 - width) / 2, top: (1 - height) / 2, width, height };
}
