/** Do the shapes of a network fit together? One that was read from disk may say anything; what follows believes its shapes. */
import { RunError } from '../../errors.ts';
import { outputSide } from '../../model/appender.ts';
import type { Layer, Network } from '../../model/network.ts';

type Shape = readonly number[];

/** @throws RunError naming the first layer that does not fit to what it reads or to its weights */
export function checkShapes({ layers }: Network): void {
  const shapes = new Map<string, Shape>();
  for (const layer of layers) {
    const inputs = layer.inputs.map((name) => shapes.get(name));
    const problem = inputs.includes(undefined)
      ? 'it reads a layer that is not before it'
      : problemOf(layer, inputs as Shape[]);
    if (problem !== undefined) throw new RunError(`layer ${layer.name} cannot be computed: ${problem}`);
    shapes.set(layer.name, layer.outputShape);
  }
}

function problemOf(layer: Layer, inputs: readonly Shape[]): string | undefined {
  const output = outputOf(layer, inputs);
  if (output === undefined)
    return `${layer.type} does not take ${inputs.map((shape) => `[${shape}]`).join(', ')}`;
  if (`${output}` !== `${layer.outputShape}`) return `it gives [${output}], not [${layer.outputShape}]`;
  const kernel = kernelOf(layer, inputs[0] ?? []);
  for (const { name, shape } of layer.weights) {
    const isKernel = name.endsWith('/kernel');
    const wanted = isKernel ? kernel : layer.type === 'globalGeneralizedMean' ? [1] : [output.at(-1)!];
    if (`${shape}` !== `${wanted}`) return `the weight ${name} has the shape [${shape}], not [${wanted}]`;
  }
  return undefined;
}

/** What the layer gives for these inputs; undefined where it takes others. */
function outputOf(layer: Layer, inputs: readonly Shape[]): Shape | undefined {
  const [first = [], ...others] = inputs;
  const isImage = first.length === 3;
  const sides = (
    size: readonly [number, number],
    strides: readonly [number, number],
    padding: 'same' | 'valid',
  ): number[] => [0, 1].map((axis) => outputSide(first[axis]!, size[axis]!, strides[axis]!, padding));
  switch (layer.type) {
    case 'input':
      return inputs.length === 0 && layer.outputShape.length === 3 ? layer.outputShape : undefined;
    case 'zeroPad': {
      const [[top, bottom], [left, right]] = layer.settings.padding;
      return isImage ? [first[0]! + top + bottom, first[1]! + left + right, first[2]!] : undefined;
    }
    case 'conv': {
      const { kernelSize, strides, padding, filters, groups } = layer.settings;
      const isShared = isImage && first[2]! % groups === 0 && filters % groups === 0;
      return isShared ? [...sides(kernelSize, strides, padding), filters] : undefined;
    }
    case 'depthwiseConv': {
      const { kernelSize, strides, padding } = layer.settings;
      return isImage ? [...sides(kernelSize, strides, padding), first[2]!] : undefined;
    }
    case 'maxPool':
    case 'averagePool': {
      const { size, strides, padding } = layer.settings;
      return isImage ? [...sides([size, size], [strides, strides], padding), first[2]!] : undefined;
    }
    case 'globalAveragePool':
    case 'globalMaxPool':
    case 'globalGeneralizedMean':
      return isImage ? [first[2]!] : undefined;
    case 'dense':
      return first.length === 1 ? [layer.settings.units] : undefined;
    case 'concatenate': {
      const isAlike = others.every((shape) => `${shape.slice(0, -1)}` === `${first.slice(0, -1)}`);
      return isAlike
        ? [...first.slice(0, -1), inputs.reduce((sum, shape) => sum + shape.at(-1)!, 0)]
        : undefined;
    }
    case 'add':
      return others.length > 0 && others.every((shape) => `${shape}` === `${first}`) ? first : undefined;
    case 'multiply':
      return isImage && others.length === 1 && `${others[0]}` === `${[1, 1, first[2]]}` ? first : undefined;
    case 'reshape': {
      // One value a channel stays one value a channel.
      const isVector = first.length === 1 && `${layer.settings.shape}` === `${[1, 1, first[0]]}`;
      return isVector ? layer.settings.shape : undefined;
    }
    default:
      return first;
  }
}

function kernelOf(layer: Layer, input: Shape): Shape {
  if (layer.type === 'dense') return [input[0]!, layer.settings.units];
  if (layer.type === 'depthwiseConv') return [...layer.settings.kernelSize, input[2]!, 1];
  if (layer.type !== 'conv') return [];
  const { kernelSize, groups, filters } = layer.settings;
  return [...kernelSize, input[2]! / groups, filters];
}
