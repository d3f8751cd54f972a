/**
 * CORN, conditional ordinal regression (Shi, Cao and Raschka, arXiv:2111.08851). K classes from low to high have K - 1
 * outputs; output j is the logit of "above class j, given that it is not below it". It is trained on the rows of which
 * that is known to be so, those with a label of at least j. Predicted is the highest class that is reached with a
 * probability above one half: the median of the classes' probabilities, which need not be the most probable one.
 * Shape letters: B rows of the batch, J = K - 1 outputs of the head, K its classes.
 */
import type { HeadLossPlan } from '../../plan/plan.ts';
import type { tf as Tf } from '../../tensorflow/tf.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { LossDef } from './loss-def.ts';

export const ordinal: LossDef<Extract<HeadLossPlan, { type: 'ordinal' }>> = {
  rows(_, logits_BJ, labels_B) {
    const { asked_BJ, above_BJ } = questions(labels_B, logits_BJ.shape[1]);
    // -ln σ(x) where the answer is yes and -ln(1 - σ(x)) where it is no, both as ln(1 + eˣ) - x·answer.
    const each_BJ = tf.sub(tf.softplus(logits_BJ), tf.mul(logits_BJ, above_BJ));
    return tf.sum(tf.mul(each_BJ, asked_BJ), 1);
  },
  terms: (labels_B, classes) => tf.sum(questions(labels_B, classes - 1).asked_BJ, 1),
  predict: (logits_BJ) => tf.sum(tf.greater(reached(logits_BJ), 0.5), 1) as Tf.Tensor1D,
  probabilities(logits_BJ) {
    const reached_BJ = reached(logits_BJ);
    const rows = logits_BJ.shape[0];
    // At least class k, less at least class k + 1.
    return tf.sub(
      tf.concat([tf.ones([rows, 1]), reached_BJ], 1),
      tf.concat([reached_BJ, tf.zeros([rows, 1])], 1),
    ) as Tf.Tensor2D;
  },
};

/** Which outputs a row trains, and what it answers to them. None where the label is -1. */
function questions(labels_B: Tf.Tensor1D, outputs: number): { asked_BJ: Tf.Tensor; above_BJ: Tf.Tensor } {
  const labels_B1 = tf.expandDims(labels_B, 1);
  const outputs_1J = tf.expandDims(tf.range(0, outputs, 1, 'int32'), 0);
  return {
    asked_BJ: tf.greaterEqual(labels_B1, outputs_1J).toFloat(),
    above_BJ: tf.greater(labels_B1, outputs_1J).toFloat(),
  };
}

/** Probability of being above class j: the product of the conditional ones up to there. */
function reached(logits_BJ: Tf.Tensor2D): Tf.Tensor2D {
  return tf.cumprod(tf.sigmoid(logits_BJ), 1);
}
