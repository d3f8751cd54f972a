/**
 * How each type of layer is written as nodes of TensorFlow's own ops, for any number of images [N, H, W, C]. Batch norms stay
 * layers of their own; TensorFlow folds them when it loads the file.
 */
import type { Layer, LayerSettings, LayerType } from '../../model/network.ts';
import type { StoredTensor } from '../../weights/safetensors.ts';
import { attribute, byAxis, float, type PlainGraph } from './graph.ts';

export interface PlainPlace {
  readonly graph: PlainGraph;
  /** Outputs of the layers that it reads. */
  readonly inputs: readonly string[];
  /** Shape of the first of them without the batch. */
  readonly inputShape: readonly number[];
  /** What its output is to be called. */
  readonly output: string;
  /** A weight by the last part of its name. */
  weight(name: string): StoredTensor & { readonly name: string };
  readonly images: string;
  /** Whether a convolution in groups is written as one for each group, for who knows no others. */
  readonly splitsGroups: boolean;
}

type LayerOf<T extends LayerType> = Extract<Layer, { type: T }>;
type WriteLayer<T extends LayerType> = (layer: LayerOf<T>, place: PlainPlace) => string;
type Window = Pick<LayerSettings['depthwiseConv'], 'strides' | 'padding'>;

/** Values below count as this: src/network/generalized-mean.ts. */
const SMALLEST = 1e-6;

const one =
  (op: string) =>
  (_layer: Layer, { graph, inputs, output }: PlainPlace): string =>
    graph.node(op, inputs, float, output);
/** Nothing is left of it when the training is over. */
const nothing = (_layer: Layer, { inputs }: PlainPlace): string => inputs[0]!;
const global =
  (op: string) =>
  (_layer: Layer, { graph, inputs, output }: PlainPlace): string =>
    graph.node(op, [inputs[0]!, graph.numbers(1, 2)], byAxis, output);

const writers: { readonly [T in LayerType]: WriteLayer<T> } = {
  input: (_layer, { images }) => images,
  zeroPad({ settings: { padding } }, { graph, inputs, output }) {
    const sides = graph.constant(Int32Array.of(0, 0, ...padding[0], ...padding[1], 0, 0), [4, 2]);
    return graph.node('Pad', [inputs[0]!, sides], { ...float, Tpaddings: attribute.type('int32') }, output);
  },
  conv({ settings }, place) {
    const output = settings.bias ? undefined : place.output;
    const isSplit = settings.groups > 1 && place.splitsGroups;
    const convolved = isSplit
      ? convolutionByGroups(settings, place, output)
      : convolution('Conv2D', settings, place, output);
    return settings.bias ? biased(convolved, place) : convolved;
  },
  depthwiseConv: ({ settings }, place) => convolution('DepthwiseConv2dNative', settings, place, place.output),
  batchNorm({ settings: { epsilon } }, place) {
    const { graph, inputs, inputShape, output } = place;
    const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => weightOf(place, name));
    const isImage = inputShape.length === 3;
    const channels = inputShape.at(-1)!;
    // The op takes images alone.
    const images = isImage ? inputs[0]! : reshaped(graph, inputs[0]!, [-1, 1, 1, channels]);
    const attributes = {
      ...float,
      U: attribute.type('float32'),
      epsilon: attribute.float(epsilon),
      data_format: attribute.text('NHWC'),
      is_training: attribute.flag(false),
    };
    const normed = graph.node(
      'FusedBatchNormV3',
      [images, ...weights],
      attributes,
      isImage ? output : undefined,
    );
    return isImage ? normed : reshaped(graph, normed, [-1, channels], output);
  },
  relu: one('Relu'),
  swish(_layer, { graph, inputs, output }) {
    return graph.node('Mul', [inputs[0]!, graph.node('Sigmoid', inputs, float)], float, output);
  },
  gelu(_layer, { graph, inputs, output }) {
    const x = inputs[0]!;
    const number = (value: number): string => graph.constant(Float32Array.of(value), []);
    const erf = graph.node('Erf', [graph.node('Mul', [x, number(Math.SQRT1_2)], float)], float);
    const below = graph.node('Mul', [graph.node('AddV2', [erf, number(1)], float), number(0.5)], float);
    return graph.node('Mul', [x, below], float, output);
  },
  sigmoid: one('Sigmoid'),
  maxPool: ({ settings }, place) => pool('MaxPool', settings, place),
  averagePool: ({ settings }, place) => pool('AvgPool', settings, place),
  globalAveragePool: global('Mean'),
  globalMaxPool: global('Max'),
  globalGeneralizedMean(_layer, place) {
    const { graph, inputs, inputShape, output } = place;
    const p = weightOf(place, 'p');
    const axes = graph.numbers(1, 2);
    const keep = { ...byAxis, keep_dims: attribute.flag(true) };
    const clamped = graph.node('Maximum', [inputs[0]!, graph.constant(Float32Array.of(SMALLEST), [])], float);
    const logs = graph.node('Log', [clamped], float);
    const most = graph.node('Max', [logs, axes], keep);
    const shifted = graph.node('Sub', [logs, most], float);
    const powers = graph.node('Exp', [graph.node('Mul', [shifted, p], float)], float);
    const mean = graph.node('Log', [graph.node('Mean', [powers, axes], keep)], float);
    const sum = graph.node('AddV2', [most, graph.node('RealDiv', [mean, p], float)], float);
    return reshaped(graph, graph.node('Exp', [sum], float), [-1, inputShape.at(-1)!], output);
  },
  concatenate: (_layer, { graph, inputs, inputShape, output }) =>
    graph.node(
      'ConcatV2',
      [...inputs, graph.constant(Int32Array.of(inputShape.length), [])],
      { ...byAxis, N: attribute.int(inputs.length) },
      output,
    ),
  add: (_layer, { graph, inputs, output }) =>
    inputs
      .slice(1)
      .reduce(
        (sum, input, i) =>
          graph.node('AddV2', [sum, input], float, i === inputs.length - 2 ? output : undefined),
        inputs[0]!,
      ),
  multiply: one('Mul'),
  reshape: ({ settings: { shape } }, { graph, inputs, output }) =>
    reshaped(graph, inputs[0]!, [-1, ...shape], output),
  stochasticDepth: nothing,
  dropout: nothing,
  dense(_layer, place) {
    return biased(place.graph.node('MatMul', [place.inputs[0]!, weightOf(place, 'kernel')], float), place);
  },
};

