/**
 * Focal loss for classes that exclude each other (Lin et al., arXiv:1708.02002): cross entropy of each class times
 * (1 - probability)^gamma.  Σ over k of target · (1 - p)^gamma · -ln p
 * Shape letters: B rows of the batch, K classes of the head.
 */
import type { HeadLossPlan } from '../../plan/plan.ts';
import type { tf as Tf } from '../../tensorflow/tf.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { LossDef } from './loss-def.ts';
import { smoothTargets } from './smoothing.ts';

/** Keeps the slope of q^gamma finite for a gamma below 1, where q has no digits left. */
const SMALLEST = 1e-30;

export const focal: LossDef<Extract<HeadLossPlan, { type: 'focal' }>> = {
  rows({ gamma, labelSmoothing }, logits_BK, labels_B) {
    const classes = logits_BK.shape[1];
    const targets_BK = smoothTargets(labels_B, classes, labelSmoothing);
    const logP_BK = tf.logSoftmax(logits_BK, 1) as Tf.Tensor2D;
    // The others' probabilities added up: 1 - p would lose its digits as p comes near 1.
    const others_KK = tf.sub(1, tf.eye(classes)) as Tf.Tensor2D;
    const q_BK = tf.maximum(tf.matMul(tf.exp(logP_BK), others_KK), SMALLEST);
    return tf.neg(tf.sum(tf.mul(tf.mul(targets_BK, tf.pow(q_BK, gamma)), logP_BK), 1)) as Tf.Tensor1D;
  },
  predict: (logits_BK) => tf.argMax(logits_BK, 1),
  probabilities: (logits_BK) => tf.softmax(logits_BK) as Tf.Tensor2D,
};
