/**
 * How each type of layer is computed: its description, its inputs and its weights in, its output out. Pure functions
 * over tensors: no value is read and every shape is known, so that a backend can record them.
 */
import type { Layer, LayerType } from '../model/network.ts';
import { tf } from '../tensorflow/tf.ts';
import { applyBatchNorm, type NormWeights, type TrainedNorm, trainBatchNorm } from './batch-norm.ts';
import { addBias } from './bias.ts';
import { dropout, dropoutSeed } from './dropout.ts';
import { applyFusedNorm, trainFusedNorm } from './fused-norm.ts';
import { gelu } from './gelu.ts';
import { generalizedMean } from './generalized-mean.ts';
import { globalAverage, globalMaximum } from './global-pooling.ts';
import { groupedConv } from './grouped-conv.ts';
import { applyNormConv, suitsNormConv, trainNormConv } from './norm-conv.ts';
import type { Pieces } from './pieces.ts';
import { relu } from './relu.ts';
import { type Subsample, skipsPixels } from './subsample.ts';
import { swish } from './swish.ts';
import { suitsWinograd, winogradConv } from './winograd-conv.ts';

export interface LayerContext {
  /** Is this layer trained, so that dropout drops and batch norm looks at the batch? */
  readonly training: boolean;
  /** May the layer be computed by our own kernels? */
  readonly ownKernels: boolean;
  readonly images_BHWC: tf.Tensor4D;
  readonly subsample: Subsample;
  /** Steps of the run before this one, int32. */
  readonly step: tf.Scalar;
  readonly seed: number;
  /** The weight of this layer with the last part of its name: `kernel`, `gamma`, … */
  weight(name: string): tf.Tensor;
  /** Takes what one of this layer's moving averages becomes. */
  setAverage(name: string, value: tf.Tensor): void;
}

export type LayerOf<T extends LayerType> = Extract<Layer, { type: T }>;

type LayerFunction<T extends LayerType> = (
  layer: LayerOf<T>,
  inputs: readonly tf.Tensor[],
  context: LayerContext,
) => tf.Tensor;

export const layerFunctions: { readonly [T in LayerType]: LayerFunction<T> } = {
  input: (_layer, _inputs, { images_BHWC }) => images_BHWC,
  zeroPad: ({ settings: { padding } }, inputs) =>
    tf.pad(only(inputs), [[0, 0], [...padding[0]], [...padding[1]], [0, 0]]),
  conv({ settings: { strides, padding, groups, bias } }, inputs, { ownKernels, subsample, weight }) {
    const image_BHWC = only<tf.Tensor4D>(inputs);
    const kernel = weight('kernel') as tf.Tensor4D;
    const convolve = (): tf.Tensor => {
      if (groups > 1) return groupedConv(image_BHWC, kernel, strides, padding);
      if (ownKernels && skipsPixels(kernel.shape, strides))
        return tf.conv2d(subsample(image_BHWC, strides), kernel, 1, 'valid');
      const shape = { images: image_BHWC.shape, kernel: kernel.shape, strides, padding };
      if (ownKernels && suitsWinograd(shape)) return winogradConv(image_BHWC, kernel);
      return tf.conv2d(image_BHWC, kernel, [...strides], padding);
    };
    const y_BHWC = convolve();
    return bias ? addBias(y_BHWC, weight('bias')) : y_BHWC;
  },
  depthwiseConv: ({ settings: { strides, padding } }, inputs, { weight }) =>
    tf.depthwiseConv2d(only<tf.Tensor4D>(inputs), weight('kernel') as tf.Tensor4D, [...strides], padding),
  batchNorm({ settings }, inputs, context) {
    const weights = normWeights(context);
    if (!context.training) return applyBatchNorm(only(inputs), weights, settings.epsilon);
    return withAverages(trainBatchNorm(only(inputs), weights, settings), context);
  },
  relu: (_layer, inputs) => relu(only(inputs)),
  swish: (_layer, inputs) => swish(only(inputs)),
  gelu: (_layer, inputs) => gelu(only(inputs)),
  sigmoid: (_layer, inputs) => tf.sigmoid(only(inputs)),
  maxPool: ({ settings: { size, strides, padding } }, inputs) =>
    tf.maxPool(only<tf.Tensor4D>(inputs), size, strides, padding),
  averagePool: ({ settings: { size, strides, padding } }, inputs) =>
    tf.avgPool(only<tf.Tensor4D>(inputs), size, strides, padding),
  globalAveragePool: (_layer, inputs) => globalAverage(only(inputs)),
  globalMaxPool: (_layer, inputs) => globalMaximum(only(inputs)),
  globalGeneralizedMean: (_layer, inputs, { weight }) => generalizedMean(only(inputs), weight('p')),
  concatenate: (_layer, inputs) => tf.concat([...inputs], -1),
  add: (_layer, inputs) => inputs.reduce((sum, input) => tf.add(sum, input)),
  multiply: (_layer, [images, factors]) => tf.mul(images!, factors!),
  reshape({ settings: { shape } }, inputs) {
    const input = only(inputs);
    return tf.reshape(input, [input.shape[0]!, ...shape]);
  },
  stochasticDepth({ name, settings: { rate } }, inputs, { training, seed, step }) {
    const input = only(inputs);
    // One number an image.
    const mask = input.shape.map((side, axis) => (axis === 0 ? side : 1));
    return training ? dropout(input, rate, dropoutSeed(seed, name), step, mask) : input;
  },
  dropout: ({ name, settings: { rate } }, inputs, { training, seed, step }) =>
    training ? dropout(only(inputs), rate, dropoutSeed(seed, name), step) : only(inputs),
  dense: (_layer, inputs, { weight }) => tf.add(tf.matMul(only(inputs), weight('kernel')), weight('bias')),
};

