/**
 * Softmax cross entropy on logits.
 * Shape letters: B rows of the batch, K classes of the head.
 */
import type { HeadLossPlan } from '../../plan/plan.ts';
import { nodeBackend } from '../../tensorflow/ops.ts';
import type { tf as Tf } from '../../tensorflow/tf.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { LossDef } from './loss-def.ts';
import { smoothTargets } from './smoothing.ts';

/**
 * Cross entropy of each row. TensorFlow's fused op subtracts the row's largest logit first, so that logits of any
 * size stay finite, and returns the gradient (softmax - target) with the loss.
 * @param targets_BK probabilities of the classes; a row of zeros gives 0, but the softmax as its gradient
 */
export function softmaxCrossEntropy(logits_BK: Tf.Tensor2D, targets_BK: Tf.Tensor2D): Tf.Tensor1D {
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

export const crossEntropy: LossDef<Extract<HeadLossPlan, { type: 'crossEntropy' }>> = {
  rows: ({ labelSmoothing }, logits_BK, labels_B) =>
    softmaxCrossEntropy(logits_BK, smoothTargets(labels_B, logits_BK.shape[1], labelSmoothing)),
  predict: (logits_BK) => tf.argMax(logits_BK, 1),
  probabilities: (logits_BK) => tf.softmax(logits_BK) as Tf.Tensor2D,
};
