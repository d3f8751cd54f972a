/**
 * Draws of rectangles that are painted over an image. Random erasing (Zhong et al., arXiv:1708.04896) in the variant of
 * github.com/yu4u/cutout-random-erasing; coarse dropout as albumentations.
 */
import { RunError } from '../../../errors.ts';
import type { Stream } from '../../../random.ts';
import { between } from '../../draw/streams.ts';
import type { CoarseDropoutPlan, RandomErasingPlan } from '../../plan.ts';

/** A rectangle in pixels of the image, painted with one value of the normalised image. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly value: number;
}

/** Rectangles tried for one image before the settings count as impossible. */
const tries = 10_000;

/**
 * The article's eraser: area and height / width are uniform, the corner is uniform over the whole image, and all four
 * are drawn again until the rectangle lies inside.
 * @throws RunError where no rectangle of the asked size fits into the image
 */
export function drawRectangle(plan: RandomErasingPlan, numbers: Stream, side: number): Rectangle | null {
  const isErased = numbers.uniform() < plan.probability;
  const value = between(numbers, plan.valueMin, plan.valueMax);
  if (!isErased) return null;
  for (let i = 0; i < tries; i++) {
    const area = between(numbers, plan.areaMin, plan.areaMax) * side * side;
    const aspect = between(numbers, plan.aspectMin, plan.aspectMax);
    const width = Math.trunc(Math.sqrt(area / aspect));
    const height = Math.trunc(Math.sqrt(area * aspect));
    const left = numbers.integer(side);
    const top = numbers.integer(side);
    if (left + width <= side && top + height <= side) return { top, left, height, width, value };
  }
  throw new RunError(
    `expected a rectangle of randomErasing to fit into ${side} × ${side} pixels, found none in ${tries} draws`,
    {
      hint: 'Lower areaMin and areaMax, or bring aspectMin and aspectMax nearer to 1.',
    },
  );
}

/**
 * Rectangles inside the image, their sides rounded to pixels, to one at least; empty for none.
 * @param side of the image in pixels
 */
export function drawHoles(
  { holes, size, value, probability }: CoarseDropoutPlan,
  numbers: Stream,
  side: number,
): Rectangle[] {
  const isHoled = numbers.uniform() < probability;
  if (!isHoled) return [];
  const count = holes[0] + numbers.integer(holes[1] - holes[0] + 1);
  return Array.from({ length: count }, () => {
    const height = Math.max(1, Math.round(between(numbers, ...size) * side));
    const width = Math.max(1, Math.round(between(numbers, ...size) * side));
    const top = numbers.integer(side - height + 1);
    const left = numbers.integer(side - width + 1);
    return { top, left, height, width, value };
  });
}
