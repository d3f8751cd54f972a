/** A number for each channel added to images, with TensorFlow's own gradient op. Shape letters: B batch, H height, W width, C channels. */

import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

const attributes = [attribute.type('T', 'float32'), attribute.string('data_format', 'NHWC')];

/** @param x_BHWC [B, H, W, C], at least one dimension before C */
export function addBias(x_BHWC: tf.Tensor, bias_C: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((...args) => {
    const [x, bias] = args as unknown as [tf.Tensor, tf.Tensor];
    const value = rawOp('BiasAdd', attributes, [x, bias], 1)[0]!;
    return { value, gradFunc: (dy: tf.Tensor) => [dy, rawOp('BiasAddGrad', attributes, [dy], 1)[0]!] };
  });
  return withGradient(x_BHWC, bias_C);
}
