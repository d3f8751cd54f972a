/**
 * A network as the program that computes it for inference: its description in, numbered steps out, which our own ops pack
 * weights for and go through (src/native/forward).
 */
import { outputSide } from '../../model/appender.ts';
import type { Layer, Network } from '../../model/network.ts';
import { checkShapes } from './check.ts';
import { outputs as allOutputs, placesOf } from './places.ts';
import { nowhere, packedFloats, type Step, type StepWeights, type View, type Window } from './step.ts';
import { type Unit, unitsOf } from './units.ts';

export interface InferencePlan {
  readonly steps: readonly Step[];
  /** Floats of each weight, in the order of the network's layers. */
  readonly sizes: readonly number[];
  readonly epsilons: readonly number[];
  /** Floats of all packed weights. */
  readonly packed: number;
  /** Floats of the maps of one image, and of those that live within a segment alone. */
  readonly arena: number;
  readonly local: number;
  /** Layers whose outputs the program gives, beside each other, and how many floats of an image each has. */
  readonly outputs: readonly { readonly layer: string; readonly width: number }[];
}

type Shape = readonly [number, number, number];

/** Products in tiles, as a share of those without, below which the transformations are worth it. */
const TILED_SHARE = 0.8;
/** Pairs of channels up to which a transformed kernel, 64 bytes a pair, is read from the cache... */
const CACHED_PAIRS = 128 * 128;
/** ... and tiles of a call from which on it is worth reading a larger one. */
const LEAST_TILES = 64;
/** Channels of whole vectors on every processor. */
const VECTOR = 16;

const noWeights: StepWeights = {
  kernel: -1,
  bias: -1,
  after: -1,
  afterEpsilon: -1,
  before: -1,
  beforeEpsilon: -1,
};
const pixel: Window = { size: [1, 1], strides: [1, 1], offset: [0, 0] };

/**
 * @param outputs layers of one value a channel, whose outputs the program gives; none twice
 * @param batch images of a call, as far as it is known: for few of them weights are read, not computed with
 * @throws RunError where the shapes of layers or weights do not fit together
 */
export function planInference(network: Network, outputs: readonly string[], batch = 32): InferencePlan {
  checkShapes(network);
  const specs = network.layers.flatMap(({ weights }) => weights);
  const numbers = new Map(specs.map(({ name }, i) => [name, i]));
  const shapes = new Map(network.layers.map(({ name, outputShape }) => [name, imageShape(outputShape)]));
  const units = unitsOf(network, outputs);
  const places = placesOf(units, outputs);
  const epsilons: number[] = [];
  const steps: Step[] = [];
  let packed = 0;

  function add(step: Omit<Step, 'packed'>): void {
    const placed = { ...step, packed };
    packed += Math.ceil(packedFloats(placed) / VECTOR) * VECTOR;
    steps.push(placed);
  }

  /** Numbers of a norm's first weight and of its epsilon. */
  function normOf(layer: Layer | undefined): [number, number] {
    if (layer?.type !== 'batchNorm') return [-1, -1];
    epsilons.push(layer.settings.epsilon);
    return [numbers.get(`${layer.name}/gamma`)!, epsilons.length - 1];
  }

  function weightsOf({ layer, after, before }: Unit): StepWeights {
    const numberOf = (weight: string): number => numbers.get(`${layer.name}/${weight}`) ?? -1;
    const [afterNumber, afterEpsilon] = normOf(after);
    const [beforeNumber, beforeEpsilon] = normOf(before);
    return {
      kernel: numberOf(layer.type === 'globalGeneralizedMean' ? 'p' : 'kernel'),
      bias: numberOf('bias'),
      after: afterNumber,
      afterEpsilon,
      before: beforeNumber,
      beforeEpsilon,
    };
  }

  function copy(input: string, out: View): Omit<Step, 'packed'> {
    const shape = shapes.get(input)!;
    return {
      kind: 'copy',
      in: places.view(input),
      other: nowhere,
      out,
      shape,
      outShape: shape,
      window: pixel,
      groups: 1,
      activation: 'none',
      pool: 1,
      zeros: false,
      weights: noWeights,
    };
  }

  for (const unit of units) {
    const { layer, inputs, last, activation, pool } = unit;
    if (layer.type === 'input') continue;
    if (layer.type === 'concatenate') {
      for (const { input, to } of places.copied(last.name)) add(copy(input, to));
      continue;
    }
    const out = places.view(last.name);
    const step = {
      ...copy(inputs[0]!, out),
      outShape: shapes.get(last.name)!,
      activation,
      pool,
      weights: weightsOf(unit),
    };
    if (layer.type === 'add' || layer.type === 'multiply') {
      // More than two of them: each is added to the sum of those before it.
      inputs.slice(1).forEach((other, i) => {
        const sum = i === 0 ? step.in : out;
        const isLast = i === inputs.length - 2;
        add({
          ...step,
          kind: layer.type,
          in: sum,
          other: places.view(other),
          activation: isLast ? activation : 'none',
        });
      });
      continue;
    }
    const other = unit.added === undefined ? nowhere : places.view(unit.added);
    add({ ...step, other, ...kindOf(unit, step.shape, batch) });
  }
  for (const { input, to } of places.copied(allOutputs)) add(copy(input, to));
  const given = outputs.map((layer) => ({ layer, width: shapes.get(layer)![2] }));
  const sizes = specs.map(({ shape }) => shape.reduce((product, side) => product * side, 1));
  return { steps, sizes, epsilons, packed, arena: places.arena, local: places.local, outputs: given };
}

