/**
 * The output of a layer as pieces along its channels: a concatenation is only made where a layer needs it whole.
 * Shape letters: C channels.
 */
import { tf } from '../tensorflow/tf.ts';

export interface Piece {
  readonly tensor: tf.Tensor;
  /** Mean and variance of each channel, once a layer has needed them. */
  moments_2C?: tf.Tensor;
}

export type Pieces = readonly Piece[];

/** One output that knows its pieces, and itself as one tensor. */
export interface LayerOutput {
  readonly pieces: Pieces;
  /** Concatenates the pieces at the first call. */
  whole(): tf.Tensor;
}

export function single(tensor: tf.Tensor): LayerOutput {
  return { pieces: [{ tensor }], whole: () => tensor };
}

/** The channels of all inputs, one after the other. */
export function joined(inputs: readonly LayerOutput[]): LayerOutput {
  const pieces = inputs.flatMap((input) => input.pieces);
  let whole: tf.Tensor | undefined;
  return {
    pieces,
    whole() {
      whole ??= tf.concat(
        pieces.map(({ tensor }) => tensor),
        -1,
      );
      return whole;
    },
  };
}
