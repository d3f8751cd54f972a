/**
 * A network computed: its description, weights and images in, the logits of every head out. Pure functions over
 * tensors. Shape letters: B batch, H height, W width, C channels, K classes.
 */
import type { Layer, Network } from '../model/network.ts';
import type { Part } from '../model/settings.ts';
import type { tf } from '../tensorflow/tf.ts';
import {
  computeFusedNorm,
  computeLayer,
  computeNormConv,
  type LayerContext,
  type LayerOf,
} from './layers.ts';
import { createWidths, type Narrowing } from './narrow.ts';
import { hasOwnKernels } from './own-kernels.ts';
import { joined, type LayerOutput, single } from './pieces.ts';
import { createSubsample } from './subsample.ts';

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

/** Outputs of all layers. */
export interface ComputedLayers {
  readonly outputs: {
    /** Undefined for a name that no layer has, and for a batch norm or ReLU that was computed along with what follows. */
    get(layer: string): tf.Tensor | undefined;
  };
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
    network.heads.map(({ head, layer }) => [head, outputs.get(layer)! as tf.Tensor2D]),
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
  const outputs = new Map<string, LayerOutput>();
  const averages = new Map<string, tf.Tensor>();
  const whole = { get: (layer: string) => outputs.get(layer)?.whole() };
  const widths = createWidths(narrowing);
  const ownKernels = hasOwnKernels(narrowing);
  const follower = ownKernels ? soleConsumers(network) : new Map<string, Layer>();
  const subsample = createSubsample();
  const done = new Set<string>();
  for (const layer of network.layers) {
    // Computed along with the batch norm before it.
    if (done.has(layer.name)) continue;
    const inputs = layer.inputs.map((name) => outputs.get(name)!);
    if (ownKernels && layer.type === 'concatenate') {
      outputs.set(layer.name, joined(inputs));
      continue;
    }
    const weightOf = (of: Layer, name: string): tf.Tensor => {
      const weight = weights.get(`${of.name}/${name}`);
      if (weight === undefined) throw new Error(`no weight ${of.name}/${name}`);
      return widths.weight(of, weight);
    };
    const context: LayerContext = {
      training: training && trainable.has(layer.part),
      ownKernels,
      images_BHWC,
      subsample,
      step,
      seed,
      weight: (name) => weightOf(layer, name),
      setAverage(name, value) {
        averages.set(`${layer.name}/${name}`, value);
      },
    };
    /** The last layer that is computed along with this one. */
    let last: Layer = layer;
    const compute = (): tf.Tensor => {
      if (!ownKernels || layer.type !== 'batchNorm') {
        return computeLayer(layer, widths.inputs(layer, whole), context);
      }
      const { pieces } = inputs[0]!;
      const relu = ofType(follower.get(layer.name), 'relu');
      const conv = ofType(relu && follower.get(relu.name), 'conv');
      const convolved = conv && computeNormConv(layer, pieces, conv, (name) => weightOf(conv, name), context);
      for (const along of [relu, convolved && conv]) {
        if (along === undefined) continue;
        done.add(along.name);
        last = along;
      }
      return convolved ?? computeFusedNorm(layer, pieces, relu !== undefined, context);
    };
    const output = around === undefined ? compute() : around(layer.name, compute);
    outputs.set(last.name, single(output));
    widths.note(layer);
  }
  return { outputs: whole, averages };
}

/** For each layer whose output goes to one other layer and nowhere else: that layer. */
function soleConsumers({ layers, heads }: Network): Map<string, Layer> {
  const consumers = new Map<string, Layer[]>();
  for (const layer of layers) {
    for (const input of layer.inputs) consumers.set(input, [...(consumers.get(input) ?? []), layer]);
  }
  const outputs = new Set(heads.map(({ layer }) => layer));
  return new Map(
    [...consumers].flatMap(([name, [first, ...others]]): [string, Layer][] =>
      others.length === 0 && !outputs.has(name) ? [[name, first!]] : [],
    ),
  );
}

function ofType<T extends Layer['type']>(layer: Layer | undefined, type: T): LayerOf<T> | undefined {
  return layer?.type === type ? (layer as LayerOf<T>) : undefined;
}
