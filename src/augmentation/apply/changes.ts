/** What the table of applications holds. Shape letters: B batch, H height, W width, C channels. */
import type { tf } from '../../tensorflow/tf.ts';

/**
 * A change of colour, of pixel values from 0 to 255.
 * @param numbers_B1 what its augmentation draws, one number an image
 */
export type ColourChange = (images_BHWC: tf.Tensor4D, numbers_B1: tf.Tensor) => tf.Tensor4D;

/** A change by tensors of its own, as its augmentation describes them. @template Feed their names */
export type FedChange<Feed extends string> = (
  images_BHWC: tf.Tensor4D,
  feeds: Readonly<Record<Feed, tf.Tensor>>,
) => tf.Tensor4D;
