/**
 * The layers of a network joined into what inference computes at once: a convolution with the batch norm, the sum and the
 * activation behind it; a convolution of 1×1 with the batch norm and ReLU before it, too, and with the means of windows
 * behind it, which it can as well take before. What only training needs is left out.
 */
import type { Layer, LayerSettings, Network } from '../../model/network.ts';
import type { LayerOf } from '../layers.ts';
import type { Activation } from './step.ts';

type Norm = LayerOf<'batchNorm'>;
type Padding = LayerSettings['zeroPad']['padding'];

export interface Unit {
  readonly layer: Layer;
  /** Layers that it reads, in order; one for each but concatenations, sums and products. */
  readonly inputs: readonly string[];
  /** Zeros around its input. */
  readonly padding: Padding;
  /** A batch norm and a ReLU that its input goes through. */
  readonly before?: Norm | undefined;
  readonly after?: Norm | undefined;
  /** Layer that is added behind the norm. */
  readonly added?: string | undefined;
  readonly activation: Activation;
  /** Side of the windows whose mean is taken before; 1 for none. */
  readonly pool: number;
  /** The last layer that is computed along with it: its output is this one's. */
  readonly last: Layer;
}

const noPadding: Padding = [
  [0, 0],
  [0, 0],
];

const activationTypes: ReadonlySet<Layer['type']> = new Set(['relu', 'swish', 'gelu', 'sigmoid']);
/** Types that compute nothing of their own. */
const unjoined: ReadonlySet<Layer['type']> = new Set(['input', 'concatenate']);
const convolving: ReadonlySet<Layer['type']> = new Set(['conv', 'depthwiseConv', 'dense']);

/** @param outputs layers that are asked for, which nothing may be joined behind */
export function unitsOf({ layers }: Network, outputs: readonly string[]): Unit[] {
  const sources = sourcesOf(layers);
  const computed = layers.filter(({ name, type }) => type !== 'zeroPad' && sources.get(name)!.layer === name);
  const asked = new Set(outputs.map((name) => sources.get(name)!.layer));
  const consumers = new Map<string, Layer[]>();
  for (const layer of computed) {
    for (const input of layer.inputs) {
      const { layer: source } = sources.get(input)!;
      consumers.set(source, [...(consumers.get(source) ?? []), layer]);
    }
  }
  const done = new Set<string>();
  const units: Unit[] = [];

  /** The one layer that reads this one, where there is one, it is of the type, and no zeros are in between. */
  function follower<T extends Layer['type']>({ name }: Layer, type: T): LayerOf<T> | undefined {
    const [next, ...others] = consumers.get(name) ?? [];
    const isPlain = next?.type === type && others.length === 0 && !asked.has(name);
    return isPlain && sources.get(next.inputs[0]!)!.padding === noPadding ? (next as LayerOf<T>) : undefined;
  }

  function activationBehind(layer: Layer): Layer | undefined {
    const [next] = consumers.get(layer.name) ?? [];
    return next !== undefined && activationTypes.has(next.type) ? follower(layer, next.type) : undefined;
  }

  /** A sum of this layer and one that is there already. */
  function sumBehind(layer: Layer): { sum: Layer; added: string } | undefined {
    const sum = follower(layer, 'add');
    const [other, ...more] = (sum?.inputs ?? [])
      .map((input) => sources.get(input)!.layer)
      .filter((name) => name !== layer.name);
    return sum !== undefined && other !== undefined && more.length === 0 && done.has(other)
      ? { sum, added: other }
      : undefined;
  }

  /** A unit that begins with this layer, or with a norm before it. */
  function join(layer: Layer, before: Norm | undefined): Unit {
    const { layer: input, padding } = sources.get((before ?? layer).inputs[0] ?? '') ?? {
      layer: '',
      padding: noPadding,
    };
    let last: Layer = layer;
    let after = layer.type === 'batchNorm' ? layer : undefined;
    let pool = 1;
    let sum: ReturnType<typeof sumBehind>;
    if (convolving.has(layer.type)) {
      const means = before === undefined ? undefined : follower(layer, 'averagePool');
      if (means !== undefined && isPartition(means)) {
        pool = means.settings.size;
        last = means;
      }
      after = follower(last, 'batchNorm');
      last = after ?? last;
      sum = layer.type === 'depthwiseConv' ? undefined : sumBehind(last);
      last = sum?.sum ?? last;
    }
    const isActivation = activationTypes.has(layer.type);
    const activation = isActivation ? layer : unjoined.has(layer.type) ? undefined : activationBehind(last);
    last = activation ?? last;
    return {
      layer,
      inputs: layer.inputs.length > 1 ? layer.inputs.map((name) => sources.get(name)!.layer) : [input],
      padding,
      before,
      after,
      added: sum?.added,
      activation: (activation?.type ?? 'none') as Activation,
      pool,
      last,
    };
  }

  for (const layer of computed) {
    if (done.has(layer.name)) continue;
    const relu = layer.type === 'batchNorm' ? follower(layer, 'relu') : undefined;
    const conv = relu && follower(relu, 'conv');
    const unit = conv !== undefined && isPointwise(conv) ? join(conv, layer as Norm) : join(layer, undefined);
    done.add(layer.name);
    for (let name = layer.name; name !== unit.last.name; ) {
      name = consumers.get(name)![0]!.name;
      done.add(name);
    }
    units.push(unit);
  }
  return units;
}

/** For each layer, the one whose output it shows, and the zeros around that. */
function sourcesOf(layers: readonly Layer[]): Map<string, { layer: string; padding: Padding }> {
  const sources = new Map<string, { layer: string; padding: Padding }>();
  for (const layer of layers) {
    const source = sources.get(layer.inputs[0] ?? '');
    const { name } = layer;
    switch (layer.type) {
      case 'dropout':
      case 'stochasticDepth':
      case 'reshape':
        sources.set(name, source!);
        break;
      case 'zeroPad':
        if (source!.padding !== noPadding) throw new Error(`${name} puts zeros around zeros`);
        sources.set(name, { layer: source!.layer, padding: layer.settings.padding });
        break;
      default:
        sources.set(name, { layer: name, padding: noPadding });
    }
  }
  return sources;
}

function isPointwise({ settings: { kernelSize, strides, groups } }: LayerOf<'conv'>): boolean {
  return [...kernelSize, ...strides, groups].every((number) => number === 1);
}

/** Does every pixel count in at most one mean? */
function isPartition({ settings: { size, strides, padding } }: LayerOf<'averagePool'>): boolean {
  return size === strides && padding === 'valid';
}