/** @returns name of the layer's output */
export function writePlainLayer(layer: Layer, place: PlainPlace): string {
  // The table's entry and the layer have the same type, which TypeScript does not follow through an index.
  return (writers[layer.type] as WriteLayer<LayerType>)(layer, place);
}

function weightOf({ graph, weight }: PlainPlace, key: string): string {
  const { name, shape, values } = weight(key);
  return graph.constant(values, shape, `weights/${name}`);
}

function convolution(
  op: 'Conv2D' | 'DepthwiseConv2dNative',
  window: Window,
  place: PlainPlace,
  output: string | undefined,
): string {
  const attributes = { ...windowOf(window), dilations: attribute.ints(1, 1, 1, 1) };
  return place.graph.node(op, [place.inputs[0]!, weightOf(place, 'kernel')], attributes, output);
}

/** Each group's channels by its own kernel, beside each other. */
function convolutionByGroups(
  settings: LayerSettings['conv'],
  { graph, inputs, weight }: PlainPlace,
  output: string | undefined,
): string {
  const { groups, filters } = settings;
  const { name, shape, values } = weight('kernel');
  const own = filters / groups;
  const axis = graph.constant(Int32Array.of(3), []);
  const parts = graph.node('Split', [axis, inputs[0]!], { ...float, num_split: attribute.int(groups) });
  const attributes = { ...windowOf(settings), dilations: attribute.ints(1, 1, 1, 1) };
  const convolved = Array.from({ length: groups }, (_, group) => {
    // The output is the kernel's last axis.
    const kernel = values.filter((_, i) => Math.floor((i % filters) / own) === group);
    const constant = graph.constant(kernel, [...shape.slice(0, 3), own], `weights/${name}/group${group}`);
    return graph.node('Conv2D', [group === 0 ? parts : `${parts}:${group}`, constant], attributes);
  });
  return graph.node('ConcatV2', [...convolved, axis], { ...byAxis, N: attribute.int(groups) }, output);
}

function biased(x: string, place: PlainPlace): string {
  return place.graph.node('BiasAdd', [x, weightOf(place, 'bias')], float, place.output);
}

function pool(
  op: 'MaxPool' | 'AvgPool',
  { size, strides, padding }: LayerSettings['maxPool'],
  { graph, inputs, output }: PlainPlace,
): string {
  const window = windowOf({ strides: [strides, strides], padding });
  return graph.node(op, [inputs[0]!], { ...window, ksize: attribute.ints(1, size, size, 1) }, output);
}

function windowOf({ strides, padding }: Window) {
  return {
    ...float,
    strides: attribute.ints(1, ...strides, 1),
    padding: attribute.text(padding.toUpperCase()),
    data_format: attribute.text('NHWC'),
  };
}

function reshaped(graph: PlainGraph, x: string, shape: readonly number[], output?: string): string {
  const attributes = { ...float, Tshape: attribute.type('int32') };
  return graph.node('Reshape', [x, graph.numbers(...shape)], attributes, output);
}
