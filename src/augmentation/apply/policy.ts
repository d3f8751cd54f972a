/**
 * The changes of pixels that TrivialAugment and RandAugment choose from, as torchvision's functions define them for images
 * of floating point: in each round at most one is done to an image. Shape letters: B batch, R rounds, N numbers of one
 * change, H height, W width, C channels, V the 256 values that a byte has, P pixels of an image.
 */

import { attribute, rawOp } from '../../tensorflow/raw-op.ts';
import { tf } from '../../tensorflow/tf.ts';
import { type PixelChange, pixelNumbers } from '../kinds/policy/pixel-change.ts';
import { cutOff, greyOf } from './colour/blend.ts';

/** One round after the other. @param numbers_BRN as `changePixels` takes those of a round */
export function changePixelsInRounds(images_BHWC: tf.Tensor4D, numbers_BRN: tf.Tensor3D): tf.Tensor4D {
  const [batch, rounds, size] = numbers_BRN.shape;
  return tf
    .split(numbers_BRN, rounds, 1)
    .reduce<tf.Tensor4D>(
      (images, numbers_B1N) => changePixels(images, tf.reshape(numbers_B1N, [batch, size])),
      images_BHWC,
    );
}

/** @param numbers_BN as `PixelChange` of each image, in the order of `pixelNumbers` */
export function changePixels(images_BHWC: tf.Tensor4D, numbers_BN: tf.Tensor2D): tf.Tensor4D {
  const batch = images_BHWC.shape[0];
  const columns = tf.split(numbers_BN, pixelNumbers.length, 1);
  const of = (name: keyof PixelChange): tf.Tensor4D =>
    tf.reshape(columns[pixelNumbers.indexOf(name)]!, [batch, 1, 1, 1]);
  let images = mixPixels(images_BHWC, of);
  const levels_B111 = of('levels');
  images = choose(tf.greater(levels_B111, 0), posterize(images, tf.maximum(levels_B111, 1)), images);
  images = choose(tf.greaterEqual(images, of('threshold')), tf.sub(255, images), images);
  images = choose(tf.greater(of('autoContrast'), 0), autoContrast(images), images);
  return choose(tf.greater(of('equalize'), 0), equalize(images), images);
}

function choose(is: tf.Tensor, then: tf.Tensor, otherwise: tf.Tensor): tf.Tensor4D {
  return tf.where(is, then, otherwise) as tf.Tensor4D;
}

/** image + (1 - factor) · (other - image): nothing else than the image where the factor is 1. */
function mixPixels(
  images_BHWC: tf.Tensor4D,
  of: (name: 'factor' | 'black' | 'grey' | 'meanGrey' | 'smooth') => tf.Tensor4D,
): tf.Tensor4D {
  const grey_BHW1 = greyOf(images_BHWC);
  const mean_B111 = tf.mean(grey_BHW1, [1, 2, 3], true);
  const target = tf.add(tf.mul(of('grey'), grey_BHW1), tf.mul(of('meanGrey'), mean_B111));
  const isAway_B111 = tf.add(tf.add(of('black'), of('grey')), of('meanGrey'));
  const away = tf.sub(target, tf.mul(isAway_B111, images_BHWC));
  const difference = tf.add(away, tf.mul(of('smooth'), smoothing(images_BHWC)));
  return cutOff(tf.add(images_BHWC, tf.mul(tf.sub(1, of('factor')), difference))) as tf.Tensor4D;
}

/** What smoothing by [1 1 1; 1 5 1; 1 1 1] / 13 adds; nothing to the pixels at the edge. */
function smoothing(images_BHWC: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = images_BHWC.shape;
  const inner = tf.slice(images_BHWC, [0, 1, 1, 0], [batch, height - 2, width - 2, channels]);
  const sum = tf.mul(tf.avgPool(images_BHWC, 3, 1, 'valid'), 9);
  // (sum + 4 inner) / 13 - inner
  const added = tf.div(tf.sub(sum, tf.mul(inner, 9)), 13) as tf.Tensor4D;
  return tf.pad(added, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
}

/** Values from 0 to 255 in so many steps, each at its lower end. */
function posterize(images_BHWC: tf.Tensor4D, levels_B111: tf.Tensor4D): tf.Tensor {
  const step = tf.floor(tf.mul(images_BHWC, tf.div(levels_B111, 255)));
  return tf.mul(tf.minimum(step, tf.sub(levels_B111, 1)), tf.div(255, levels_B111));
}

/** Each channel from 0 to 255; one of a single value stays. */
function autoContrast(images_BHWC: tf.Tensor4D): tf.Tensor {
  const low_B11C = tf.min(images_BHWC, [1, 2], true);
  const range_B11C = tf.sub(tf.max(images_BHWC, [1, 2], true), low_B11C);
  const isFlat = tf.equal(range_B11C, 0);
  const scale = tf.div(255, tf.where(isFlat, tf.onesLike(range_B11C), range_B11C));
  const stretched = cutOff(tf.mul(tf.sub(images_BHWC, low_B11C), scale));
  return tf.where(isFlat, images_BHWC, stretched);
}

/**
 * Histogram equalisation of each channel, as Pillow does it: of the 256 bins as many pixels as can be. The result has
 * whole numbers.
 */
function equalize(images_BHWC: tf.Tensor4D): tf.Tensor {
  const [batch, height, width, channels] = images_BHWC.shape;
  const pixels = height * width;
  // 0 to 255 as torchvision takes floating point to bytes.
  const bytes_BHWC = tf.floor(tf.mul(images_BHWC, 255.999 / 255));
  const bytes_BCHW = tf.transpose(bytes_BHWC, [0, 3, 1, 2]);
  const bytes_NP = tf.cast(tf.reshape(bytes_BCHW, [batch * channels, pixels]), 'int32');
  const counts_NV = rawOp(
    'DenseBincount',
    [attribute.type('Tidx', 'int32'), attribute.type('T', 'float32'), attribute.bool('binary_output', false)],
    [bytes_NP, tf.scalar(256, 'int32'), tf.tensor1d([], 'float32')],
    1,
  )[0]!;
  const sums_NV = tf.cumsum(counts_NV, 1) as tf.Tensor2D;
  // All pixels but those of the largest value that there is.
  const isBelow_NV = tf.cast(tf.less(sums_NV, pixels), 'float32');
  const below_N1 = tf.max(tf.mul(sums_NV, isBelow_NV), 1, true);
  const step_N1 = tf.floor(tf.div(below_N1, 255));
  const half_N1 = tf.floor(tf.div(step_N1, 2));
  const before_NV = tf.sub(sums_NV, counts_NV);
  // Quotients of whole numbers below 2^24; a half more keeps rounding off the next whole number below.
  const safe_N1 = tf.maximum(step_N1, 1);
  const quotient_NV = tf.floor(tf.div(tf.add(tf.add(before_NV, half_N1), 0.5), safe_N1));
  const table_NV = tf.minimum(quotient_NV, 255);
  const looked_NP = rawOp(
    'GatherV2',
    [
      attribute.type('Tparams', 'float32'),
      attribute.type('Tindices', 'int32'),
      attribute.type('Taxis', 'int32'),
      attribute.int('batch_dims', 1),
    ],
    [table_NV, bytes_NP, tf.scalar(1, 'int32')],
    1,
  )[0]!;
  // With too few pixels the values stay, as bytes.
  const equalized_NP = tf.where(tf.equal(step_N1, 0), tf.cast(bytes_NP, 'float32'), looked_NP);
  return tf.transpose(tf.reshape(equalized_NP, [batch, channels, height, width]), [0, 2, 3, 1]);
}
