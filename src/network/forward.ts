/**
 * A network computed: its description, weights and images in, the logits of every head out. Pure functions over
 * tensors. Shape letters: B batch, H height, W width, C channels, K classes.
 */
import type { Network } from '../model/network.ts';
import type { Part } from '../model/settings.ts';
import type { tf } from '../runtime/tf.ts';
import { computeLayer, type LayerContext } from './layers.ts';
import { createWidths, type Narrowing } from './narrow.ts';

export interface ForwardContext {
  /** False for evaluation: no dropout, and batch norm by its moving averages. */
  readonly training: boolean;
  /** Parts that are trained; in training too, all others run as in evaluation, and their averages stay. */
  readonly trainable: ReadonlySet<Part>;
  /** Steps of the run before this one, int32: with seed and layer, the key of a dropout's mask. */
  readonly step: tf.Scalar;
  readonly seed: number;
  /** For convolutions, and all between them, in 16 bits; float32 throughout without it. */
  readonly narrowing?: Narrowing | undefined;
  /** Called around each layer with its name, for whoever wants to know where an op comes from. */
  readonly around?: ((layer: string, compute: () => tf.Tensor) => tf.Tensor) | undefined;
}

export interface ForwardResult {
  /** By head, [B, K]. */
  readonly logits: Record<string, tf.Tensor2D>;
  /** What the moving averages of the trained batch norms become, by the name of the weight. */
  readonly averages: Map<string, tf.Tensor>;
}

/** Outputs of all layers, by name. */
export interface ComputedLayers {
  readonly outputs: ReadonlyMap<string, tf.Tensor>;
  readonly averages: Map<string, tf.Tensor>;
}

/**
 * The logits of every head. Call it inside `tf.tidy`: what lies between is the caller's to free.
 * @param weights all weights of the network, by name
 * @param images_BHWC normalised, float32, of the size that the network was described for
 */
export function forward(
  network: Network,
  weights: ReadonlyMap<string, tf.Tensor>,
  images_BHWC: tf.Tensor4D,
  context: ForwardContext,
): ForwardResult {
  const { outputs, averages } = computeLayers(network, weights, images_BHWC, context);
  const logits = Object.fromEntries(
    network.heads.map(({ head, layer }) => [head, outputs.get(layer) as tf.Tensor2D]),
  );
  return { logits, averages };
}

/** As `forward`, with the outputs of all layers. */
export function computeLayers(
  network: Network,
  weights: ReadonlyMap<string, tf.Tensor>,
  images_BHWC: tf.Tensor4D,
  { training, trainable, step, seed, narrowing, around }: ForwardContext,
): ComputedLayers {
  const outputs = new Map<string, tf.Tensor>();
  const averages = new Map<string, tf.Tensor>();
  const widths = createWidths(narrowing);
  for (const layer of network.layers) {
    const context: LayerContext = {
      training: training && trainable.has(layer.part),
      images_BHWC,
      step,
      seed,
      weight(name) {
        const weight = weights.get(`${layer.name}/${name}`);
        if (weight === undefined) throw new Error(`no weight ${layer.name}/${name}`);
        return widths.weight(layer.type, weight);
      },
      setAverage(name, value) {
        averages.set(`${layer.name}/${name}`, value);
      },
    };
    const compute = (): tf.Tensor =>
      computeLayer(layer, widths.inputs(layer.type, layer.inputs, outputs), context);
    outputs.set(layer.name, around === undefined ? compute() : around(layer.name, compute));
    widths.note(layer.type, layer.name, layer.inputs);
  }
  return { outputs, averages };
}
