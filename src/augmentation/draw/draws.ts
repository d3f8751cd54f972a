/**
 * Random changes of training images, as numbers: an augmentation and what the draw is keyed by come in, and what a step
 * is fed for each image comes out.
 */
import { type Change, unchanged, writeTransform } from '../kinds/geometry/transform.ts';
import { afterOf } from '../kinds/policy/moves.ts';
import { pixelChangeOf, pixelNumbers } from '../kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../plan.ts';
import { scaleAugmentation, strengthAt } from '../strength.ts';
import { colourNames, drawColours } from './colours.ts';
import {
  type FedName,
  type FeedName,
  fedAugmentations,
  fedNames,
  feedNamesOf,
  feedsOf,
  feedType,
  isAsked,
  shapesOf,
} from './feeds.ts';
import { drawGeometry } from './geometry.ts';
import { drawMix, drawPartners } from './mix.ts';
import { drawPolicy } from './policy.ts';
import { type Streams, streamsFor } from './streams.ts';

export interface DrawnImage {
  readonly change: Change;
  /** Numbers for the other feeds; where they are fewer than its shape has, the rest is 0. */
  readonly fed: ReadonlyMap<FeedName, readonly number[]>;
}

/**
 * The change of one image, but for its partner.
 * @param streams its random numbers, which depend on (seed, stage, epoch, row) alone
 * @param side of the network's image in pixels
 * @param full the plan at the stage's full strength: what is fed follows it, since all epochs of a stage are one graph
 * @throws RunError where no rectangle of the asked size fits into the image
 */
export function drawAugmentation(
  plan: AugmentationPlan,
  streams: Streams,
  side: number,
  full: AugmentationPlan = plan,
): DrawnImage {
  const operations = drawPolicy(plan, streams);
  const fed = new Map<FeedName, readonly number[]>();
  fed.set(
    'pixelChanges',
    operations.map(pixelChangeOf).flatMap((change) => pixelNumbers.map((name) => change[name])),
  );
  fed.set('colours', drawColours(plan, streams, colourNames(full)));
  const draw = <Name extends FedName>(name: Name): void => {
    const own: AugmentationPlan[Name] = plan[name];
    const whole: AugmentationPlan[Name] = full[name];
    if (!isAsked(own) || !isAsked(whole)) return;
    const image = { side, streams, shapes: shapesOf(name, whole) };
    const drawn = fedAugmentations[name].draw(own, streams(name), image);
    for (const feed of feedNamesOf(name)) fed.set(feed, drawn[feed]);
  };
  fedNames.forEach(draw);
  const { share, blend } = drawMix(plan, streams, side);
  fed.set('blends', blend).set('shares', [share]);
  return { change: { ...drawGeometry(plan, streams), after: afterOf(operations) }, fed };
}

/** Numbers that a step is fed, those of one image after those of the one before. */
export type BatchDraws = Readonly<Partial<Record<FeedName, Float32Array | Int32Array>>> & {
  readonly transforms: Float32Array;
};

/**
 * @param augmentation null for evaluation: each image is resized and nothing else
 */
export function drawBatch(
  augmentation: AugmentationPlan | null,
  options: {
    readonly seed: number;
    readonly stage: number;
    readonly epoch: number;
    /** Of the stage: the strength of its augmentation may depend on how many there are. */
    readonly epochs: number;
    readonly rows: Int32Array;
    /** Side of the cached images, pixels. */
    readonly cacheSize: number;
    /** Side of the network's images, pixels. */
    readonly imageSize: number;
  },
): BatchDraws {
  const { seed, stage, epoch, epochs, rows, cacheSize, imageSize } = options;
  const sizes = new Map(
    [...feedsOf(augmentation)].map(([name, shape]) => [name, shape.reduce((a, b) => a * b, 1)]),
  );
  const draws = Object.fromEntries(
    [...sizes].map(([name, size]) => [
      name,
      name === 'partners'
        ? drawPartners(seed, { stage, epoch, rows })
        : new (feedType(name) === 'int32' ? Int32Array : Float32Array)(rows.length * size),
    ]),
  ) as BatchDraws;
  if (augmentation === null) {
    rows.forEach((_, i) => {
      writeTransform(unchanged, cacheSize, imageSize, draws.transforms, i * 8);
    });
    return draws;
  }
  const scaled = scaleAugmentation(augmentation, strengthAt(augmentation.strength, epoch, epochs));
  const streamsOf = streamsFor(seed);
  rows.forEach((row, i) => {
    const streams = streamsOf({ stage, epoch, row });
    const { change, fed } = drawAugmentation(scaled, streams, imageSize, augmentation);
    writeTransform(change, cacheSize, imageSize, draws.transforms, i * 8);
    for (const [name, values] of fed) draws[name]?.set(values, i * (sizes.get(name) ?? 0));
  });
  return draws;
}
