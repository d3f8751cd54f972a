/** Gaussian noise of pixels, a deviation for each image. Shape letters: B batch, H height, W width, C channels. */
import { attribute, rawOp } from '../../../tensorflow/raw-op.ts';
import { tf } from '../../../tensorflow/tf.ts';
import type { FedChange } from '../changes.ts';
import { cutOff } from '../colour/blend.ts';

export const gaussianNoise: FedChange<'deviations' | 'noiseSeeds'> = (
  images_BHWC,
  { deviations, noiseSeeds },
) => addNoise(images_BHWC, deviations as tf.Tensor1D, noiseSeeds as tf.Tensor2D);

/**
 * Adds normal numbers to each value of each channel; values are cut off at 0 and 255.
 * @param deviations_B standard deviations, 0 to 255
 * @param seeds_B2 int32; the noise of an image is a function of its seed alone
 */
export function addNoise(
  images_BHWC: tf.Tensor4D,
  deviations_B: tf.Tensor1D,
  seeds_B2: tf.Tensor2D,
): tf.Tensor4D {
  const [batch, ...image] = images_BHWC.shape;
  const attributes = [
    attribute.type('dtype', 'float32'),
    attribute.type('T', 'int32'),
    attribute.type('Tseed', 'int32'),
  ];
  const shape = tf.tensor1d(image, 'int32');
  // The op takes one seed: with one for the batch, an image's noise would depend on its place there.
  const noise_BHWC = tf.stack(
    tf.unstack(seeds_B2).map((seed_2) => rawOp('StatelessRandomNormal', attributes, [shape, seed_2], 1)[0]!),
  );
  return cutOff(
    tf.add(images_BHWC, tf.mul(noise_BHWC, tf.reshape(deviations_B, [batch, 1, 1, 1]))),
  ) as tf.Tensor4D;
}
