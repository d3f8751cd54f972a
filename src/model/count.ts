/** What a network costs: its description in, numbers out. Where parts are given, only their layers count. */
import type { Layer, Network, WeightSpec } from './network.ts';
import type { Part } from './settings.ts';

const BYTES_PER_FLOAT = 4;
const everyPart: readonly Part[] = ['backbone', 'tower', 'heads'];

/** All weights, the moving averages of batch norm included. */
export function countParameters(network: Network, parts: readonly Part[] = everyPart): number {
  return sumSizes(weightsOf(network, parts));
}

/** Weights that a gradient changes where these parts are trained. */
export function trainableParameters(network: Network, parts: readonly Part[]): number {
  return sumSizes(weightsOf(network, parts).filter((weight) => weight.trainable));
}

/** Floating-point operations to compute one image forward; a multiply-add counts as two. */
export function forwardFlops(network: Network, parts: readonly Part[] = everyPart): number {
  return layersOf(network, parts).reduce((sum, layer) => sum + layer.flops, 0);
}

/** Bytes that the outputs of all layers take for one image in float32. */
export function activationBytes(network: Network, parts: readonly Part[] = everyPart): number {
  return layersOf(network, parts).reduce(
    (sum, { outputShape }) => sum + BYTES_PER_FLOAT * volume(outputShape),
    0,
  );
}

function layersOf(network: Network, parts: readonly Part[]): Layer[] {
  return network.layers.filter((layer) => parts.includes(layer.part));
}

function weightsOf(network: Network, parts: readonly Part[]): WeightSpec[] {
  return layersOf(network, parts).flatMap((layer) => layer.weights);
}

function sumSizes(weights: readonly WeightSpec[]): number {
  return weights.reduce((sum, { shape }) => sum + volume(shape), 0);
}

function volume(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
