/**
 * Images without the pixels that a convolution of 1×1 with a stride steps over. oneDNN computes such a convolution, its
 * kernel's gradient above all, several times slower than one of stride 1 over what is left, and a residual block has two
 * of them on the same input, which then share the smaller images and one gradient. Shape letters: B batch, H height,
 * W width, C channels.
 */
import { tf } from '../tensorflow/tf.ts';

/**
 * @param images_BHWC
 * @param strides down and across
 * @returns [B, ⌈H / down⌉, ⌈W / across⌉, C]
 */
export type Subsample = (images_BHWC: tf.Tensor4D, strides: readonly [number, number]) => tf.Tensor4D;

/** Is this a convolution that looks at some pixels only? */
export function skipsPixels(kernel: readonly number[], strides: readonly number[]): boolean {
  return kernel[0] === 1 && kernel[1] === 1 && strides.some((stride) => stride > 1);
}

/** @returns a function that makes the smaller images once, whoever asks for them */
export function createSubsample(): Subsample {
  const made = new Map<string, tf.Tensor4D>();
  return (images_BHWC, strides) => {
    const key = `${images_BHWC.id} ${strides}`;
    // The mean of one pixel: TensorFlow's slices with strides go through the elements one by one.
    const smaller = made.get(key) ?? tf.avgPool(images_BHWC, 1, [...strides], 'valid');
    made.set(key, smaller);
    return smaller;
  };
}
