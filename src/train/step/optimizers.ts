/**
 * Optimizers as the ops that TensorFlow has for them, one op a weight: slots and gradient in, the changed weight and slots
 * left behind. What changes from step to step is fed, so that one recorded step serves for all of them.
 */
import type { Program, Variable } from '../../graph/program.ts';
import type { Scalar } from '../../graph/updates.ts';
import type { OptimizerPlan } from '../../plan/plan.ts';
import type { tf } from '../../tensorflow/tf.ts';

type Settings<N extends OptimizerPlan['name']> = Extract<OptimizerPlan, { name: N }>;

/** What one weight is changed by. */
export interface WeightUpdate {
  readonly weight: Variable;
  /** In the order of the optimizer's own. */
  readonly slots: readonly Variable[];
  readonly gradient: tf.Tensor;
  /** Of this weight; the others are those of the step. */
  readonly learningRate: tf.Tensor;
  /** In place of the momentum of the settings, or of `beta1`. */
  readonly momentum: Scalar | undefined;
  readonly feeds: Readonly<Record<string, tf.Tensor>>;
}

export interface OptimizerDef<P extends OptimizerPlan> {
  /** Names of the tensors kept for each weight, of its shape, zero at the start. */
  slots(settings: P): readonly string[];
  /** Scalars that a step is fed; `step` counts from 1. */
  feeds(settings: P, learningRate: number, step: number): Readonly<Record<string, number>>;
  /** Names of the feeds. */
  readonly feedNames: readonly string[];
  apply(program: Program, settings: P, update: WeightUpdate): void;
}

/**
 * Kingma and Ba, "Adam", arXiv:1412.6980, in the form before section 2.1: both bias corrections are in the rate, and
 * epsilon is added to the uncorrected root, as in Keras.
 *   m ← β₁m + (1-β₁)g,  v ← β₂v + (1-β₂)g²,  w ← w - lr·√(1-β₂ᵗ)/(1-β₁ᵗ) · m/(√v + ε)
 * `adamw` is the same after its decay, which is not the optimizer's.
 */
const adam: OptimizerDef<Extract<OptimizerPlan, { beta1: number }>> = {
  slots: () => ['m', 'v'],
  feedNames: ['learningRate', 'beta1Power', 'beta2Power'],
  feeds: ({ beta1, beta2 }, learningRate, step) => ({
    learningRate,
    beta1Power: beta1 ** step,
    beta2Power: beta2 ** step,
  }),
  apply(program, { beta1, beta2, epsilon }, update) {
    const { weight, slots, gradient, learningRate, momentum, feeds } = update;
    const [m, v] = slots;
    program.applyAdam({
      weight,
      m: m!,
      v: v!,
      gradient,
      learningRate,
      beta1: momentum ?? beta1,
      beta2,
      epsilon,
      beta1Power: feeds.beta1Power!,
      beta2Power: feeds.beta2Power!,
    });
  },
};

/**
 * Stochastic gradient descent with momentum as Keras defines it: the slot holds the last change, learning rate
 * included, so that a lowered rate does not lower what is already moving.
 *   c ← μc - lr·g,  w ← w + c   (Nesterov: w ← w + μc - lr·g)
 */
const sgd: OptimizerDef<Settings<'sgd'>> = {
  slots: () => ['change'],
  feedNames: ['learningRate'],
  feeds: (_, learningRate) => ({ learningRate }),
  apply(program, { momentum, nesterov }, update) {
    const { weight, slots, gradient, learningRate } = update;
    program.applyKerasMomentum({
      weight,
      change: slots[0]!,
      gradient,
      learningRate,
      momentum: update.momentum ?? momentum,
      nesterov,
    });
  },
};

/**
 * Hinton, "Neural networks for machine learning", lecture 6e, 2012, as Keras defines it: epsilon is under the root.
 *   s ← ρs + (1-ρ)g²,  c ← μc + lr·g/√(s + ε),  w ← w - c
 * Centered, after Graves, arXiv:1308.0850, with a ← ρa + (1-ρ)g and s - a² under the root.
 */
const rmsprop: OptimizerDef<Settings<'rmsprop'>> = {
  slots: ({ centered }) => ['meanSquare', 'change', ...(centered ? ['meanGradient'] : [])],
  feedNames: ['learningRate'],
  feeds: (_, learningRate) => ({ learningRate }),
  apply(program, { rho, momentum, epsilon, centered }, update) {
    const { weight, slots, gradient, learningRate } = update;
    const [meanSquare, change, meanGradient] = slots;
    const plain = {
      weight,
      meanSquare: meanSquare!,
      change: change!,
      gradient,
      learningRate,
      rho,
      momentum: update.momentum ?? momentum,
      epsilon,
    };
    if (centered) program.applyCenteredRmsProp({ ...plain, meanGradient: meanGradient! });
    else program.applyRmsProp(plain);
  },
};

const optimizers: { readonly [N in OptimizerPlan['name']]: OptimizerDef<Settings<N>> } = {
  adam,
  adamw: adam,
  sgd,
  rmsprop,
};

export function optimizerFor(plan: OptimizerPlan): OptimizerDef<OptimizerPlan> {
  return optimizers[plan.name] as unknown as OptimizerDef<OptimizerPlan>;
}
