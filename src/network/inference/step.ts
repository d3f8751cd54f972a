/**
 * The steps of a forward as numbers, which our own ops read: src/native/forward/step.h has the same fields in the same
 * order, and says what they mean.
 */

/** What a step computes. The index of a name is its number. */
export const kinds = [
  'conv',
  'winograd',
  'depthwise',
  'maxPool',
  'averagePool',
  'affine',
  'add',
  'multiply',
  'globalAverage',
  'globalMax',
  'globalMean',
  'copy',
] as const;

export const activations = ['none', 'relu', 'swish', 'gelu', 'sigmoid'] as const;

const places = ['none', 'images', 'arena', 'local', 'output'] as const;

export type Kind = (typeof kinds)[number];
export type Activation = (typeof activations)[number];

/** Channels of images, where a layer's output lies. */
export interface View {
  readonly place: (typeof places)[number];
  /** Floats of an image before it. */
  readonly start: number;
  readonly channel: number;
  /** Floats from a pixel to the next. */
  readonly stride: number;
}

export const nowhere: View = { place: 'none', start: 0, channel: 0, stride: 0 };

export interface Window {
  readonly size: readonly [number, number];
  readonly strides: readonly [number, number];
  /** Pixels beyond the image above and to the left. */
  readonly offset: readonly [number, number];
}

/** Numbers of weights; -1 for none. A norm has four, from gamma on. */
export interface StepWeights {
  readonly kernel: number;
  readonly bias: number;
  readonly after: number;
  readonly afterEpsilon: number;
  readonly before: number;
  readonly beforeEpsilon: number;
}

export interface Step {
  readonly kind: Kind;
  readonly in: View;
  readonly other: View;
  readonly out: View;
  /** [height, width, channels] */
  readonly shape: readonly [number, number, number];
  readonly outShape: readonly [number, number, number];
  readonly window: Window;
  readonly groups: number;
  readonly activation: Activation;
  /** Side of the windows whose mean a convolution of 1×1 reads. */
  readonly pool: number;
  /** Do positions beyond the image count as zeros in a pooling? */
  readonly zeros: boolean;
  /** Where its packed weights begin. */
  readonly packed: number;
  readonly weights: StepWeights;
}

export function encode({ weights, window, ...step }: Step): number[] {
  const view = ({ place, start, channel, stride }: View): number[] => [
    places.indexOf(place),
    start,
    channel,
    stride,
  ];
  return [
    kinds.indexOf(step.kind),
    ...view(step.in),
    ...view(step.other),
    ...view(step.out),
    ...step.shape,
    ...step.outShape,
    ...window.size,
    ...window.strides,
    ...window.offset,
    step.groups,
    activations.indexOf(step.activation),
    step.pool,
    Number(step.zeros),
    step.packed,
    weights.kernel,
    weights.bias,
    weights.after,
    weights.afterEpsilon,
    weights.before,
    weights.beforeEpsilon,
  ];
}

const ALIGN = 16;
const PANEL = 32;
const SPOTS = 16;

export function aligned(floats: number): number {
  return Math.ceil(floats / ALIGN) * ALIGN;
}

/** Floats of a step's packed weights: `Layout` of step.cc. */
export function packedFloats({ kind, shape, outShape, window, groups, weights }: Step): number {
  const [, , channels] = shape;
  const [, , filters] = outShape;
  const columns = Math.ceil(filters / groups / PANEL) * PANEL;
  const positions = window.size[0] * window.size[1];
  switch (kind) {
    case 'conv': {
      const before = weights.before < 0 ? 0 : 2 * aligned(channels);
      return before + groups * columns * (1 + (positions * channels) / groups);
    }
    case 'winograd':
      return columns * (1 + SPOTS * channels);
    case 'depthwise':
      return aligned(channels) * (1 + positions);
    case 'affine':
      return 2 * aligned(channels);
    case 'globalMean':
      return ALIGN;
    default:
      return 0;
  }
}
