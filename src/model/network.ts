/**
 * A network as data: layers in the order in which they are computed, each with its inputs, its output's shape and
 * its weights. No tensor exists here; src/network computes what this describes, src/plan counts it.
 */
import type { Initializer, Part } from './settings.ts';

export type LayerType = keyof LayerSettings;

/** What each type of layer is given besides its inputs and weights. Images are [batch, height, width, channels]. */
export interface LayerSettings {
  input: Record<never, never>;
  /** Zeros around the image: [[top, bottom], [left, right]]. */
  zeroPad: { readonly padding: readonly [readonly [number, number], readonly [number, number]] };
  conv: {
    readonly kernelSize: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly padding: 'same' | 'valid';
    readonly filters: number;
    /** Groups of channels that do not read one another. */
    readonly groups: number;
    readonly bias: boolean;
  };
  /** One kernel for each channel. */
  depthwiseConv: {
    readonly kernelSize: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly padding: 'same' | 'valid';
  };
  batchNorm: { readonly epsilon: number; readonly momentum: number };
  relu: Record<never, never>;
  swish: Record<never, never>;
  gelu: Record<never, never>;
  sigmoid: Record<never, never>;
  maxPool: { readonly size: number; readonly strides: number; readonly padding: 'same' | 'valid' };
  /** With `same`, positions beyond the image do not count. */
  averagePool: { readonly size: number; readonly strides: number; readonly padding: 'same' | 'valid' };
  globalAveragePool: Record<never, never>;
  globalMaxPool: Record<never, never>;
  /** The generalised mean, with an exponent for all maps. */
  globalGeneralizedMean: Record<never, never>;
  /** Along the last axis. */
  concatenate: Record<never, never>;
  add: Record<never, never>;
  /** Images by one factor for each image and channel. */
  multiply: Record<never, never>;
  /** Without the batch. */
  reshape: { readonly shape: readonly number[] };
  /** In training whole images become zeros, and the others are scaled up. */
  stochasticDepth: { readonly rate: number };
  dropout: { readonly rate: number };
  dense: { readonly units: number };
}

export type WeightInitializer = Initializer | 'zeros' | 'ones' | { readonly constant: number };

export interface WeightSpec {
  /** `<layer>/<kernel|bias|gamma|beta|moving_mean|moving_variance|p>`: Keras's own names, so that its files fit. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: WeightInitializer;
  /** False for the moving averages of batch norm, which no gradient changes. */
  readonly trainable: boolean;
  readonly part: Part;
}

export type Layer = {
  [T in LayerType]: {
    readonly name: string;
    readonly type: T;
    readonly settings: LayerSettings[T];
    readonly part: Part;
    /** Names of the layers that it reads, in order. */
    readonly inputs: readonly string[];
    /** Without the batch: [height, width, channels] or [features]. */
    readonly outputShape: readonly number[];
    readonly weights: readonly WeightSpec[];
    /** Floating-point operations for one image, forward; a multiply-add counts as two. */
    readonly flops: number;
  };
}[LayerType];

export interface Network {
  readonly layers: readonly Layer[];
  /** Name of the last layer of the backbone (feature maps) and of the pooled features. */
  readonly backboneOutput: string;
  readonly pooled: string;
  /** Layer that holds each head's logits, `<head>_output`, in the order of the heads. */
  readonly heads: readonly { readonly head: string; readonly layer: string; readonly classes: number }[];
}
