/**
 * First values of the weights, as Keras defines its initialisers, each value a function of (seed, name of the weight,
 * index). Glorot and Bengio, AISTATS 2010; He et al., arXiv:1502.01852; LeCun et al., "Efficient BackProp", 1998; Saxe et
 * al., arXiv:1312.6120.
 */
import type { Network, WeightInitializer, WeightSpec } from '../model/network.ts';
import type { InitializerName } from '../model/settings.ts';
import { keyFor, type Stream, stream } from '../random.ts';
import { orthogonalColumns } from './orthogonal.ts';

/** Deviation of a standard normal that is cut at two deviations: what Keras divides by, to give the cut one unit deviation. */
const TRUNCATED_DEVIATION = 0.87962566103423978;
/** Share of a standard normal below minus two deviations, Φ(-2). */
const LOWER_TAIL = 0.022750131948179195;

type Fill = (values: Float32Array, shape: readonly number[], numbers: Stream) => void;

/** Variance of a value, times the mean of inputs and outputs, the inputs, or the outputs. */
interface Scaling {
  readonly scale: number;
  readonly by: 'fanAverage' | 'fanIn' | 'fanOut';
  readonly distribution: 'uniform' | 'normal';
}

const scalings: Readonly<Record<Exclude<InitializerName, 'orthogonal'>, Scaling>> = {
  glorotUniform: { scale: 1, by: 'fanAverage', distribution: 'uniform' },
  glorotNormal: { scale: 1, by: 'fanAverage', distribution: 'normal' },
  heUniform: { scale: 2, by: 'fanIn', distribution: 'uniform' },
  heNormal: { scale: 2, by: 'fanIn', distribution: 'normal' },
  heNormalFanOut: { scale: 2, by: 'fanOut', distribution: 'normal' },
  lecunUniform: { scale: 1, by: 'fanIn', distribution: 'uniform' },
  lecunNormal: { scale: 1, by: 'fanIn', distribution: 'normal' },
};

function fillOf(initializer: WeightInitializer): Fill {
  if (typeof initializer === 'object') {
    if ('constant' in initializer) return (values) => void values.fill(initializer.constant);
    return (values, _, numbers) => fillNormal(values, initializer.truncatedNormal, numbers);
  }
  if (initializer === 'zeros') return () => {};
  if (initializer === 'ones') return (values) => void values.fill(1);
  if (initializer === 'orthogonal') return fillOrthogonal;
  return (values, shape, numbers) => fillScaled(values, shape, scalings[initializer], numbers);
}

function fillScaled(
  values: Float32Array,
  shape: readonly number[],
  { scale, by, distribution }: Scaling,
  numbers: Stream,
): void {
  const { fanIn, fanOut } = fans(shape);
  const variance = scale / { fanIn, fanOut, fanAverage: (fanIn + fanOut) / 2 }[by];
  if (distribution === 'normal') {
    fillNormal(values, Math.sqrt(variance) / TRUNCATED_DEVIATION, numbers);
    return;
  }
  const limit = Math.sqrt(3 * variance);
  for (let i = 0; i < values.length; i++) values[i] = (2 * numbers.uniform() - 1) * limit;
}

/** Normal numbers, cut at two deviations. @param deviation before the cut */
function fillNormal(values: Float32Array, deviation: number, numbers: Stream): void {
  // The quantile of a uniform number between both tails: one number a value, and none is thrown away.
  const share = 1 - 2 * LOWER_TAIL;
  for (let i = 0; i < values.length; i++) {
    values[i] = normalQuantile(LOWER_TAIL + share * numbers.uniform()) * deviation;
  }
}

/** Of the kernel as a matrix of one column for each output: orthogonal columns, or rows where those are fewer. */
function fillOrthogonal(values: Float32Array, shape: readonly number[], numbers: Stream): void {
  const outputs = shape.at(-1)!;
  const inputs = values.length / outputs;
  const [long, short] = [Math.max(inputs, outputs), Math.min(inputs, outputs)];
  const normal = Float32Array.from(values, () => numbers.normal());
  const matrix = orthogonalColumns(normal, long, short);
  const isTall = inputs >= outputs;
  for (let row = 0; row < long; row++) {
    for (let column = 0; column < short; column++) {
      values[isTall ? row * short + column : column * long + row] = matrix[row * short + column]!;
    }
  }
}

/** @returns the values of every weight, by name */
export function initialWeights(network: Network, seed: number): Map<string, Float32Array> {
  const weights = network.layers.flatMap((layer) => layer.weights);
  return new Map(weights.map((weight) => [weight.name, initialValues(weight, seed)]));
}

/** @returns the first values of one weight, the last axis fastest */
export function initialValues({ name, shape, initializer }: WeightSpec, seed: number): Float32Array {
  const values = new Float32Array(shape.reduce((product, side) => product * side, 1));
  fillOf(initializer)(values, shape, stream(keyFor(seed, `weight/${name}`)));
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
