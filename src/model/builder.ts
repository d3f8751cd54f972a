/**
 * Appends layers one by one to a list that becomes a network: infers shapes, names the weights as Keras does, counts
 * operations. Shapes are without the batch: [height, width, channels] or [features].
 */
import { createAppender, volume } from './appender.ts';
import { type Convolutions, convolutions } from './convolutions.ts';
import type { Layer, LayerSettings } from './network.ts';
import { type PoolingLayers, poolingLayers } from './pooling-layers.ts';
import type { Initializer, Part } from './settings.ts';

/** Every method that takes a name appends a layer and returns that name, which later layers take as input. */
export interface Builder extends Convolutions, PoolingLayers {
  readonly layers: readonly Layer[];
  /** Layers appended from now on belong to this part. */
  startPart(part: Part): void;
  shapeOf(layer: string): readonly number[];
  input(name: string): string;
  /** @param gamma what the factors of the channels start at; `zeros` lets the layer start as nothing. @default 'ones' */
  batchNorm(
    name: string,
    input: string,
    settings: LayerSettings['batchNorm'],
    gamma?: 'ones' | 'zeros',
  ): string;
  relu(name: string, input: string): string;
  swish(name: string, input: string): string;
  gelu(name: string, input: string): string;
  sigmoid(name: string, input: string): string;
  concatenate(name: string, inputs: readonly string[]): string;
  /** The sum of inputs of one shape. */
  add(name: string, inputs: readonly string[]): string;
  /** @param factors [1, 1, channels] */
  multiply(name: string, input: string, factors: string): string;
  reshape(name: string, input: string, shape: readonly number[]): string;
  dropout(name: string, input: string, rate: number): string;
  stochasticDepth(name: string, input: string, rate: number): string;
  dense(name: string, input: string, units: number, initializer: Initializer): string;
}

/** @param imageSize side of the square images, pixels */
export function createBuilder(imageSize: number): Builder {
  const appender = createAppender(imageSize);
  const { append, weight, shapeOf } = appender;

  /** A layer that leaves the shape. @param flops operations for each value */
  function elementwise(
    type: 'relu' | 'swish' | 'gelu' | 'sigmoid',
    flops: number,
  ): (name: string, input: string) => string {
    return (name, input) => append(type, name, [input], {}, shapeOf(input), flops * volume(shapeOf(input)));
  }

  return {
    layers: appender.layers,
    shapeOf,
    startPart: appender.startPart,
    ...convolutions(appender),
    ...poolingLayers(appender),
    input: (name) => append('input', name, [], {}, [imageSize, imageSize, 3], 0),
    batchNorm(name, input, settings, gamma = 'ones') {
      const shape = shapeOf(input);
      const channels = [shape.at(-1)!];
      return append('batchNorm', name, [input], settings, shape, 2 * volume(shape), [
        weight(`${name}/gamma`, channels, gamma),
        weight(`${name}/beta`, channels, 'zeros'),
        weight(`${name}/moving_mean`, channels, 'zeros', false),
        weight(`${name}/moving_variance`, channels, 'ones', false),
      ]);
    },
    relu: elementwise('relu', 1),
    swish: elementwise('swish', 2),
    gelu: elementwise('gelu', 4),
    sigmoid: elementwise('sigmoid', 1),
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
      const [features, ...rest] = shapeOf(input);
      if (features === undefined || rest.length > 0)
        throw new Error(`expected the shape of features, got [${shapeOf(input)}]`);
      return append('dense', name, [input], { units }, [units], (2 * features + 1) * units, [
        weight(`${name}/kernel`, [features, units], initializer),
        weight(`${name}/bias`, [units], 'zeros'),
      ]);
    },
  };
}
