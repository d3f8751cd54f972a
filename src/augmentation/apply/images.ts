/**
 * The part of augmentation that touches pixels: cached images and drawn numbers in, normalised float32 images out.
 *
 *   resample ─▶ policy ─▶ colours ─▶ filters ─▶ normalise ─▶ covers ─▶ mix
 *
 * Only what is fed is computed. Shape letters: B batch, H height, W width, C channels, S side of a cached image.
 */

import type { tf } from '../../tensorflow/tf.ts';
import { colourNames } from '../draw/colours.ts';
import { type FedName, type FeedName, type FeedNameOf, feedNamesOf } from '../draw/feeds.ts';
import type { Normalization } from '../normalization.ts';
import type { AugmentationPlan } from '../plan.ts';
import { namesOf } from '../table.ts';
import type { FedChange } from './changes.ts';
import { changeColours } from './colours.ts';
import { mixImages } from './mix.ts';
import { normalizeImages } from './normalize.ts';
import { changePixelsInRounds } from './policy.ts';
import { transformImages } from './resample.ts';
import { applications } from './table.ts';

export interface AugmentOptions {
  /** Side of the images that come out, pixels. */
  readonly size: number;
  readonly augmentation: AugmentationPlan;
  readonly normalization: Normalization;
}

const changes: { readonly [Name in FedName]: FedChange<FeedNameOf<Name>> } = applications;

type Fed = Readonly<Partial<Record<FeedName, tf.Tensor>>>;

/**
 * @param cached_BSSC pixel values from 0 to 255
 * @param feeds as `feedsOf` of src/augmentation/draw/feeds.ts says; `transforms` alone resizes and normalises, for all images
 *   with one transform where there is only one
 */
export function augmentImages(
  cached_BSSC: tf.Tensor4D,
  feeds: Fed,
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
  images_BHWC = applyFed(images_BHWC, feeds, namesOf('filter'));
  images_BHWC = normalizeImages(images_BHWC, normalization);
  images_BHWC = applyFed(images_BHWC, feeds, namesOf('cover'));
  if (feeds.partners !== undefined) {
    images_BHWC = mixImages(images_BHWC, feeds.partners as tf.Tensor1D, feeds.blends as tf.Tensor2D);
  }
  return images_BHWC;
}

/** One after the other, those whose tensors are fed. */
function applyFed(images_BHWC: tf.Tensor4D, feeds: Fed, names: readonly FedName[]): tf.Tensor4D {
  const apply = <Name extends FedName>(images: tf.Tensor4D, name: Name): tf.Tensor4D =>
    isFed(feeds, name) ? changes[name](images, feeds) : images;
  return names.reduce(apply, images_BHWC);
}

function isFed<Name extends FedName>(
  feeds: Fed,
  name: Name,
): feeds is Fed & Readonly<Record<FeedNameOf<Name>, tf.Tensor>> {
  return feedNamesOf(name).every((feed) => feeds[feed] !== undefined);
}
