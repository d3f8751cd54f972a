/** The layers that make maps smaller or leave one value of each. */
import { type Appender, outputSide, volume } from './appender.ts';

export interface WindowOptions {
  readonly size: number;
  readonly strides: number;
  /** With `same`, positions beyond the image do not count. @default 'valid' */
  readonly padding?: 'same' | 'valid';
}

export interface PoolingLayers {
  maxPool(name: string, input: string, window: WindowOptions): string;
  averagePool(name: string, input: string, window: WindowOptions): string;
  globalAveragePool(name: string, input: string): string;
  globalMaxPool(name: string, input: string): string;
  /** @param p what the exponent starts at */
  globalGeneralizedMean(name: string, input: string, p: number): string;
}

export function poolingLayers({ append, weight, shapeOf, imageShapeOf }: Appender): PoolingLayers {
  function windowed(
    type: 'maxPool' | 'averagePool',
    name: string,
    input: string,
    { size, strides, padding = 'valid' }: WindowOptions,
  ): string {
    const [height, width, channels] = imageShapeOf(input);
    const shape = [
      outputSide(height, size, strides, padding),
      outputSide(width, size, strides, padding),
      channels,
    ];
    return append(type, name, [input], { size, strides, padding }, shape, size * size * volume(shape));
  }

  function whole(type: 'globalAveragePool' | 'globalMaxPool', name: string, input: string): string {
    return append(type, name, [input], {}, [imageShapeOf(input)[2]], volume(shapeOf(input)));
  }

  return {
    maxPool: (name, input, window) => windowed('maxPool', name, input, window),
    averagePool: (name, input, window) => windowed('averagePool', name, input, window),
    globalAveragePool: (name, input) => whole('globalAveragePool', name, input),
    globalMaxPool: (name, input) => whole('globalMaxPool', name, input),
    // A logarithm, a power, a sum and what keeps them in range.
    globalGeneralizedMean: (name, input, p) =>
      append(
        'globalGeneralizedMean',
        name,
        [input],
        {},
        [imageShapeOf(input)[2]],
        5 * volume(shapeOf(input)),
        [weight(`${name}/p`, [1], { constant: p })],
      ),
  };
}
