/**
 * Gaussian blur, a kernel for each image. Shape letters: B batch, H height, W width, C channels, K length of a kernel,
 * S side, E side with the mirrored pixels at both ends.
 */
import { tf } from '../../../tensorflow/tf.ts';
import type { FedChange } from '../changes.ts';

export const gaussianBlur: FedChange<'kernels'> = (images_BHWC, { kernels }) =>
  blurImages(images_BHWC, kernels as tf.Tensor2D);

/**
 * Each pixel becomes the mean of its neighbours by a kernel, down and across, the image mirrored at the middle of its
 * edge pixels, as torchvision's `gaussian_blur`.
 * @param kernels_BK weights of an odd number of neighbours, of sum 1
 */
export function blurImages(images_BHWC: tf.Tensor4D, kernels_BK: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width, channels] = images_BHWC.shape;
  const down_BHX = meansDown(tf.reshape(images_BHWC, [batch, height, width * channels]), kernels_BK);
  const turned_BWHC = tf.transpose(tf.reshape(down_BHX, [batch, height, width, channels]), [0, 2, 1, 3]);
  const across_BWX = meansDown(tf.reshape(turned_BWHC, [batch, width, height * channels]), kernels_BK);
  return tf.transpose(tf.reshape(across_BWX, [batch, width, height, channels]), [0, 2, 1, 3]);
}

/** Means of neighbours along S, X being all that stands beside it: one matrix product an image. */
function meansDown(values_BSX: tf.Tensor3D, kernels_BK: tf.Tensor2D): tf.Tensor3D {
  const side = values_BSX.shape[1];
  const length = kernels_BK.shape[1];
  const mirrored_BEX = tf.gather(values_BSX, mirrored(side, (length - 1) / 2), 1);
  // The kernel moves on by one in each line, with nothing on both sides of it. Its places are computed in the graph: as a
  // constant they would be as large as the image.
  const zeroed_BK = tf.pad(kernels_BK, [
    [0, 0],
    [1, 1],
  ]);
  const offset_SE = tf.sub(
    tf.range(1, side + length, 1, 'int32'),
    tf.reshape(tf.range(0, side, 1, 'int32'), [side, 1]),
  );
  const place_SE = tf.minimum(tf.maximum(offset_SE, tf.scalar(0, 'int32')), tf.scalar(length + 1, 'int32'));
  return tf.matMul(tf.gather<tf.Tensor>(zeroed_BK, place_SE as tf.Tensor2D, 1) as tf.Tensor3D, mirrored_BEX);
}

/** Where the pixels of a line are that goes on by `reach` at both ends, mirrored as often as it takes. @returns [E], int32 */
function mirrored(side: number, reach: number): tf.Tensor1D {
  const period = Math.max(1, 2 * (side - 1));
  const places = Int32Array.from({ length: side + 2 * reach }, (_, i) => {
    const at = (((i - reach) % period) + period) % period;
    return Math.min(at, period - at);
  });
  return tf.tensor1d(places, 'int32');
}
