/** x · sigmoid(x) (Ramachandran et al., arXiv:1710.05941), keeping the input alone for its gradient. */
import { tf } from '../tensorflow/tf.ts';

export function swish(x: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    save([input]);
    return {
      value: tf.mul(input, tf.sigmoid(input)),
      gradFunc(dy, [saved]) {
        const share = tf.sigmoid(saved!);
        // s + x·s·(1 - s), with s = sigmoid(x).
        return tf.mul(dy, tf.mul(share, tf.add(tf.mul(saved!, tf.sub(1, share)), 1)));
      },
    };
  });
  return withGradient(x);
}
