/**
 * Feature maps to one value each. The gradients are given by hand: tfjs's own put tensors of ones as large as the maps
 * into a graph, and give every one of several equal maxima the whole gradient, where TensorFlow shares it.
 * Shape letters: B batch, H height, W width, C channels.
 */
import { tf } from '../tensorflow/tf.ts';

/** Mean of each map. @returns [B, C] */
export function globalAverage(x_BHWC: tf.Tensor): tf.Tensor {
  const [batch, height, width, channels] = x_BHWC.shape as [number, number, number, number];
  const withGradient = tf.customGrad((...args) => {
    const [input_BHWC] = args as unknown as [tf.Tensor];
    return {
      value: tf.mean(input_BHWC, [1, 2]),
      gradFunc: (dy_BC) =>
        tf.tile(tf.reshape(tf.div(dy_BC, height * width), [batch, 1, 1, channels]), [1, height, width, 1]),
    };
  });
  return withGradient(x_BHWC);
}

/** Maximum of each map. @returns [B, C] */
export function globalMaximum(x_BHWC: tf.Tensor): tf.Tensor {
  const [batch, , , channels] = x_BHWC.shape as [number, number, number, number];
  const withGradient = tf.customGrad((...args) => {
    const [input_BHWC, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const y_BC = tf.max(input_BHWC, [1, 2]);
    save([input_BHWC, y_BC]);
    return {
      value: y_BC,
      gradFunc(dy_BC, saved) {
        const [maps_BHWC, maxima_BC] = saved as [tf.Tensor, tf.Tensor];
        const isMaximum_BHWC = tf.cast(
          tf.equal(maps_BHWC, tf.reshape(maxima_BC, [batch, 1, 1, channels])),
          'float32',
        );
        const count_B11C = tf.sum(isMaximum_BHWC, [1, 2], true);
        return tf.mul(isMaximum_BHWC, tf.div(tf.reshape(dy_BC, [batch, 1, 1, channels]), count_B11C));
      },
    };
  });
  return withGradient(x_BHWC);
}