/** What is particular to each type of layer. @param shape of the input without zeros around it */
function kindOf(unit: Unit, shape: Shape, batch: number): Partial<Step> & Pick<Step, 'kind'> {
  const { layer, padding } = unit;
  switch (layer.type) {
    case 'conv': {
      const { kernelSize, strides, groups } = layer.settings;
      const window = windowOf(kernelSize, strides, layer.settings.padding, unit, shape);
      return { kind: isTiled(unit, shape, window, batch) ? 'winograd' : 'conv', window, groups };
    }
    case 'depthwiseConv': {
      const { kernelSize, strides } = layer.settings;
      return {
        kind: 'depthwise',
        window: windowOf(kernelSize, strides, layer.settings.padding, unit, shape),
      };
    }
    case 'maxPool':
    case 'averagePool': {
      const { size, strides } = layer.settings;
      const zeros = padding.flat().some((side) => side > 0);
      if (zeros && layer.settings.padding === 'same')
        throw new Error(`${layer.name} pools over zeros of two kinds`);
      const window = windowOf([size, size], [strides, strides], layer.settings.padding, unit, shape);
      return { kind: layer.type, window, zeros };
    }
    case 'dense':
      return { kind: 'conv' };
    case 'batchNorm':
      return { kind: 'affine' };
    case 'globalAveragePool':
      return { kind: 'globalAverage' };
    case 'globalMaxPool':
      return { kind: 'globalMax' };
    case 'globalGeneralizedMean':
      return { kind: 'globalMean' };
    default:
      return { kind: 'copy' };
  }
}

/** The window with what lies beyond the image: zeros of a layer of its own, and TensorFlow's for `same`. */
function windowOf(
  size: readonly [number, number],
  strides: readonly [number, number],
  padding: 'same' | 'valid',
  { padding: [[top, bottom], [left, right]] }: Unit,
  [height, width]: Shape,
): Window {
  const before = (side: number, axis: 0 | 1): number => {
    if (padding === 'valid') return 0;
    const reach = (outputSide(side, size[axis], strides[axis], padding) - 1) * strides[axis] + size[axis];
    return Math.floor(Math.max(0, reach - side) / 2);
  };
  return {
    size,
    strides,
    offset: [top + before(top + height + bottom, 0), left + before(left + width + right, 1)],
  };
}

/** Is this a convolution that is faster in tiles: F(2×2, 3×3)? */
function isTiled(
  { layer, last, added, activation }: Unit,
  [height, width, channels]: Shape,
  { size, strides, offset }: Window,
  batch: number,
): boolean {
  const tiles = Math.ceil(height / 2) * Math.ceil(width / 2);
  const [outHeight, outWidth, filters] = imageShape(last.outputShape);
  return (
    [...size].every((side) => side === 3) &&
    [...strides, ...offset].every((number) => number === 1) &&
    layer.type === 'conv' &&
    layer.settings.groups === 1 &&
    outHeight === height &&
    outWidth === width &&
    channels % VECTOR === 0 &&
    filters % VECTOR === 0 &&
    16 * tiles < TILED_SHARE * 9 * height * width &&
    (channels * filters <= CACHED_PAIRS || batch * tiles >= LEAST_TILES) &&
    added === undefined &&
    (activation === 'none' || activation === 'relu')
  );
}

function imageShape(shape: readonly number[]): Shape {
  return shape.length === 3 ? [shape[0]!, shape[1]!, shape[2]!] : [1, 1, shape[0]!];
}
