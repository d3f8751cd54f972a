/**
 * First values of the weights, as Keras defines its initialisers, each value a function of (seed, name of the weight,
 * index). Glorot and Bengio, AISTATS 2010; He et al., arXiv:1502.01852.
 */
import type { Network, WeightInitializer, WeightSpec } from '../model/network.ts';
import { keyFor, type Stream, stream } from '../random.ts';

/** Deviation of a standard normal that is cut at two deviations: what Keras divides by, to give the cut one unit deviation. */
const TRUNCATED_DEVIATION = 0.87962566103423978;
/** Share of a standard normal below minus two deviations, Φ(-2). */
const LOWER_TAIL = 0.022750131948179195;

type Fill = (values: Float32Array, shape: readonly number[], numbers: Stream) => void;

export const initializers: Readonly<Record<WeightInitializer, Fill>> = {
  zeros: () => {},
  ones: (values) => {
    values.fill(1);
  },
  glorotUniform(values, shape, numbers) {
    const { fanIn, fanOut } = fans(shape);
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    for (let i = 0; i < values.length; i++) values[i] = (2 * numbers.uniform() - 1) * limit;
  },
  heNormal: (values, shape, numbers) => fillNormal(values, Math.sqrt(2 / fans(shape).fanIn), numbers),
  heNormalFanOut: (values, shape, numbers) => fillNormal(values, Math.sqrt(2 / fans(shape).fanOut), numbers),
};

/** Normal numbers, cut at two deviations of the uncut normal. */
function fillNormal(values: Float32Array, deviation: number, numbers: Stream): void {
  const uncut = deviation / TRUNCATED_DEVIATION;
  // The quantile of a uniform number between both tails: one number a value, and none is thrown away.
  const share = 1 - 2 * LOWER_TAIL;
  for (let i = 0; i < values.length; i++) {
    values[i] = normalQuantile(LOWER_TAIL + share * numbers.uniform()) * uncut;
  }
}

/** @returns the values of every weight, by name */
export function initialWeights(network: Network, seed: number): Map<string, Float32Array> {
  const weights = network.layers.flatMap((layer) => layer.weights);
  return new Map(weights.map((weight) => [weight.name, initialValues(weight, seed)]));
}

function initialValues({ name, shape, initializer }: WeightSpec, seed: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  initializers[initializer](values, shape, stream(keyFor(seed, `weight/${name}`)));
  return values;
}

/** Values that one output reads, and outputs that one input reaches: of a dense or a convolution's kernel. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const field = shape.slice(0, -2).reduce((product, side) => product * side, 1);
  const [inputs, outputs] = shape.slice(-2);
  if (inputs === undefined || outputs === undefined) throw new Error(`no fans for the shape [${shape}]`);
  return { fanIn: field * inputs, fanOut: field * outputs };
}

/**
 * The x with Φ(x) = probability, to 1 part in 10⁷: algorithm AS 241, PPND7 (Wichura, Applied Statistics 37, 1988),
 * without its outermost tails.
 * @param probability from 1e-10 to 1 - 1e-10
 */
export function normalQuantile(probability: number): number {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    const above = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179;
    return (q * above) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1);
  }
  const r = Math.sqrt(-Math.log(q < 0 ? probability : 1 - probability)) - 1.6;
  const above = ((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777;
  const x = above / ((0.12021132975 * r + 0.7370016425) * r + 1);
  return q < 0 ? -x : x;
}
