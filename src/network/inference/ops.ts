/**
 * A network computed for inference by our own ops (src/native/forward), on the CPU and in float32: weights packed once, then
 * any number of calls. Shape letters: B batch, H height, W width, C channels, P floats of packed weights, O outputs of all
 * layers asked for, beside each other.
 */
import { nodeBackend } from '../../tensorflow/ops.ts';
import { attribute, rawOp } from '../../tensorflow/raw-op.ts';
import { tf } from '../../tensorflow/tf.ts';
import type { InferencePlan } from './plan.ts';
import { encode } from './step.ts';

const { binding } = nodeBackend();

/**
 * @param weights in the order of the network's layers, each a tensor, or several in one
 * @returns [P]
 */
export function packWeights(
  { steps, sizes, epsilons, packed }: InferencePlan,
  weights: readonly tf.Tensor[],
): tf.Tensor1D {
  const attributes = [
    attribute.int('N', weights.length),
    stepsOf(steps),
    { name: 'sizes', type: binding.TF_ATTR_INT, value: [...sizes] },
    { name: 'epsilons', type: binding.TF_ATTR_FLOAT, value: [...epsilons] },
    attribute.int('floats', packed),
  ];
  return rawOp('ManyheadsPack', attributes, weights, 1)[0] as tf.Tensor1D;
}

/**
 * @param images_BHWC normalised, of the size that the network was described for
 * @param lanes floats of a vector; as many as the processor has where left out
 * @returns by the name of each layer that the plan was asked for, what it gives, [B, ·]
 */
export function infer(
  { steps, arena, local, outputs }: InferencePlan,
  images_BHWC: tf.Tensor4D,
  packed_P: tf.Tensor1D,
  lanes?: number,
): Map<string, tf.Tensor2D> {
  const width = outputs.reduce((sum, output) => sum + output.width, 0);
  const attributes = [
    stepsOf(steps),
    attribute.int('arena', arena),
    attribute.int('local', local),
    attribute.int('width', width),
  ];
  if (lanes !== undefined) attributes.push(attribute.int('lanes', lanes));
  const all_BO = rawOp('ManyheadsForward', attributes, [images_BHWC, packed_P], 1)[0] as tf.Tensor2D;
  let first = 0;
  return new Map(
    outputs.map((output) => {
      const own = tf.slice(all_BO, [0, first], [-1, output.width]);
      first += output.width;
      return [output.layer, own];
    }),
  );
}

function stepsOf(steps: InferencePlan['steps']) {
  return { name: 'steps', type: binding.TF_ATTR_INT, value: steps.flatMap(encode) };
}
