/**
 * How each type of layer is written as nodes of ONNX, as its specification of opset 18 defines them
 * (https://onnx.ai/onnx/operators). Images are [N, C, H, W] here, and kernels are turned to fit. Batch norms stay layers of
 * their own, so that the file shows the network that was trained; runtimes fold them when they load it.
 */
import type { Layer, LayerSettings, LayerType } from '../../model/network.ts';
import type { StoredTensor } from '../../weights/safetensors.ts';
import type { Attributes, OnnxGraph } from './graph.ts';

export interface LayerPlace {
  readonly graph: OnnxGraph;
  /** Outputs of the layers that it reads. */
  readonly inputs: readonly string[];
  /** Shape of the first of them, as the network has it: [height, width, channels] or [features]. */
  readonly inputShape: readonly number[];
  /** What its output is to be called. */
  readonly output: string;
  /** A weight by the last part of its name. */
  weight(name: string): StoredTensor & { readonly name: string };
  readonly images: string;
  /** Whether a layer that takes maxima reads it. */
  readonly isPooled: boolean;
}

type LayerOf<T extends LayerType> = Extract<Layer, { type: T }>;
type WriteLayer<T extends LayerType> = (layer: LayerOf<T>, place: LayerPlace) => string;

type Window = Pick<LayerSettings['depthwiseConv'], 'kernelSize' | 'strides' | 'padding'>;

/** Values below count as this: src/network/generalized-mean.ts. */
const SMALLEST = 1e-6;

const one =
  (op: string) =>
  (_layer: Layer, { graph, inputs, output }: LayerPlace): string =>
    graph.node(op, inputs, {}, output);
/** Nothing is left of it when the training is over. */
const nothing = (_layer: Layer, { inputs }: LayerPlace): string => inputs[0]!;

const writers: { readonly [T in LayerType]: WriteLayer<T> } = {
  input: (_layer, { images }) => images,
  zeroPad({ settings: { padding } }, { graph, inputs, output, isPooled }) {
    const [[top, bottom], [left, right]] = padding;
    const pads = graph.numbers(0, 0, top, left, 0, 0, bottom, right);
    // ONNX Runtime up to 1.30 makes zeros before a maximum part of the pooling, where they do not count any more.
    const nearlyZero = isPooled ? [graph.constant(Float32Array.of(1e-30), [])] : [];
    return graph.node('Pad', [inputs[0]!, pads, ...nearlyZero], {}, output);
  },
  conv({ settings }, place) {
    const kernel = place.weight('kernel');
    const bias = settings.bias ? [weightOf(place, 'bias')] : [];
    const turned = place.graph.constant(channelsFirst(kernel), outputsFirst(kernel.shape), kernel.name);
    const attributes = { ...windowOf(place, settings), group: { i: settings.groups } };
    return place.graph.node('Conv', [place.inputs[0]!, turned, ...bias], attributes, place.output);
  },
  depthwiseConv({ settings }, place) {
    const kernel = place.weight('kernel');
    // [height, width, channels, 1] is that of one group a channel.
    const [height, width, channels] = kernel.shape as [number, number, number];
    const asGroups = { shape: [height, width, 1, channels], values: kernel.values };
    const turned = place.graph.constant(channelsFirst(asGroups), [channels, 1, height, width], kernel.name);
    const attributes = { ...windowOf(place, settings), group: { i: channels } };
    return place.graph.node('Conv', [place.inputs[0]!, turned], attributes, place.output);
  },
  batchNorm({ settings: { epsilon } }, place) {
    const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((name) => weightOf(place, name));
    const inputs = [place.inputs[0]!, ...weights];
    return place.graph.node('BatchNormalization', inputs, { epsilon: { f: epsilon } }, place.output);
  },
  relu: one('Relu'),
  swish(_layer, { graph, inputs, output }) {
    return graph.node('Mul', [inputs[0]!, graph.node('Sigmoid', inputs)], {}, output);
  },
  gelu(_layer, { graph, inputs, output }) {
    const x = inputs[0]!;
    const number = (value: number): string => graph.constant(Float32Array.of(value), [1]);
    const erf = graph.node('Erf', [graph.node('Mul', [x, number(Math.SQRT1_2)])]);
    const below = graph.node('Mul', [graph.node('Add', [erf, number(1)]), number(0.5)]);
    return graph.node('Mul', [x, below], {}, output);
  },
  sigmoid: one('Sigmoid'),
  maxPool: (layer, place) => pool('MaxPool', layer.settings, place),
  // Positions beyond the image do not count: ONNX's default.
  averagePool: (layer, place) => pool('AveragePool', layer.settings, place),
  globalAveragePool: (_layer, place) => flattened(place, place.graph.node('GlobalAveragePool', place.inputs)),
  globalMaxPool: (_layer, place) => flattened(place, place.graph.node('GlobalMaxPool', place.inputs)),
  globalGeneralizedMean(_layer, place) {
    const { graph, inputs } = place;
    const p = weightOf(place, 'p');
    const axes = graph.numbers(2, 3);
    const keep = { keepdims: { i: 1 } };
    const logs = graph.node('Log', [
      graph.node('Max', [inputs[0]!, graph.constant(Float32Array.of(SMALLEST), [1])]),
    ]);
    const most = graph.node('ReduceMax', [logs, axes], keep);
    const powers = graph.node('Exp', [graph.node('Mul', [graph.node('Sub', [logs, most]), p])]);
    const mean = graph.node('Log', [graph.node('ReduceMean', [powers, axes], keep)]);
    return flattened(place, graph.node('Exp', [graph.node('Add', [most, graph.node('Div', [mean, p])])]));
  },
  // Channels are the second axis of images, and of vectors the last.
  concatenate: (_layer, { graph, inputs, output }) =>
    graph.node('Concat', inputs, { axis: { i: 1 } }, output),
  add: (_layer, { graph, inputs, output }) =>
    inputs
      .slice(1)
      .reduce(
        (sum, input, i) => graph.node('Add', [sum, input], {}, i === inputs.length - 2 ? output : undefined),
        inputs[0]!,
      ),
  multiply: one('Mul'),
  reshape({ name, settings: { shape } }, { graph, inputs, inputShape, output }) {
    if (inputShape.length !== 1 || `${shape}` !== `${[1, 1, inputShape[0]]}`)
      throw new Error(`${name}: expected one value a channel, got [${inputShape}] as [${shape}]`);
    return graph.node('Unsqueeze', [inputs[0]!, graph.numbers(2, 3)], {}, output);
  },
  stochasticDepth: nothing,
  dropout: nothing,
  dense(_layer, place) {
    const inputs = [place.inputs[0]!, weightOf(place, 'kernel'), weightOf(place, 'bias')];
    return place.graph.node('Gemm', inputs, {}, place.output);
  },
};

