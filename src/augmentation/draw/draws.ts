/**
 * Random changes of training images, as numbers: an augmentation and what the draw is keyed by come in, and what a step
 * is fed for each image comes out. Shape letters: B batch, N of an image.
 */

import { drawHoles, drawRectangle, type Rectangle } from '../kinds/cover/random-erasing.ts';
import { drawBlur, drawNoise, kernelLength } from '../kinds/filter/gaussian-blur.ts';
import { type Change, unchanged, writeTransform } from '../kinds/geometry/transform.ts';
import { afterOf } from '../kinds/policy/moves.ts';
import { drawPolicy, roundsOf } from '../kinds/policy/operations.ts';
import { type PixelChange, pixelChangeOf, pixelNumbers } from '../kinds/policy/pixel-change.ts';
import type { AugmentationPlan } from '../plan.ts';
import { scaleAugmentation, strengthAt } from '../strength.ts';
import { colourNames, drawColours } from './colours.ts';
import { drawGeometry } from './geometry.ts';
import { drawMix, drawPartners } from './mix.ts';
import { type Streams, streamsFor } from './streams.ts';

export interface ImageChange extends Change {
  readonly erase: Rectangle | null;
  /** One after the other; as many for each image. */
  readonly pixels: readonly PixelChange[];
}

/**
 * The change of one image.
 * @param streams its random numbers, which depend on (seed, stage, epoch, row) alone
 * @param imageSize side of the image in pixels, for the rectangle
 * @throws RunError where no rectangle of the asked size fits into the image
 */
export function drawAugmentation(plan: AugmentationPlan, streams: Streams, imageSize: number): ImageChange {
  const numbers = streams('shiftZoomFlip');
  const operations = drawPolicy(plan, streams);
  return {
    ...drawGeometry(plan, numbers, streams),
    after: afterOf(operations),
    pixels: operations.map(pixelChangeOf),
    erase: plan.randomErasing && drawRectangle(plan.randomErasing, numbers, imageSize),
  };
}

/**
 * What a step is fed: `transforms` [B, 8] as ImageProjectiveTransformV3 takes them, from the cached image to the
 * network's; `rectangles` [B, 5] and `holes` [B, N, 5]: top, left, height, width, value, all zero for none;
 * `pixelChanges` [B, R, N] as `changePixelsInRounds` takes them; `colours` [B, N], one number for each of `colourNames`; `kernels` [B, K] as `blurImages` takes them, `deviations` [B] and
 * `noiseSeeds` [B, 2] as `addNoise`; `partners` [B] and `blends` [B, 5] as `mixImages` takes them, `shares`
 * [B] of each image's own labels.
 */
export type FeedName =
  | 'transforms'
  | 'rectangles'
  | 'pixelChanges'
  | 'colours'
  | 'kernels'
  | 'deviations'
  | 'noiseSeeds'
  | 'holes'
  | 'partners'
  | 'blends'
  | 'shares';

type IntegerFeed = 'partners' | 'noiseSeeds';

/** Numbers that a step is fed, those of one image after those of the one before. */
export type BatchDraws = Readonly<Partial<Record<Exclude<FeedName, IntegerFeed>, Float32Array>>> & {
  readonly transforms: Float32Array;
  readonly partners?: Int32Array;
  readonly noiseSeeds?: Int32Array;
};

export function feedType(name: FeedName): 'int32' | 'float32' {
  return name === 'partners' || name === 'noiseSeeds' ? 'int32' : 'float32';
}

/**
 * @param augmentation null for evaluation
 * @returns of each feed that a step takes, the shape of one image's part
 */
export function feedsOf(augmentation: AugmentationPlan | null): ReadonlyMap<FeedName, readonly number[]> {
  const feeds = new Map<FeedName, readonly number[]>([['transforms', [8]]]);
  if (augmentation === null) return feeds;
  const { gaussianBlur, gaussianNoise, randomErasing, coarseDropout, mixUp, cutMix } = augmentation;
  const colours = colourNames(augmentation).length;
  if (randomErasing !== null) feeds.set('rectangles', [5]);
  const rounds = roundsOf(augmentation);
  if (rounds > 0) feeds.set('pixelChanges', [rounds, pixelNumbers.length]);
  if (colours > 0) feeds.set('colours', [colours]);
  if (gaussianBlur !== null) feeds.set('kernels', [kernelLength(gaussianBlur)]);
  if (gaussianNoise !== null) feeds.set('deviations', []).set('noiseSeeds', [2]);
  if (coarseDropout !== null) feeds.set('holes', [coarseDropout.holes[1], 5]);
  if (mixUp !== null || cutMix !== null) feeds.set('partners', []).set('blends', [5]).set('shares', []);
  return feeds;
}

function numbersOf({ top, left, height, width, value }: Rectangle): number[] {
  return [top, left, height, width, value];
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
  // What is fed is that of the full strength, since all epochs of a stage are one graph.
  const scaled =
    augmentation && scaleAugmentation(augmentation, strengthAt(augmentation.strength, epoch, epochs));
  const names = augmentation === null ? [] : colourNames(augmentation);
  const streamsOf = streamsFor(seed);
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
  const set = (name: FeedName, i: number, values: readonly number[]): void =>
    draws[name]?.set(values, i * sizes.get(name)!);
  rows.forEach((row, i) => {
    if (scaled === null) {
      writeTransform(unchanged, cacheSize, imageSize, draws.transforms, i * 8);
      return;
    }
    const streams = streamsOf({ stage, epoch, row });
    const change = drawAugmentation(scaled, streams, imageSize);
    writeTransform(change, cacheSize, imageSize, draws.transforms, i * 8);
    if (change.erase !== null) set('rectangles', i, numbersOf(change.erase));
    set(
      'pixelChanges',
      i,
      change.pixels.flatMap((pixels) => pixelNumbers.map((name) => pixels[name])),
    );
    set('colours', i, drawColours(scaled, streams, names));
    if (scaled.gaussianBlur !== null) {
      const length = sizes.get('kernels')!;
      set('kernels', i, drawBlur(scaled.gaussianBlur, streams('gaussianBlur'), length));
    }
    if (scaled.gaussianNoise !== null) {
      const { deviation, seed: words } = drawNoise(scaled.gaussianNoise, streams('gaussianNoise'));
      set('deviations', i, [deviation]);
      set('noiseSeeds', i, words);
    }
    if (scaled.coarseDropout !== null) {
      const holes = drawHoles(scaled.coarseDropout, streams('coarseDropout'), imageSize);
      set('holes', i, holes.flatMap(numbersOf));
    }
    if (draws.partners !== undefined) {
      const { share, blend } = drawMix(scaled, streams, imageSize);
      set('blends', i, blend);
      set('shares', i, [share]);
    }
  });
  return draws;
}
