/**
 * Which layers are computed in a type of 16 bits, where one is asked for (Micikevicius et al., arXiv:1710.03740): those
 * whose time goes with the size of the feature maps. Weights stay float32 and are cast where they are used; batch norm's
 * statistics are float32 inside TensorFlow's op; pooled features, towers, heads and the loss are float32.
 */
import type { Layer, LayerType } from '../model/network.ts';
import type { tf } from '../tensorflow/tf.ts';

/** Casts that gradients pass through, cast the other way. */
export interface Narrowing {
  toNarrow(tensor: tf.Tensor): tf.Tensor;
  toFloat32(tensor: tf.Tensor): tf.Tensor;
  /** Can convolutions in groups be computed in the narrow type? Where not they are computed in float32. */
  readonly hasGroupedConv: boolean;
}

type Width =
  /** Inputs and weights are cast to the narrow type. */
  | 'narrow'
  /** Inputs are cast to float32. */
  | 'float32'
  /** Narrow where one of the inputs is; weights stay as they are. */
  | 'asInputs';

export const layerWidths: Readonly<Record<LayerType, Width>> = {
  input: 'float32',
  conv: 'narrow',
  depthwiseConv: 'narrow',
  batchNorm: 'asInputs',
  zeroPad: 'asInputs',
  relu: 'asInputs',
  swish: 'asInputs',
  sigmoid: 'asInputs',
  maxPool: 'asInputs',
  concatenate: 'asInputs',
  add: 'asInputs',
  reshape: 'asInputs',
  // Means over many pixels, factors whose gradients are sums over many, and random masks.
  averagePool: 'float32',
  multiply: 'float32',
  globalAveragePool: 'float32',
  globalMaxPool: 'float32',
  globalGeneralizedMean: 'float32',
  gelu: 'float32',
  stochasticDepth: 'float32',
  dropout: 'float32',
  dense: 'float32',
};

/** Outputs of the layers so far, by name. */
export interface LayerOutputs {
  get(layer: string): tf.Tensor | undefined;
}

/** Tensors with what is known of their type, which tfjs calls float32 either way. */
export interface Widths {
  /** The inputs of a layer in the type that it is computed in. */
  inputs(layer: Layer, outputs: LayerOutputs): tf.Tensor[];
  /** A weight of a layer as it is used. */
  weight(layer: Layer, weight: tf.Tensor): tf.Tensor;
  /** Notes in which type a layer's output is. */
  note(layer: Layer): void;
}

/** @param narrowing undefined for float32 throughout */
export function createWidths(narrowing: Narrowing | undefined): Widths {
  const narrow = new Set<string>();
  const widthOf = (layer: Layer): Width => {
    const isGrouped = layer.type === 'conv' && layer.settings.groups > 1;
    return isGrouped && !narrowing?.hasGroupedConv ? 'float32' : layerWidths[layer.type];
  };
  const isNarrow = (layer: Layer): boolean => {
    const width = widthOf(layer);
    return width === 'narrow' || (width === 'asInputs' && layer.inputs.some((name) => narrow.has(name)));
  };
  return {
    inputs(layer, outputs) {
      const wanted = narrowing !== undefined && isNarrow(layer);
      return layer.inputs.map((name) => {
        const tensor = outputs.get(name)!;
        if (narrowing === undefined || narrow.has(name) === wanted) return tensor;
        return wanted ? narrowing.toNarrow(tensor) : narrowing.toFloat32(tensor);
      });
    },
    weight: (layer, weight) =>
      narrowing !== undefined && widthOf(layer) === 'narrow' ? narrowing.toNarrow(weight) : weight,
    note(layer) {
      if (narrowing !== undefined && isNarrow(layer)) narrow.add(layer.name);
    },
  };
}
