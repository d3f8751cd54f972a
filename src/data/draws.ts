/**
 * Random changes of training images, as numbers: an augmentation and what the draw is keyed by come in, and what a step
 * is fed for each image comes out. Rectangle as random erasing (Zhong et al., arXiv:1708.04896) in the variant of
 * github.com/yu4u/cutout-random-erasing. Shape letters: B batch.
 */
import { RunError } from '../errors.ts';
import type { AugmentationPlan, RandomErasingPlan } from '../plan/augmentation.ts';
import type { Stream } from '../random.ts';
import { drawGeometry } from './draw-geometry.ts';
import { between, type Streams, streamsFor } from './streams.ts';
import { type Change, unchanged, writeTransform } from './transform.ts';

/** A rectangle in pixels of the image, painted with one value of the normalised image. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
  readonly value: number;
}

export interface ImageChange extends Change {
  readonly erase: Rectangle | null;
}

const identity: ImageChange = { ...unchanged, erase: null };

/** Rectangles tried for one image before the settings count as impossible. */
const tries = 10_000;

/**
 * The change of one image.
 * @param streams its random numbers, which depend on (seed, stage, epoch, row) alone
 * @param imageSize side of the image in pixels, for the rectangle
 * @throws RunError where no rectangle of the asked size fits into the image
 */
export function drawAugmentation(plan: AugmentationPlan, streams: Streams, imageSize: number): ImageChange {
  const numbers = streams('shiftZoomFlip');
  return {
    ...drawGeometry(plan, numbers, streams),
    erase: plan.randomErasing && drawRectangle(plan.randomErasing, numbers, imageSize),
  };
}

/**
 * The article's eraser: area and height / width are uniform, the corner is uniform over the whole image, and all four
 * are drawn again until the rectangle lies inside.
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

export interface BatchDraws {
  /** [B, 8], as ImageProjectiveTransformV3 takes them: from the cached image to the network's. */
  readonly transforms: Float32Array;
  /** [B, 5]: top, left, height, width, value; all zero for none. Null where the plan erases nothing. */
  readonly rectangles: Float32Array | null;
}

/**
 * @param augmentation null for evaluation: each image is resized and nothing else
 */
export function drawBatch(
  augmentation: AugmentationPlan | null,
  options: {
    readonly seed: number;
    readonly stage: number;
    readonly epoch: number;
    readonly rows: Int32Array;
    /** Side of the cached images, pixels. */
    readonly cacheSize: number;
    /** Side of the network's images, pixels. */
    readonly imageSize: number;
  },
): BatchDraws {
  const { seed, stage, epoch, rows, cacheSize, imageSize } = options;
  const streamsOf = streamsFor(seed);
  const transforms = new Float32Array(rows.length * 8);
  const rectangles = augmentation?.randomErasing ? new Float32Array(rows.length * 5) : null;
  rows.forEach((row, i) => {
    const change =
      augmentation === null
        ? identity
        : drawAugmentation(augmentation, streamsOf({ stage, epoch, row }), imageSize);
    writeTransform(change, cacheSize, imageSize, transforms, i * 8);
    const { erase } = change;
    if (rectangles !== null && erase !== null) {
      rectangles.set([erase.top, erase.left, erase.height, erase.width, erase.value], i * 5);
    }
  });
  return { transforms, rectangles };
}
