/** Optimizers as the ops that TensorFlow has for them: one op a weight, in place of those of optimizers.ts. */
import type { Program, Variable } from '../graph/program.ts';
import type { OptimizerPlan } from '../plan/plan.ts';
import type { tf } from '../runtime/tf.ts';

type Settings<N extends OptimizerPlan['name']> = Extract<OptimizerPlan, { name: N }>;

export interface GraphOptimizerDef<P extends OptimizerPlan> {
  /** Scalars that a step is fed; `step` counts from 1. */
  feeds(settings: P, learningRate: number, step: number): Readonly<Record<string, number>>;
  /** Names of the feeds. */
  readonly feedNames: readonly string[];
  /** @param slots in the order of the optimizer's own */
  apply(
    program: Program,
    settings: P,
    weight: Variable,
    slots: readonly Variable[],
    gradient: tf.Tensor,
    feeds: Readonly<Record<string, tf.Tensor>>,
  ): void;
}

export const adam: GraphOptimizerDef<Settings<'adam'>> = {
  feedNames: ['learningRate', 'beta1Power', 'beta2Power'],
  feeds: ({ beta1, beta2 }, learningRate, step) => ({
    learningRate,
    beta1Power: beta1 ** step,
    beta2Power: beta2 ** step,
  }),
  apply(program, { beta1, beta2, epsilon }, weight, [m, v], gradient, feeds) {
    const { learningRate, beta1Power, beta2Power } = feeds;
    program.applyAdam({
      weight,
      m: m!,
      v: v!,
      gradient,
      learningRate: learningRate!,
      beta1,
      beta2,
      epsilon,
      beta1Power: beta1Power!,
      beta2Power: beta2Power!,
    });
  },
};

export const sgd: GraphOptimizerDef<Settings<'sgd'>> = {
  feedNames: ['learningRate'],
  feeds: (_, learningRate) => ({ learningRate }),
  apply(program, { momentum, nesterov }, weight, [change], gradient, { learningRate }) {
    program.applyKerasMomentum({
      weight,
      change: change!,
      gradient,
      learningRate: learningRate!,
      momentum,
      nesterov,
    });
  },
};

const graphOptimizers: { readonly [N in OptimizerPlan['name']]: GraphOptimizerDef<Settings<N>> } = {
  adam,
  sgd,
};

export function graphOptimizerFor(plan: OptimizerPlan): GraphOptimizerDef<OptimizerPlan> {
  return graphOptimizers[plan.name] as unknown as GraphOptimizerDef<OptimizerPlan>;
}
