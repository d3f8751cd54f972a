/** x · Φ(x), Φ the share of a standard normal below x (Hendrycks and Gimpel, arXiv:1606.08415), by the error function. */
import { tf } from '../tensorflow/tf.ts';

export function gelu(x: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: tf.mul(input, below(input)),
      gradFunc(dy, [saved]) {
        // Φ(x) + x·φ(x), with φ(x) = exp(-x²/2) / √(2π).
        const density = tf.mul(tf.exp(tf.mul(tf.square(saved!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
        return tf.mul(dy, tf.add(below(saved!), tf.mul(saved!, density)));
      },
    };
  });
  return withGradient(x);
}

/** Φ(x). */
function below(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
}
