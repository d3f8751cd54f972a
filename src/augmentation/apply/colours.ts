/**
 * Changes of colour, as torchvision's functions of the same names define them for images of floating point: each ends
 * with its values cut off at 0 and 255. Elementwise over a batch, one number an image.
 * Shape letters: B batch, H height, W width, C channels.
 */

import { attribute, rawOp } from '../../tensorflow/raw-op.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { ColourName } from '../draw/colours.ts';

/** Shares of red, green and blue in torchvision's grey (ITU-R BT.601, rounded). */
const GREY = [0.2989, 0.587, 0.114];

/** @returns [B, H, W, 1] */
export function greyOf(images_BHWC: tf.Tensor4D): tf.Tensor4D {
  return tf.sum(tf.mul(images_BHWC, tf.tensor1d(GREY)), 3, true);
}

export function cutOff<T extends tf.Tensor>(images: T): T {
  return tf.clipByValue(images, 0, 255);
}

function perImage(numbers_B1: tf.Tensor): tf.Tensor4D {
  return tf.reshape(numbers_B1, [numbers_B1.shape[0]!, 1, 1, 1]);
}

/** factor × image + (1 - factor) × other. */
export function blend(images_BHWC: tf.Tensor4D, other: tf.Tensor, factors_B111: tf.Tensor4D): tf.Tensor4D {
  return tf.add(tf.mul(factors_B111, images_BHWC), tf.mul(tf.sub(1, factors_B111), other));
}

type ColourChange = (images_BHWC: tf.Tensor4D, numbers_B1: tf.Tensor) => tf.Tensor4D;

/** In the order in which they are applied. */
export const colourChanges = {
  /** Factor: 0 is black, 1 changes nothing. */
  brightness: (images_BHWC, factors_B1) => cutOff(tf.mul(images_BHWC, perImage(factors_B1))),
  /** Factor: 0 is the image's mean grey all over. */
  contrast: (images_BHWC, factors_B1) => {
    const mean_B111 = tf.mean(greyOf(images_BHWC), [1, 2, 3], true);
    return cutOff(blend(images_BHWC, mean_B111, perImage(factors_B1)));
  },
  /** Factor: 0 is grey. */
  saturation: (images_BHWC, factors_B1) =>
    cutOff(blend(images_BHWC, greyOf(images_BHWC), perImage(factors_B1))),
  /** Turn of the hue, in parts of the whole circle. */
  hue: (images_BHWC, turns_B1) => {
    const type = [attribute.type('T', 'float32')];
    const hsv_BHWC = rawOp('RGBToHSV', type, [images_BHWC], 1)[0]!;
    const [hue_BHW1, saturation_BHW1, value_BHW1] = tf.split(hsv_BHWC, 3, 3);
    const turned_BHW1 = tf.mod(tf.add(hue_BHW1!, perImage(turns_B1)), 1);
    const turned_BHWC = tf.concat([turned_BHW1, saturation_BHW1!, value_BHW1!], 3);
    return rawOp('HSVToRGB', type, [turned_BHWC], 1)[0] as tf.Tensor4D;
  },
  /** 1 for grey, 0 for colours as they are. */
  grayscale: (images_BHWC, isGrey_B1) =>
    blend(images_BHWC, greyOf(images_BHWC), tf.sub(1, perImage(isGrey_B1))),
} satisfies Record<ColourName, ColourChange>;

/**
 * @param colours_BN one number an image for each of `names`
 * @param names in the order of `colourChanges`
 */
export function changeColours(
  images_BHWC: tf.Tensor4D,
  colours_BN: tf.Tensor2D,
  names: readonly ColourName[],
): tf.Tensor4D {
  const numbers = tf.split(colours_BN, names.length, 1);
  return names.reduce((images, name, i) => colourChanges[name](images, numbers[i]!), images_BHWC);
}
