/** A head's share of the loss of a batch, by a given weight or by a learned one (log-variances.ts). */
import type { LossPlan } from '../../plan/plan.ts';
import { tf } from '../../tensorflow/tf.ts';
import { logVarianceOf } from './log-variances.ts';

/**
 * What a head adds to the loss of a batch.
 * @param mean its weighted mean loss
 * @param weight the sum of the weights: where no row has a label, the head adds nothing and its s stays as it is
 * @param variables all weights by name
 */
export function headShare(
  { headWeights }: LossPlan,
  head: string,
  { mean, weight }: { readonly mean: tf.Scalar; readonly weight: tf.Scalar },
  variables: ReadonlyMap<string, tf.Tensor>,
): tf.Scalar {
  if (headWeights !== 'uncertainty') return tf.mul(mean, headWeights[head]!);
  const s = variables.get(logVarianceOf(head)) as tf.Scalar;
  const share = tf.add(tf.mul(tf.exp(tf.neg(s)), mean), tf.mul(s, 0.5));
  return tf.mul(share, tf.greater(weight, 0).toFloat()) as tf.Scalar;
}
