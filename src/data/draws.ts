/**
 * Random changes of training images, as numbers. In: an augmentation, and what the draw is keyed by. Out: a projective
 * transform and a rectangle for each image. Ranges as Keras's ImageDataGenerator; rectangle as random erasing (Zhong et al.,
 * arXiv:1708.04896) in the variant of github.com/yu4u/cutout-random-erasing. Shape letters: B batch.
 */
import { RunError } from '../errors.ts';
import type { AugmentationPlan, RandomErasingPlan } from '../plan/plan.ts';
import { type Key, keyFor, type Stream, stream } from '../random.ts';
import { type Change, writeTransform } from './transform.ts';

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

const identity: ImageChange = { flip: false, shiftX: 0, shiftY: 0, zoomX: 1, zoomY: 1, erase: null };

/** Rectangles tried for one image before the settings count as impossible. */
const tries = 10_000;

/**
 * The change of one image. It depends on (seed, stage, epoch, row) alone.
 * @param key of `augmentationKey`
 * @param imageSize side of the image in pixels, for the rectangle
 * @throws RunError where no rectangle of the asked size fits into the image
 */
export function drawAugmentation(
  plan: AugmentationPlan,
  key: Key,
  { stage, epoch, row, imageSize }: { stage: number; epoch: number; row: number; imageSize: number },
): ImageChange {
  const numbers = stream(key, stage, epoch, row);
  // Every number is drawn whether it is used or not, so that one setting does not change what the others draw.
  const flip = numbers.uniform() < plan.horizontalFlip;
  const shiftX = between(numbers, -plan.shift.x, plan.shift.x);
  const shiftY = between(numbers, -plan.shift.y, plan.shift.y);
  const zoomX = between(numbers, 1 - plan.zoom, 1 + plan.zoom);
  const zoomY = between(numbers, 1 - plan.zoom, 1 + plan.zoom);
  const erase = plan.randomErasing === null ? null : drawRectangle(plan.randomErasing, numbers, imageSize);
  return { flip, shiftX, shiftY, zoomX, zoomY, erase };
}

export function augmentationKey(seed: number): Key {
  return keyFor(seed, 'augmentation');
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

function between(numbers: Stream, low: number, high: number): number {
  return low + (high - low) * numbers.uniform();
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
  const { seed, rows, cacheSize, imageSize } = options;
  const key = augmentationKey(seed);
  const transforms = new Float32Array(rows.length * 8);
  const rectangles = augmentation?.randomErasing ? new Float32Array(rows.length * 5) : null;
  rows.forEach((row, i) => {
    const change =
      augmentation === null ? identity : drawAugmentation(augmentation, key, { ...options, row });
    writeTransform(change, cacheSize, imageSize, transforms, i * 8);
    const { erase } = change;
    if (rectangles !== null && erase !== null) {
      rectangles.set([erase.top, erase.left, erase.height, erase.width, erase.value], i * 5);
    }
  });
  return { transforms, rectangles };
}
