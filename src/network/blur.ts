/**
 * Gaussian blur and noise of pixels, a kernel and a deviation for each image.
 * Shape letters: B batch, H height, W width, C channels, K length of a kernel, S side.
 */
import { tf } from '../runtime/tf.ts';
import { cutOff } from './colour.ts';
import { attribute, rawOp } from './raw-op.ts';

/**
 * Each pixel becomes the mean of its neighbours by a kernel, down and across, the image mirrored at the middle of its
 * edge pixels, as torchvision's `gaussian_blur`.
 * @param kernels_BK weights of an odd number of neighbours, of sum 1
 */
export function blurImages(images_BHWC: tf.Tensor4D, kernels_BK: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width, channels] = images_BHWC.shape;
  const down_BHX = tf.matMul(
    meansOf(kernels_BK, height),
    tf.reshape(images_BHWC, [batch, height, width * channels]),
  );
  const turned_BWHC = tf.transpose(tf.reshape(down_BHX, [batch, height, width, channels]), [0, 2, 1, 3]);
  const across_BWX = tf.matMul(
    meansOf(kernels_BK, width),
    tf.reshape(turned_BWHC, [batch, width, height * channels]),
  );
  return tf.transpose(tf.reshape(across_BWX, [batch, width, height, channels]), [0, 2, 1, 3]);
}

/** Share of each pixel of a line, the last axis, in each pixel that comes out. @returns [B, S, S] */
function meansOf(kernels_BK: tf.Tensor2D, side: number): tf.Tensor3D {
  const [batch, length] = kernels_BK.shape;
  const period = Math.max(1, 2 * (side - 1));
  const neighbours = new Float32Array(length * side * side);
  for (let k = 0; k < length; k++) {
    for (let i = 0; i < side; i++) {
      const at = (((i + k - (length - 1) / 2) % period) + period) % period;
      neighbours[(k * side + i) * side + Math.min(at, period - at)] = 1;
    }
  }
  const neighbours_KX = tf.tensor2d(neighbours, [length, side * side]);
  return tf.reshape(tf.matMul(kernels_BK, neighbours_KX), [batch, side, side]);
}

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
