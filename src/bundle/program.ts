/**
 * A model as a recorded program: pixels in, probabilities, outputs and pooled features out, by the very functions that
 * validation is recorded with. Shape letters: B batch, S side of a decoded image, H height, W width, C channels, K classes
 * and O outputs of all heads beside each other, F pooled features, N heads.
 */
import { normalizeImages } from '../augmentation/apply/normalize.ts';
import { transformImages } from '../augmentation/apply/resample.ts';
import { unchanged, writeTransform } from '../augmentation/kinds/geometry/transform.ts';
import { createProgram, type Program } from '../graph/program.ts';
import { scope } from '../graph/scope.ts';
import { sizeOf } from '../graph/types.ts';
import type { Network } from '../model/network.ts';
import { computeLayers } from '../network/forward.ts';
import { infer, packWeights } from '../network/inference/ops.ts';
import { planInference } from '../network/inference/plan.ts';
import type { Narrowing } from '../network/narrow.ts';
import { hasOwnKernels } from '../network/own-kernels.ts';
import { tf } from '../tensorflow/tf.ts';
import { losses } from '../train/loss/losses.ts';
import { narrowingOf } from '../train/step/precision.ts';
import type { HeadDescription, InputDescription, ModelDescription } from './model.ts';

/** Signature that sets all weights: `values` [sum of sizes], one after the other in the order of the network's layers. */
export const LOAD = 'load';
/** Signature: `pixels` uint8 [B, S, S, 3] and `temperatures` [N] to `probabilities` [B, K], `outputs` [B, O], `features` [B, F]. */
export const PREDICT = 'predict';

/** What the program depends on: two models that agree in it share it. */
export type RecordedPart = Pick<ModelDescription, 'input' | 'heads' | 'precision' | 'network'>;

/**
 * @param batch images of a call
 * @throws RunError where the network cannot be computed
 */
export function recordPrediction({ input, heads, precision, network }: RecordedPart, batch: number): Program {
  const program = createProgram();
  const narrowing = narrowingOf(precision, program);
  const layers = [network.pooled, ...network.heads.map(({ layer }) => layer)];
  const compute = hasOwnKernels(narrowing)
    ? recordPacked(program, network, layers)
    : recordPlain(program, network, layers, narrowing);
  const side = input.decodedSize;
  program.signature(PREDICT, {
    inputs: {
      pixels: { shape: [batch, side, side, 3], dtype: 'uint8' },
      temperatures: { shape: [heads.length], dtype: 'float32' },
    },
    record({ pixels, temperatures }) {
      const outputs = compute(imagesOf(pixels as tf.Tensor4D, input));
      const logits = network.heads.map(({ layer }) => outputs.get(layer)! as tf.Tensor2D);
      const probabilities = logits.map((logits_BO, h) => {
        const temperature = tf.slice(temperatures as tf.Tensor1D, [h], [1]);
        return probabilitiesOf(heads[h]!, tf.div(logits_BO, temperature) as tf.Tensor2D);
      });
      return {
        probabilities: tf.concat(probabilities, 1),
        outputs: tf.concat(logits, 1),
        features: outputs.get(network.pooled)!,
      };
    },
  });
  return program;
}

/** Records the layers asked for, of normalised images. */
type Compute = (images_BHWC: tf.Tensor4D) => ReadonlyMap<string, tf.Tensor>;

/** Our own ops: weights are folded and packed when they are set. */
function recordPacked(program: Program, network: Network, layers: readonly string[]): Compute {
  const plan = planInference(network, layers);
  const packed = program.variable('packed', { shape: [plan.packed], dtype: 'float32' });
  program.signature(LOAD, {
    inputs: { values: { shape: [plan.sizes.reduce((sum, size) => sum + size, 0)], dtype: 'float32' } },
    record({ values }) {
      program.assign(packed, packWeights(plan, [values!]));
      return {};
    },
  });
  return (images_BHWC) => infer(plan, images_BHWC, program.read(packed) as tf.Tensor1D);
}

/** The ops that training uses, layer by layer. */
function recordPlain(
  program: Program,
  network: Network,
  layers: readonly string[],
  narrowing: Narrowing | undefined,
): Compute {
  const specs = network.layers.flatMap((layer) => layer.weights);
  const weights = new Map(
    specs.map(({ name, shape }) => [name, program.variable(`weights/${name}`, { shape, dtype: 'float32' })]),
  );
  const sizes = specs.map(({ shape }) => sizeOf(shape));
  program.signature(LOAD, {
    // Fed one by one, hundreds of them take TensorFlow half a second.
    inputs: { values: { shape: [sizes.reduce((sum, size) => sum + size, 0)], dtype: 'float32' } },
    record({ values }) {
      let first = 0;
      specs.forEach(({ name, shape }, i) => {
        const own = tf.slice(values as tf.Tensor1D, [first], [sizes[i]!]);
        program.assign(weights.get(name)!, tf.reshape(own, [...shape]));
        first += sizes[i]!;
      });
      return {};
    },
  });
  return (images_BHWC) => {
    const current = new Map([...weights].map(([name, variable]) => [name, program.read(variable)]));
    const { outputs } = computeLayers(network, current, images_BHWC, {
      training: false,
      trainable: new Set(),
      step: tf.scalar(0, 'int32'),
      seed: 0,
      narrowing,
      around: scope,
    });
    return new Map(layers.map((layer) => [layer, outputs.get(layer)!]));
  };
}

/** Decoded images at the network's size, normalised: the two steps of a validation image. */
function imagesOf(
  pixels_BSSC: tf.Tensor4D,
  { decodedSize, imageSize, resize, normalization }: InputDescription,
): tf.Tensor4D {
  const transform = new Float32Array(8);
  writeTransform(unchanged, decodedSize, imageSize, transform, 0);
  const images_BHWC = transformImages(pixels_BSSC, tf.tensor2d(transform, [1, 8]), {
    size: imageSize,
    ...resize,
  });
  return normalizeImages(images_BHWC, normalization);
}

function probabilitiesOf({ output }: HeadDescription, logits_BO: tf.Tensor2D): tf.Tensor2D {
  return (output === 'softmax' ? losses.crossEntropy : losses.ordinal).probabilities(logits_BO);
}
