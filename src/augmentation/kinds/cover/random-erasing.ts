/**
 * One rectangle painted over an image (Zhong et al., arXiv:1708.04896), in the variant of
 * github.com/yu4u/cutout-random-erasing.
 */
import { RunError } from '../../../errors.ts';
import type { Stream } from '../../../random.ts';
import type { CoverAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { between, sharedStream } from '../../draw/streams.ts';
import { numbersOf, type Rectangle } from './rectangle.ts';

export interface RandomErasingPlan {
  readonly probability: number;
  readonly areaMin: number;
  readonly areaMax: number;
  readonly aspectMin: number;
  readonly aspectMax: number;
  readonly valueMin: number;
  readonly valueMax: number;
}

export const randomErasing: CoverAugmentation<
  WrittenAugmentation['randomErasing'],
  RandomErasingPlan | null,
  'rectangles'
> = {
  family: 'cover',
  word: 'erase',
  planOf: (erasing) => erasing,
  strengthOf: (erasing) => (erasing === null ? 0 : erasing.probability * erasing.areaMax),
  scale: (erasing, strength) =>
    erasing && { ...erasing, areaMin: strength * erasing.areaMin, areaMax: strength * erasing.areaMax },
  check(erasing, { path, report }) {
    if (erasing === null) return;
    for (const [low, high] of [
      ['areaMin', 'areaMax'],
      ['aspectMin', 'aspectMax'],
      ['valueMin', 'valueMax'],
    ] as const) {
      if (erasing[low] <= erasing[high]) continue;
      report(
        'conflict',
        [...path, low],
        `expected at most ${high}, which is ${erasing[high]}, got ${erasing[low]}`,
      );
    }
  },
  feeds: {
    /** Top, left, height, width, value; all zero for none. */
    rectangles: { type: 'float32', shape: () => [5] },
  },
  isFedFirst: true,
  draw(plan, _, { side, streams }) {
    const rectangle = drawRectangle(plan, sharedStream(streams, 'randomErasing'), side);
    return { rectangles: rectangle === null ? [] : numbersOf(rectangle) };
  },
};

/** Rectangles tried for one image before the settings count as impossible. */
const tries = 10_000;

/**
 * The article's eraser: area and height / width are uniform, the corner is uniform over the whole image, and all four
 * are drawn again until the rectangle lies inside.
 * @throws RunError where no rectangle of the asked size fits into the image
 */
function drawRectangle(plan: RandomErasingPlan, numbers: Stream, side: number): Rectangle | null {
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
