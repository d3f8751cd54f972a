/** The list of layers that becomes a network, with the shapes that later layers ask for. Shapes are without the batch. */
import type { Layer, LayerSettings, LayerType, WeightInitializer, WeightSpec } from './network.ts';
import type { Part } from './settings.ts';

/** The images become empty inside the network. The message says where; the caller knows which stage asked for them. */
export class ImageTooSmallError extends Error {
  /** Layer that would have no output left, or nothing to make smaller. */
  readonly layer: string;
  readonly imageSize: number;

  constructor(layer: string, imageSize: number, before: readonly number[]) {
    const [height, width] = before;
    super(
      `images of ${imageSize} pixels are too small: layer ${layer} gets ${height}×${width} and would leave nothing`,
    );
    this.name = 'ImageTooSmallError';
    this.layer = layer;
    this.imageSize = imageSize;
  }
}

export interface Appender {
  readonly layers: readonly Layer[];
  /** Side of the square images that come in, pixels. */
  readonly imageSize: number;
  /** Layers appended from now on belong to this part. */
  startPart(part: Part): void;
  shapeOf(layer: string): readonly number[];
  /** [height, width, channels] of a layer's output. */
  imageShapeOf(layer: string): readonly [number, number, number];
  /** Appends a layer and returns its name. @throws ImageTooSmallError where a side of its output is below 1 */
  append<T extends LayerType>(
    type: T,
    name: string,
    inputs: readonly string[],
    settings: LayerSettings[T],
    outputShape: readonly number[],
    flops: number,
    weights?: readonly WeightSpec[],
  ): string;
  /** A weight of the current part. */
  weight(
    name: string,
    shape: readonly number[],
    initializer: WeightInitializer,
    trainable?: boolean,
  ): WeightSpec;
}

export function createAppender(imageSize: number): Appender {
  const layers: Layer[] = [];
  const shapes = new Map<string, readonly number[]>();
  let part: Part = 'backbone';

  function shapeOf(layer: string): readonly number[] {
    const shape = shapes.get(layer);
    if (shape === undefined) throw new Error(`no layer ${layer} before this one`);
    return shape;
  }

  return {
    layers,
    imageSize,
    shapeOf,
    startPart(next) {
      part = next;
    },
    imageShapeOf(layer) {
      const shape = shapeOf(layer);
      const [height, width, channels] = shape;
      if (height === undefined || width === undefined || channels === undefined) {
        throw new Error(`expected the shape of an image, got [${shape}]`);
      }
      return [height, width, channels];
    },
    append(type, name, inputs, settings, outputShape, flops, weights = []) {
      if (shapes.has(name)) throw new Error(`two layers are named ${name}`);
      if (outputShape.some((side) => side < 1))
        throw new ImageTooSmallError(name, imageSize, shapeOf(inputs[0]!));
      layers.push({ name, type, settings, part, inputs, outputShape, weights, flops } as unknown as Layer);
      shapes.set(name, outputShape);
      return name;
    },
    weight: (name, shape, initializer, trainable = true) => ({ name, shape, initializer, trainable, part }),
  };
}

export function volume(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/**
 * Length of a side after a window went over it: TensorFlow's rule for `SAME` and `VALID`. 0 where a stride finds less than
 * itself: padding would give it an output still, made of zeros for the most part.
 */
export function outputSide(side: number, window: number, strides: number, padding: 'same' | 'valid'): number {
  if (side < strides) return 0;
  return Math.ceil((padding === 'same' ? side : side - window + 1) / strides);
}