/** Computes one layer of any type. */
export function computeLayer(layer: Layer, inputs: readonly tf.Tensor[], context: LayerContext): tf.Tensor {
  // The table's entry and the layer have the same type, which TypeScript does not follow through an index.
  const compute = layerFunctions[layer.type] as LayerFunction<LayerType>;
  return compute(layer, inputs, context);
}

/**
 * Computes a batch norm with our own kernels.
 * @param x its input, which may be in pieces
 * @param relu whether the ReLU that follows is computed along with it
 */
export function computeFusedNorm(
  { settings }: LayerOf<'batchNorm'>,
  x: Pieces,
  relu: boolean,
  context: LayerContext,
): tf.Tensor {
  const weights = normWeights(context);
  if (!context.training) return applyFusedNorm(x, weights, { ...settings, relu });
  return withAverages(trainFusedNorm(x, weights, { ...settings, relu }), context);
}

/**
 * Computes a batch norm, the ReLU behind it and the convolution behind that with our own kernel.
 * @param x the batch norm's input, which may be in pieces
 * @param weightOfConv a weight of the convolution, by the last part of its name
 * @returns the convolution's output; undefined where the kernel does not suit it
 */
export function computeNormConv(
  { settings }: LayerOf<'batchNorm'>,
  x: Pieces,
  { settings: { strides, groups, bias } }: LayerOf<'conv'>,
  weightOfConv: (name: string) => tf.Tensor,
  context: LayerContext,
): tf.Tensor | undefined {
  const kernel = weightOfConv('kernel');
  const widths = x.map(({ tensor }) => tensor.shape.at(-1)!);
  if (!suitsNormConv({ widths, kernel: kernel.shape, strides, groups })) return undefined;
  const weights = normWeights(context);
  const fused = { ...settings, relu: true };
  const y = context.training
    ? withAverages(trainNormConv(x, weights, kernel, fused), context)
    : applyNormConv(x, weights, kernel, fused);
  return bias ? addBias(y, weightOfConv('bias')) : y;
}

function normWeights({ weight }: LayerContext): NormWeights {
  return {
    gamma_C: weight('gamma'),
    beta_C: weight('beta'),
    mean_C: weight('moving_mean'),
    variance_C: weight('moving_variance'),
  };
}

function withAverages({ y, mean_C, variance_C }: TrainedNorm, { setAverage }: LayerContext): tf.Tensor {
  setAverage('moving_mean', mean_C);
  setAverage('moving_variance', variance_C);
  return y;
}

function only<T extends tf.Tensor = tf.Tensor>([input]: readonly tf.Tensor[]): T {
  return input as T;
}
