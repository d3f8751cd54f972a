/** Optimizers as the ops that TensorFlow has for them: one op a weight, in place of those of optimizers.ts. */
import type { Program, Variable } from '../../graph/program.ts';
import type { Scalar } from '../../graph/updates.ts';
import type { OptimizerPlan } from '../../plan/plan.ts';
import type { tf } from '../../tensorflow/tf.ts';

type Settings<N extends OptimizerPlan['name']> = Extract<OptimizerPlan, { name: N }>;

/** What one weight is changed by. */
export interface GraphUpdate {
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

export interface GraphOptimizerDef<P extends OptimizerPlan> {
  /** Scalars that a step is fed; `step` counts from 1. */
  feeds(settings: P, learningRate: number, step: number): Readonly<Record<string, number>>;
  /** Names of the feeds. */
  readonly feedNames: readonly string[];
  apply(program: Program, settings: P, update: GraphUpdate): void;
}

export const adam: GraphOptimizerDef<Extract<OptimizerPlan, { beta1: number }>> = {
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

export const sgd: GraphOptimizerDef<Settings<'sgd'>> = {
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

export const rmsprop: GraphOptimizerDef<Settings<'rmsprop'>> = {
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

const graphOptimizers: { readonly [N in OptimizerPlan['name']]: GraphOptimizerDef<Settings<N>> } = {
  adam,
  adamw: adam,
  sgd,
  rmsprop,
};

export function graphOptimizerFor(plan: OptimizerPlan): GraphOptimizerDef<OptimizerPlan> {
  return graphOptimizers[plan.name] as unknown as GraphOptimizerDef<OptimizerPlan>;
}
