/**
 * Appends layers one by one to a list that becomes a network: infers shapes, names the weights as Keras does, counts
 * operations. Shapes are without the batch: [height, width, channels] or [features].
 */
import type { Layer, LayerSettings, LayerType, WeightInitializer, WeightSpec } from './network.ts';
import type { InitializerName, Part } from './settings.ts';

/** The images become empty inside the network. The message says where; the caller knows which stage asked for them. */
export class ImageTooSmallError extends Error {
  /** Layer that would have no output left. */
  readonly layer: string;
  readonly imageSize: number;

  constructor(layer: string, imageSize: number, before: readonly number[]) {
    const [height, width] = before;
    super(
      `images of ${imageSize} pixels are too small: layer ${layer} gets ${height}×${width} and would leave nothing`,
    );
    this.name = 'ImageTooSmallError';
    this.layer = layer;
    this.imageSize = imageSize;
  }
}

type Padding = LayerSettings['zeroPad']['padding'];

export interface ConvOptions {
  readonly filters: number;
  /** Side of the square kernel. */
  readonly kernelSize: number;
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
  /** Whether a number is added to each channel of the output. @default false */
  readonly bias?: boolean;
  readonly initializer: InitializerName;
}

export type DepthwiseConvOptions = Omit<ConvOptions, 'filters' | 'bias'>;

export interface WindowOptions {
  readonly size: number;
  readonly strides: number;
}

/** Every method appends a layer and returns its name, which later layers take as input. */
export interface Builder {
  readonly layers: readonly Layer[];
  /** Layers appended from now on belong to this part. */
  startPart(part: Part): void;
  shapeOf(layer: string): readonly number[];
  input(name: string): string;
  /** @param padding rows or columns of zeros, on every side */
  zeroPad(name: string, input: string, padding: number): string;
  conv(name: string, input: string, options: ConvOptions): string;
  depthwiseConv(name: string, input: string, options: DepthwiseConvOptions): string;
  batchNorm(name: string, input: string, settings: LayerSettings['batchNorm']): string;
  relu(name: string, input: string): string;
  swish(name: string, input: string): string;
  sigmoid(name: string, input: string): string;
  maxPool(name: string, input: string, window: WindowOptions): string;
  averagePool(name: string, input: string, window: WindowOptions): string;
  globalAveragePool(name: string, input: string): string;
  globalMaxPool(name: string, input: string): string;
  concatenate(name: string, inputs: readonly string[]): string;
  /** The sum of inputs of one shape. */
  add(name: string, inputs: readonly string[]): string;
  /** @param factors [1, 1, channels] */
  multiply(name: string, input: string, factors: string): string;
  reshape(name: string, input: string, shape: readonly number[]): string;
  dropout(name: string, input: string, rate: number): string;
  stochasticDepth(name: string, input: string, rate: number): string;
  dense(name: string, input: string, units: number, initializer: InitializerName): string;
}

