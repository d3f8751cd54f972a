/** What is done with gradients and weights before the optimizer: the norm of all gradients, clipping, decay, momentum. */
import type { WeightSpec } from '../../model/network.ts';
import type { OptimizerPlan } from '../../plan/plan.ts';
import type { tf as Tf } from '../../tensorflow/tf.ts';
import { tf } from '../../tensorflow/tf.ts';

/** Whether a weight loses something to decay: kernels do, norms and biases, which have one axis, do not. */
export function decays({ weightDecay }: OptimizerPlan, { shape }: WeightSpec): boolean {
  return weightDecay > 0 && shape.length > 1;
}

/**
 * Loshchilov and Hutter, arXiv:1711.05101: w ← w - lr·λw before the step, in place of λw in the gradient, so that the
 * decay of a weight does not depend on how large its gradients have been. λ is multiplied by the learning rate of the
 * step, as in PyTorch and Keras.
 */
export function isDecoupled({ name }: OptimizerPlan): boolean {
  return name === 'adamw';
}

/** Root of the sum of squares over all gradients. */
export function globalNorm(gradients: readonly Tf.Tensor[]): Tf.Scalar {
  const sums = gradients.map((gradient) => tf.sum(tf.square(gradient)) as Tf.Scalar);
  return tf.sqrt(tf.addN(sums)) as Tf.Scalar;
}

/**
 * What brings gradients of this norm down to the largest that is allowed; 1 where they are no larger. Pascanu and others,
 * arXiv:1211.5063, as Keras's `global_clipnorm`.
 */
export function clipFactor(norm: Tf.Tensor, largest: number): Tf.Tensor {
  return tf.div(largest, tf.maximum(norm, largest));
}

/** The settings at a step at which a policy moves the momentum: `beta1` of Adam, `momentum` of the others. */
export function withMomentum(plan: OptimizerPlan, momentum: number | null | undefined): OptimizerPlan {
  if (momentum === null || momentum === undefined) return plan;
  return 'beta1' in plan ? { ...plan, beta1: momentum } : { ...plan, momentum };
}
