/**
 * The part of augmentation that touches pixels: cached images and drawn numbers in, normalised float32 images out.
 *
 *   resample ─▶ pixel changes ─▶ colours ─▶ blur ─▶ noise ─▶ normalise ─▶ erase ─▶ holes ─▶ mix
 *
 * Only what is fed is computed. Shape letters: B batch, H height, W width, C channels, S side of a cached image.
 */

import type { tf } from '../../tensorflow/tf.ts';
import { colourNames } from '../draw/colours.ts';
import type { FeedName } from '../draw/draws.ts';
import type { Normalization } from '../normalization.ts';
import type { AugmentationPlan } from '../plan.ts';
import { changeColours } from './colours.ts';
import { eraseRectangles, punchHoles } from './cover/rectangles.ts';
import { addNoise, blurImages } from './filter/gaussian-blur.ts';
import { mixImages } from './mix.ts';
import { normalizeImages } from './normalize.ts';
import { changePixelsInRounds } from './policy.ts';
import { transformImages } from './resample.ts';

export interface AugmentOptions {
  /** Side of the images that come out, pixels. */
  readonly size: number;
  readonly augmentation: AugmentationPlan;
  readonly normalization: Normalization;
}

/**
 * @param cached_BSSC pixel values from 0 to 255
 * @param feeds as `feedsOf` of src/augmentation/draw/draws.ts says; `transforms` alone resizes and normalises, for all images with
 *   one transform where there is only one
 */
export function augmentImages(
  cached_BSSC: tf.Tensor4D,
  feeds: Readonly<Partial<Record<FeedName, tf.Tensor>>>,
  { size, augmentation, normalization }: AugmentOptions,
): tf.Tensor4D {
  const { fillMode, fillValue } = augmentation;
  let images_BHWC = transformImages(cached_BSSC, feeds.transforms as tf.Tensor2D, {
    size,
    fillMode,
    fillValue,
  });
  if (feeds.pixelChanges !== undefined) {
    images_BHWC = changePixelsInRounds(images_BHWC, feeds.pixelChanges as tf.Tensor3D);
  }
  if (feeds.colours !== undefined) {
    images_BHWC = changeColours(images_BHWC, feeds.colours as tf.Tensor2D, colourNames(augmentation));
  }
  if (feeds.kernels !== undefined) images_BHWC = blurImages(images_BHWC, feeds.kernels as tf.Tensor2D);
  if (feeds.deviations !== undefined) {
    images_BHWC = addNoise(images_BHWC, feeds.deviations as tf.Tensor1D, feeds.noiseSeeds as tf.Tensor2D);
  }
  images_BHWC = normalizeImages(images_BHWC, normalization);
  if (feeds.rectangles !== undefined) {
    images_BHWC = eraseRectangles(images_BHWC, feeds.rectangles as tf.Tensor2D);
  }
  if (feeds.holes !== undefined) images_BHWC = punchHoles(images_BHWC, feeds.holes as tf.Tensor3D);
  if (feeds.partners !== undefined) {
    images_BHWC = mixImages(images_BHWC, feeds.partners as tf.Tensor1D, feeds.blends as tf.Tensor2D);
  }
  return images_BHWC;
}
