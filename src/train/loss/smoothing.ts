/** Labels to targets. Shape letters: B rows of the batch, K classes of the head. */
import type { tf as Tf } from '../../tensorflow/tf.ts';
import { tf } from '../../tensorflow/tf.ts';

/**
 * Probability of each class that a row is trained towards: (1 - labelSmoothing) for its label, and labelSmoothing / K
 * for every class, as `label_smoothing` of Keras (Szegedy et al., arXiv:1512.00567, section 7).
 * @param labels_B int32
 * @returns rows that add up to 1; a row of zeros where the label is -1
 */
export function smoothTargets(labels_B: Tf.Tensor1D, classes: number, labelSmoothing: number): Tf.Tensor2D {
  const labels_BK = tf.oneHot(labels_B, classes).toFloat() as Tf.Tensor2D;
  if (labelSmoothing === 0) return labels_BK;
  const known_B1 = tf.sum(labels_BK, 1, true);
  return tf.add(tf.mul(labels_BK, 1 - labelSmoothing), tf.mul(known_B1, labelSmoothing / classes));
}
