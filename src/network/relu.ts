/** max(x, 0) with TensorFlow's own gradient op, which reads the output alone. */

import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

const attributes = [attribute.type('T', 'float32')];

export function relu(x: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((...args) => {
    const [input, save] = args as unknown as [tf.Tensor, tf.GradSaveFunc];
    const y = rawOp('Relu', attributes, [input], 1)[0]!;
    save([y]);
    return { value: y, gradFunc: (dy, saved) => rawOp('ReluGrad', attributes, [dy, saved[0]!], 1)[0]! };
  });
  return withGradient(x);
}
