/**
 * Softmax cross entropy of one head: on logits, with a weight a row, rows without a label left out.
 * Shape letters: B rows of the batch, K classes of the head.
 */

import { nodeBackend } from '../runtime/ops.ts';
import type { tf as Tf } from '../runtime/tf.ts';
import { tf } from '../runtime/tf.ts';

const SMALLEST_WEIGHT = 1e-20;

export interface HeadLoss {
  /** Sum over the rows of weight × cross entropy. */
  readonly sum: Tf.Scalar;
  /** Sum of the weights. */
  readonly weight: Tf.Scalar;
  /** sum / weight; 0 where no row has a label. */
  readonly mean: Tf.Scalar;
}

/**
 * Cross entropy of each row. TensorFlow's fused op subtracts the row's largest logit first, so that logits of any
 * size stay finite, and returns the gradient (softmax - target) with the loss.
 * @param targets_BK probabilities of the classes; a row of zeros gives 0
 */
export function crossEntropy(logits_BK: Tf.Tensor2D, targets_BK: Tf.Tensor2D): Tf.Tensor1D {
  const fused = tf.customGrad((...inputs) => {
    const [logits, targets] = inputs as unknown as [Tf.Tensor2D, Tf.Tensor2D];
    const save = inputs.at(-1) as unknown as (tensors: Tf.Tensor[]) => void;
    const backend = nodeBackend();
    const [loss_B, gradient_BK] = backend.executeMultipleOutputs(
      'SoftmaxCrossEntropyWithLogits',
      [{ name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.binding.TF_FLOAT }],
      [logits, targets],
      2,
    ) as [Tf.Tensor1D, Tf.Tensor2D];
    save([gradient_BK]);
    return {
      value: loss_B,
      gradFunc: (upstream_B, saved) => {
        const [gradient] = saved as [Tf.Tensor2D];
        return [tf.mul(tf.expandDims(upstream_B, 1), gradient), tf.zerosLike(gradient)];
      },
    };
  });
  return fused(logits_BK, targets_BK) as Tf.Tensor1D;
}

/**
 * Weighted mean over the rows that have a label.
 * @param targets_BK one-hot, all zeros where the label is not known
 * @param weights_B at least 0; 0 where the label is not known
 */
export function headLoss(logits_BK: Tf.Tensor2D, targets_BK: Tf.Tensor2D, weights_B: Tf.Tensor1D): HeadLoss {
  const sum = tf.sum(tf.mul(crossEntropy(logits_BK, targets_BK), weights_B)) as Tf.Scalar;
  const weight = tf.sum(weights_B) as Tf.Scalar;
  // Without a labelled row both are 0, and 0 / tiny is 0, in the gradient too.
  return { sum, weight, mean: tf.div(sum, tf.maximum(weight, SMALLEST_WEIGHT)) };
}
