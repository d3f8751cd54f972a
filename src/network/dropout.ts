/**
 * Dropout (Srivastava et al., JMLR 15, 2014) whose mask is a function of (layer, step) and of nothing else: the same
 * for a step that is repeated, another for every other step. The kept values are scaled up, so that the mean stays.
 */
import { keyFor } from '../random.ts';
import { attribute, rawOp } from '../tensorflow/raw-op.ts';
import { tf } from '../tensorflow/tf.ts';

/** 32 bits that tell this layer's masks from those of any other. */
export function dropoutSeed(seed: number, layer: string): number {
  return keyFor(seed, `dropout/${layer}`)[0] | 0;
}

/**
 * @param rate share of the values that become 0, from 0 to below 1
 * @param layerSeed from `dropoutSeed`
 * @param step int32; a tensor, so that a graph can count it up
 * @param maskShape shape of what is drawn, which is spread over `x`
 */
export function dropout(
  x: tf.Tensor,
  rate: number,
  layerSeed: number,
  step: tf.Scalar,
  maskShape: readonly number[] = x.shape,
): tf.Tensor {
  if (rate === 0) return x;
  const seed = tf.stack([tf.scalar(layerSeed, 'int32'), step]);
  const attributes = [
    attribute.type('dtype', 'float32'),
    attribute.type('T', 'int32'),
    attribute.type('Tseed', 'int32'),
  ];
  const uniform = rawOp(
    'StatelessRandomUniform',
    attributes,
    [tf.tensor1d([...maskShape], 'int32'), seed],
    1,
  )[0]!;
  const kept = tf.cast(tf.greaterEqual(uniform, rate), 'float32');
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}
