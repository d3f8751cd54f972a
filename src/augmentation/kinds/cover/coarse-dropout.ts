/** Several rectangles painted over an image (DeVries and Taylor, arXiv:1708.04552), drawn as albumentations. */
import type { CoverAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { between } from '../../draw/streams.ts';
import { checkRange, mapRange, type Range, rangeOf } from '../range.ts';
import { numbersOf } from './rectangle.ts';

export interface CoarseDropoutPlan {
  /** Number of them. */
  readonly holes: Range;
  /** Side as a share of the image's. */
  readonly size: Range;
  /** In units of the normalised image. */
  readonly value: number;
  readonly probability: number;
}

export const coarseDropout: CoverAugmentation<
  WrittenAugmentation['coarseDropout'],
  CoarseDropoutPlan | null,
  'holes'
> = {
  family: 'cover',
  word: 'holes',
  planOf: (dropout) => dropout && { ...dropout, holes: rangeOf(dropout.holes), size: rangeOf(dropout.size) },
  strengthOf: (dropout) =>
    dropout === null ? 0 : dropout.probability * dropout.holes[1] * dropout.size[1] * dropout.size[1],
  // Holes have one pixel at least.
  scale: (dropout, strength) =>
    dropout && {
      ...dropout,
      size: mapRange(dropout.size, (side) => strength * side),
      probability: strength === 0 ? 0 : dropout.probability,
    },
  check(dropout, checked) {
    if (dropout === null) return;
    checkRange(dropout.holes, 'holes', checked);
    checkRange(dropout.size, 'size', checked);
  },
  feeds: {
    /** As many as the plan has at most; top, left, height, width, value of each, all zero for none. */
    holes: { type: 'float32', shape: ({ holes }) => [holes[1], 5] },
  },
  /** Rectangles inside the image, their sides rounded to pixels, to one at least. */
  draw({ holes, size, value, probability }, numbers, { side }) {
    const isHoled = numbers.uniform() < probability;
    if (!isHoled) return { holes: [] };
    const count = holes[0] + numbers.integer(holes[1] - holes[0] + 1);
    const rectangles = Array.from({ length: count }, () => {
      const height = Math.max(1, Math.round(between(numbers, ...size) * side));
      const width = Math.max(1, Math.round(between(numbers, ...size) * side));
      const top = numbers.integer(side - height + 1);
      const left = numbers.integer(side - width + 1);
      return { top, left, height, width, value };
    });
    return { holes: rectangles.flatMap(numbersOf) };
  },
};
