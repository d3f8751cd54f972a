/**
 * Changes of variables: plain ones, and the steps of optimizers that TensorFlow has as one op. Each is recorded in the
 * signature that is being recorded, after all that was recorded before it.
 */
import type { tf } from '../tensorflow/tf.ts';
import type { Attributes } from './attributes.ts';
import type { Variable } from './effects.ts';
import type { Graph } from './graph.ts';
import { type Ref, specOf } from './node.ts';
import type { Session } from './session.ts';

/** A scalar that is known now, or computed when the graph runs. */
export type Scalar = number | tf.Tensor;

/**
 * Kingma and Ba, arXiv:1412.6980, with the bias corrections in the rate:
 *   m ← m + (1-β₁)(g - m),  v ← v + (1-β₂)(g² - v),  w ← w - lr·√(1-β₂ᵗ)/(1-β₁ᵗ) · m/(√v + ε)
 */
export interface AdamUpdate {
  readonly weight: Variable;
  readonly m: Variable;
  readonly v: Variable;
  readonly gradient: tf.Tensor;
  readonly learningRate: Scalar;
  readonly beta1: Scalar;
  readonly beta2: Scalar;
  readonly epsilon: Scalar;
  /** β₁ᵗ and β₂ᵗ, t the number of this step from 1 on. */
  readonly beta1Power: Scalar;
  readonly beta2Power: Scalar;
}

/** c ← μc - lr·g, then w ← w + c, or w ← w + μc - lr·g where `nesterov` is set. */
export interface KerasMomentumUpdate {
  readonly weight: Variable;
  readonly change: Variable;
  readonly gradient: tf.Tensor;
  readonly learningRate: Scalar;
  readonly momentum: Scalar;
  readonly nesterov: boolean;
}

/** s ← ρs + (1-ρ)g²,  c ← μc + lr·g/√(s + ε),  w ← w - c. */
export interface RmsPropUpdate {
  readonly weight: Variable;
  readonly meanSquare: Variable;
  readonly change: Variable;
  readonly gradient: tf.Tensor;
  readonly learningRate: Scalar;
  readonly rho: Scalar;
  readonly momentum: Scalar;
  readonly epsilon: Scalar;
}

/** The same with the mean gradient's square taken off: a ← ρa + (1-ρ)g, and s - a² in place of s under the root. */
export interface CenteredRmsPropUpdate extends RmsPropUpdate {
  readonly meanGradient: Variable;
}

export interface Updates {
  assign(variable: Variable, value: tf.Tensor): void;
  assignAdd(variable: Variable, change: tf.Tensor): void;
  applyAdam(update: AdamUpdate): void;
  applyKerasMomentum(update: KerasMomentumUpdate): void;
  applyRmsProp(update: RmsPropUpdate): void;
  applyCenteredRmsProp(update: CenteredRmsPropUpdate): void;
}

export function createUpdates(graph: Graph, session: () => Session): Updates {
  /** The value as a node, of the variable's shape and type. */
  function valueFor(variable: Variable, value: tf.Tensor): Ref {
    const ref = session().refOf(value, variable.dtype);
    const { shape, dtype } = specOf(ref);
    if (shape.join() === variable.shape.join() && dtype === variable.dtype) return ref;
    throw new Error(
      `the variable ${variable.name} is ${variable.dtype} [${variable.shape}] and cannot take ${dtype} [${shape}]`,
    );
  }

  function scalarFor(variable: Variable, value: Scalar): Ref {
    const { dtype } = variable;
    if (typeof value === 'number') return graph.constant(Float32Array.of(value), { shape: [], dtype });
    const ref = session().refOf(value, dtype);
    if (specOf(ref).shape.length === 0) return ref;
    throw new Error(`an update of ${variable.name} needs a scalar, got [${specOf(ref).shape}]`);
  }

  function apply(
    op: string,
    variables: readonly Variable[],
    operands: readonly Ref[],
    attributes: Attributes = {},
  ): void {
    const locking: Attributes = { use_locking: { kind: 'bool', value: false } };
    session().effects.write(op, variables, operands, { ...locking, ...attributes });
  }

  return {
    assign(variable, value) {
      const ref = valueFor(variable, value);
      // A fed array belongs to JavaScript; TensorFlow would keep it as the variable, and later change it in place.
      const own = ref.node.sharesFeed
        ? { node: graph.add({ op: 'DeepCopy', inputs: [ref] }), output: 0 }
        : ref;
      session().effects.write('AssignVariableOp', [variable], [own]);
    },
    assignAdd(variable, change) {
      session().effects.write('AssignAddVariableOp', [variable], [valueFor(variable, change)]);
    },
    applyAdam({ weight, m, v, gradient, ...scalars }) {
      const { beta1Power, beta2Power, learningRate, beta1, beta2, epsilon } = scalars;
      const rates = [beta1Power, beta2Power, learningRate, beta1, beta2, epsilon];
      const operands = [...rates.map((rate) => scalarFor(weight, rate)), valueFor(weight, gradient)];
      apply('ResourceApplyAdam', [weight, m, v], operands, nesterovAttribute(false));
    },
    applyKerasMomentum({ weight, change, gradient, learningRate, momentum, nesterov }) {
      apply(
        'ResourceApplyKerasMomentum',
        [weight, change],
        [scalarFor(weight, learningRate), valueFor(weight, gradient), scalarFor(weight, momentum)],
        nesterovAttribute(nesterov),
      );
    },
    applyRmsProp({ weight, meanSquare, change, gradient, learningRate, rho, momentum, epsilon }) {
      const rates = [learningRate, rho, momentum, epsilon].map((rate) => scalarFor(weight, rate));
      apply('ResourceApplyRMSProp', [weight, meanSquare, change], [...rates, valueFor(weight, gradient)]);
    },
    applyCenteredRmsProp({ weight, meanGradient, meanSquare, change, gradient, ...scalars }) {
      const { learningRate, rho, momentum, epsilon } = scalars;
      const rates = [learningRate, rho, momentum, epsilon].map((rate) => scalarFor(weight, rate));
      apply(
        'ResourceApplyCenteredRMSProp',
        [weight, meanGradient, meanSquare, change],
        [...rates, valueFor(weight, gradient)],
      );
    },
  };
}

function nesterovAttribute(value: boolean): Attributes {
  return { use_nesterov: { kind: 'bool', value } };
}