/** @param imageSize side of the square images, pixels */
export function createBuilder(imageSize: number): Builder {
  const layers: Layer[] = [];
  const shapes = new Map<string, readonly number[]>();
  let part: Part = 'backbone';

  function shapeOf(layer: string): readonly number[] {
    const shape = shapes.get(layer);
    if (shape === undefined) throw new Error(`no layer ${layer} before this one`);
    return shape;
  }

  function append<T extends LayerType>(
    type: T,
    name: string,
    inputs: readonly string[],
    settings: LayerSettings[T],
    outputShape: readonly number[],
    flops: number,
    weights: readonly WeightSpec[] = [],
  ): string {
    if (shapes.has(name)) throw new Error(`two layers are named ${name}`);
    if (outputShape.some((side) => side < 1))
      throw new ImageTooSmallError(name, imageSize, shapeOf(inputs[0]!));
    layers.push({ name, type, settings, part, inputs, outputShape, weights, flops } as unknown as Layer);
    shapes.set(name, outputShape);
    return name;
  }

  function weight(
    name: string,
    shape: readonly number[],
    initializer: WeightInitializer,
    trainable = true,
  ): WeightSpec {
    return { name, shape, initializer, trainable, part };
  }

  function pool(
    type: 'maxPool' | 'averagePool',
    name: string,
    input: string,
    { size, strides }: WindowOptions,
  ): string {
    const [height, width, channels] = imageShape(shapeOf(input));
    const shape = [
      outputSide(height, size, strides, 'valid'),
      outputSide(width, size, strides, 'valid'),
      channels,
    ];
    return append(type, name, [input], { size, strides }, shape, size * size * volume(shape));
  }

  return {
    layers,
    shapeOf,
    startPart(next) {
      part = next;
    },
    input: (name) => append('input', name, [], {}, [imageSize, imageSize, 3], 0),
    zeroPad(name, input, padding) {
      const [height, width, channels] = imageShape(shapeOf(input));
      const sides: Padding = [
        [padding, padding],
        [padding, padding],
      ];
      return append(
        'zeroPad',
        name,
        [input],
        { padding: sides },
        [height + 2 * padding, width + 2 * padding, channels],
        0,
      );
    },
    conv(name, input, { filters, kernelSize, strides = 1, padding = 'valid', bias = false, initializer }) {
      const [height, width, channels] = imageShape(shapeOf(input));
      const shape = [
        outputSide(height, kernelSize, strides, padding),
        outputSide(width, kernelSize, strides, padding),
        filters,
      ];
      const kernelShape = [kernelSize, kernelSize, channels, filters];
      const flops = (2 * kernelSize * kernelSize * channels + (bias ? 1 : 0)) * volume(shape);
      const kernel = weight(`${name}/kernel`, kernelShape, initializer);
      return append(
        'conv',
        name,
        [input],
        { kernelSize: [kernelSize, kernelSize], strides: [strides, strides], padding, filters, bias },
        shape,
        flops,
        bias ? [kernel, weight(`${name}/bias`, [filters], 'zeros')] : [kernel],
      );
    },
    depthwiseConv(name, input, { kernelSize, strides = 1, padding = 'valid', initializer }) {
      const [height, width, channels] = imageShape(shapeOf(input));
      const shape = [
        outputSide(height, kernelSize, strides, padding),
        outputSide(width, kernelSize, strides, padding),
        channels,
      ];
      const settings = {
        kernelSize: [kernelSize, kernelSize],
        strides: [strides, strides],
        padding,
      } as const;
      return append('depthwiseConv', name, [input], settings, shape, 2 * kernelSize ** 2 * volume(shape), [
        weight(`${name}/kernel`, [kernelSize, kernelSize, channels, 1], initializer),
      ]);
    },
    batchNorm(name, input, settings) {
      const shape = shapeOf(input);
      const channels = [shape.at(-1)!];
      return append('batchNorm', name, [input], settings, shape, 2 * volume(shape), [
        weight(`${name}/gamma`, channels, 'ones'),
        weight(`${name}/beta`, channels, 'zeros'),
        weight(`${name}/moving_mean`, channels, 'zeros', false),
        weight(`${name}/moving_variance`, channels, 'ones', false),
      ]);
    },
    relu: (name, input) => append('relu', name, [input], {}, shapeOf(input), volume(shapeOf(input))),
    swish: (name, input) => append('swish', name, [input], {}, shapeOf(input), 2 * volume(shapeOf(input))),
    sigmoid: (name, input) => append('sigmoid', name, [input], {}, shapeOf(input), volume(shapeOf(input))),
    maxPool: (name, input, window) => pool('maxPool', name, input, window),
    averagePool: (name, input, window) => pool('averagePool', name, input, window),
    globalAveragePool: (name, input) =>
      append('globalAveragePool', name, [input], {}, [imageShape(shapeOf(input))[2]], volume(shapeOf(input))),
    globalMaxPool: (name, input) =>
      append('globalMaxPool', name, [input], {}, [imageShape(shapeOf(input))[2]], volume(shapeOf(input))),
    concatenate(name, inputs) {
      const channels = inputs.reduce((sum, input) => sum + shapeOf(input).at(-1)!, 0);
      return append('concatenate', name, inputs, {}, [...shapeOf(inputs[0]!).slice(0, -1), channels], 0);
    },
    add(name, inputs) {
      const shape = shapeOf(inputs[0]!);
      for (const input of inputs) {
        if (`${shapeOf(input)}` !== `${shape}`)
          throw new Error(`${name} cannot add ${input} of the shape [${shapeOf(input)}] to [${shape}]`);
      }
      return append('add', name, inputs, {}, shape, (inputs.length - 1) * volume(shape));
    },
    multiply: (name, input, factors) =>
      append('multiply', name, [input, factors], {}, shapeOf(input), volume(shapeOf(input))),
    reshape: (name, input, shape) => append('reshape', name, [input], { shape }, shape, 0),
    stochasticDepth: (name, input, rate) =>
      append('stochasticDepth', name, [input], { rate }, shapeOf(input), volume(shapeOf(input))),
    dropout: (name, input, rate) =>
      append('dropout', name, [input], { rate }, shapeOf(input), volume(shapeOf(input))),
    dense(name, input, units, initializer) {
      const [features] = featureShape(shapeOf(input));
      return append('dense', name, [input], { units }, [units], (2 * features + 1) * units, [
        weight(`${name}/kernel`, [features, units], initializer),
        weight(`${name}/bias`, [units], 'zeros'),
      ]);
    },
  };
}

/** Length of a side after a window went over it: TensorFlow's rule for `SAME` and `VALID`. */
function outputSide(side: number, window: number, strides: number, padding: 'same' | 'valid'): number {
  return Math.ceil((padding === 'same' ? side : side - window + 1) / strides);
}

function volume(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

function imageShape(shape: readonly number[]): readonly [number, number, number] {
  const [height, width, channels] = shape;
  if (height === undefined || width === undefined || channels === undefined) {
    throw new Error(`expected the shape of an image, got [${shape}]`);
  }
  return [height, width, channels];
}

function featureShape(shape: readonly number[]): readonly [number] {
  const [features, ...rest] = shape;
  if (features === undefined || rest.length > 0)
    throw new Error(`expected the shape of features, got [${shape}]`);
  return [features];
}
