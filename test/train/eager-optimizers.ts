/**
 * Optimizers as pure functions, op by op: (weight, gradient, slots, rate) to (new weight, new slots). The reference of
 * src/train/step/optimizers.ts, which says what is computed and has the names of the slots.
 */
import type { OptimizerPlan } from '../../src/plan/plan.ts';
import type { tf as Tf } from '../../src/tensorflow/tf.ts';
import { tf } from '../../src/tensorflow/tf.ts';

/** Numbers of one step, computed once for all weights. */
type Rates = Readonly<Record<string, Tf.Scalar>>;

interface EagerOptimizerDef<P extends OptimizerPlan> {
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

const adam: EagerOptimizerDef<AdamSettings> = {
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

const sgd: EagerOptimizerDef<Settings<'sgd'>> = {
  rates: (_, learningRate) => ({ rate: learningRate }),
  update({ momentum, nesterov }, weight, gradient, [change], { rate }) {
    const downhill = tf.mul(rate!, gradient);
    const newChange = tf.sub(tf.mul(change!, momentum), downhill);
    const moved = nesterov ? tf.sub(tf.mul(newChange, momentum), downhill) : newChange;
    return [tf.add(weight, moved), newChange];
  },
};

const rmsprop: EagerOptimizerDef<Settings<'rmsprop'>> = {
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

const optimizers: { readonly [N in OptimizerPlan['name']]: EagerOptimizerDef<Settings<N>> } = {
  adam,
  adamw: adam,
  sgd,
  rmsprop,
};

/** The optimizer that a plan names. */
export function eagerOptimizerFor(plan: OptimizerPlan): EagerOptimizerDef<OptimizerPlan> {
  return optimizers[plan.name] as unknown as EagerOptimizerDef<OptimizerPlan>;
}