/** @returns name of the layer's output */
export function writeLayer(layer: Layer, place: LayerPlace): string {
  // The table's entry and the layer have the same type, which TypeScript does not follow through an index.
  return (writers[layer.type] as WriteLayer<LayerType>)(layer, place);
}

function weightOf({ graph, weight }: LayerPlace, key: string): string {
  const { name, shape, values } = weight(key);
  return graph.constant(values, shape, name);
}

function pool(
  op: 'MaxPool' | 'AveragePool',
  { size, strides, padding }: LayerSettings['maxPool'],
  place: LayerPlace,
): string {
  const window: Window = { kernelSize: [size, size], strides: [strides, strides], padding };
  return place.graph.node(op, [place.inputs[0]!], windowOf(place, window), place.output);
}

/** `same` as TensorFlow has it: what does not come out even is at the bottom and on the right. */
function windowOf({ inputShape }: LayerPlace, { kernelSize, strides, padding }: Window): Attributes {
  const ends = kernelSize.map((size, axis): readonly [number, number] => {
    if (padding === 'valid') return [0, 0];
    const side = inputShape[axis]!;
    const reach = (Math.ceil(side / strides[axis]!) - 1) * strides[axis]! + size;
    const all = Math.max(0, reach - side);
    return [Math.floor(all / 2), all - Math.floor(all / 2)];
  }) as [readonly [number, number], readonly [number, number]];
  return {
    kernel_shape: { ints: kernelSize },
    strides: { ints: strides },
    pads: { ints: [ends[0][0], ends[1][0], ends[0][1], ends[1][1]] },
  };
}

/** [N, C, 1, 1] to [N, C]. */
function flattened({ graph, output }: LayerPlace, maps: string): string {
  return graph.node('Flatten', [maps], { axis: { i: 1 } }, output);
}

function outputsFirst([height, width, inputs, outputs]: readonly number[]): number[] {
  return [outputs!, inputs!, height!, width!];
}

/** [height, width, inputs, outputs] to [outputs, inputs, height, width]. */
function channelsFirst({ shape, values }: Pick<StoredTensor, 'shape' | 'values'>): Float32Array {
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  const positions = height * width;
  const turned = new Float32Array(values.length);
  let from = 0;
  for (let position = 0; position < positions; position++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++)
        turned[(output * inputs + input) * positions + position] = values[from++]!;
    }
  }
  return turned;
}
