/** A part of the image, drawn as torchvision's RandomResizedCrop (Szegedy et al., arXiv:1409.4842). */
import type { Stream } from '../../../random.ts';
import type { GeometryAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';
import { checkRange, mapRange, type Range, rangeOf } from '../range.ts';
import type { Crop } from './transform.ts';

export interface RandomResizedCropPlan {
  /** Share of the image's area. */
  readonly scale: Range;
  /** Width / height. */
  readonly ratio: Range;
  readonly probability: number;
}

export const randomResizedCrop: GeometryAugmentation<
  WrittenAugmentation['randomResizedCrop'],
  RandomResizedCropPlan | null
> = {
  family: 'geometry',
  word: 'crop',
  planOf: (crop) => crop && { ...crop, scale: rangeOf(crop.scale), ratio: rangeOf(crop.ratio) },
  // A crop of the whole area still changes the ratio of the sides.
  strengthOf: (crop) => (crop === null ? 0 : crop.probability * (2 - crop.scale[0])),
  scale: (crop, strength) =>
    crop && {
      ...crop,
      scale: mapRange(crop.scale, (share) => 1 - strength * (1 - share)),
      ratio: mapRange(crop.ratio, (ratio) => ratio ** strength),
    },
  check(crop, checked) {
    if (crop === null) return;
    checkRange(crop.scale, 'scale', checked);
    checkRange(crop.ratio, 'ratio', checked);
  },
  draw: (plan, numbers) => ({ crop: drawCrop(plan, numbers) }),
};

/** Draws of a part of the image before the middle is taken, as torchvision. */
const tries = 10;

/** A part with a uniform area and a uniform logarithm of width / height, at a uniform place inside the image. */
function drawCrop({ scale, ratio, probability }: RandomResizedCropPlan, numbers: Stream): Crop | null {
  if (numbers.uniform() >= probability) return null;
  for (let i = 0; i < tries; i++) {
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
