/** Changes of colour one after the other. Shape letters: B batch, H height, W width, C channels, N changes. */
import { tf } from '../../tensorflow/tf.ts';
import type { ColourName } from '../draw/colours.ts';
import { applications } from './table.ts';

/**
 * @param colours_BN one number an image for each of `names`
 * @param names in the order in which they are applied
 */
export function changeColours(
  images_BHWC: tf.Tensor4D,
  colours_BN: tf.Tensor2D,
  names: readonly ColourName[],
): tf.Tensor4D {
  const numbers = tf.split(colours_BN, names.length, 1);
  return names.reduce((images, name, i) => applications[name](images, numbers[i]!), images_BHWC);
}
