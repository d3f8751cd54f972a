/**
 * Optimizers as pure functions: (weight, gradient, slots, rate) to (new weight, new slots). Everything that changes
 * from step to step comes in as a scalar, so that one recorded step serves for all of them.
 */
import type { WeightSpec } from '../../src/model/network.ts';
import type { OptimizerPlan } from '../../src/plan/plan.ts';
import type { tf as Tf } from '../../src/tensorflow/tf.ts';
import { tf } from '../../src/tensorflow/tf.ts';

/** Numbers of one step, computed once for all weights. */
export type Rates = Readonly<Record<string, Tf.Scalar>>;

export interface OptimizerDef<P extends OptimizerPlan> {
  /** Names of the tensors kept for each weight, of its shape, zero at the start. */
  slots(settings: P): readonly string[];
  /**
   * Scalars of one step.
   * @param step number of this step in its stage, from 1
   */
  rates(settings: P, learningRate: number, step: number): Readonly<Record<string, number>>;
  /** @returns the new weight, then the new slots in the order of `slots` */
  update(
    settings: P,
    weight: Tf.Tensor,
    gradient: Tf.Tensor,
    slots: readonly Tf.Tensor[],
    rates: Rates,
  ): [weight: Tf.Tensor, ...slots: Tf.Tensor[]];
}

type Settings<N extends OptimizerPlan['name']> = Extract<OptimizerPlan, { name: N }>;
/** Of a name that shares its settings with another. */
type AdamSettings = Extract<OptimizerPlan, { beta1: number }>;

/**
 * Kingma and Ba, "Adam", arXiv:1412.6980, in the form before section 2.1: both bias corrections are in the rate, and
 * epsilon is added to the uncorrected root, as in Keras.
 *   m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  w ← w - lr·√(1-β₂ᵗ)/(1-β₁ᵗ) · m/(√v + ε)
 * `adamw` is the same after its decay, which is not the optimizer's.
 */
export const adam: OptimizerDef<AdamSettings> = {
  slots: () => ['m', 'v'],
  rates: ({ beta1, beta2 }, learningRate, step) => ({
    rate: (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step),
  }),
  update({ beta1, beta2, epsilon }, weight, gradient, [m, v], { rate }) {
    const newM = tf.add(m!, tf.mul(tf.sub(gradient, m!), 1 - beta1));
    const newV = tf.add(v!, tf.mul(tf.sub(tf.square(gradient), v!), 1 - beta2));
    const change = tf.div(tf.mul(rate!, newM), tf.add(tf.sqrt(newV), epsilon));
    return [tf.sub(weight, change), newM, newV];
  },
};

/**
 * Stochastic gradient descent with momentum as Keras defines it: the slot holds the last change, learning rate
 * included, so that a lowered rate does not lower what is already moving.
 *   c ← μc - lr·g,  w ← w + c   (Nesterov: w ← w + μc - lr·g)
 */
export const sgd: OptimizerDef<Settings<'sgd'>> = {
  slots: () => ['change'],
  rates: (_, learningRate) => ({ rate: learningRate }),
  update({ momentum, nesterov }, weight, gradient, [change], { rate }) {
    const downhill = tf.mul(rate!, gradient);
    const newChange = tf.sub(tf.mul(change!, momentum), downhill);
    const moved = nesterov ? tf.sub(tf.mul(newChange, momentum), downhill) : newChange;
    return [tf.add(weight, moved), newChange];
  },
};

/**
 * Hinton, "Neural networks for machine learning", lecture 6e, 2012, as Keras defines it: epsilon is under the root.
 *   s ← ρs + (1-ρ)g²,  c ← μc + lr·g/√(s + ε),  w ← w - c
 * Centered, after Graves, arXiv:1308.0850, with a ← ρa + (1-ρ)g and s - a² under the root.
 */
export const rmsprop: OptimizerDef<Settings<'rmsprop'>> = {
  slots: ({ centered }) => ['meanSquare', 'change', ...(centered ? ['meanGradient'] : [])],
  rates: (_, learningRate) => ({ rate: learningRate }),
  update({ rho, momentum, epsilon, centered }, weight, gradient, [square, change, mean], { rate }) {
    const towards = (average: Tf.Tensor, value: Tf.Tensor): Tf.Tensor =>
      tf.add(average, tf.mul(tf.sub(value, average), 1 - rho));
    const newSquare = towards(square!, tf.square(gradient));
    const newMean = centered ? towards(mean!, gradient) : null;
    const spread = newMean === null ? newSquare : tf.sub(newSquare, tf.square(newMean));
    const newChange = tf.add(
      tf.mul(change!, momentum),
      tf.div(tf.mul(rate!, gradient), tf.sqrt(tf.add(spread, epsilon))),
    );
    return [tf.sub(weight, newChange), newSquare, newChange, ...(newMean === null ? [] : [newMean])];
  },
};

const optimizers: { readonly [N in OptimizerPlan['name']]: OptimizerDef<Settings<N>> } = {
  adam,
  adamw: adam,
  sgd,
  rmsprop,
};

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

/** The optimizer that a plan names. */
export function optimizerFor(plan: OptimizerPlan): OptimizerDef<OptimizerPlan> {
  return optimizers[plan.name] as unknown as OptimizerDef<OptimizerPlan>;
}
