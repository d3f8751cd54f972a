/** The layers that convolve, and the zeros before them: shapes, weights, operations. */
import { type Appender, outputSide, volume } from './appender.ts';
import type { LayerSettings } from './network.ts';
import type { Initializer } from './settings.ts';

export interface ConvOptions {
  readonly filters: number;
  /** Side of the square kernel, or its height and width. */
  readonly kernelSize: number | readonly [number, number];
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
  /** Groups of channels that do not read one another. @default 1 */
  readonly groups?: number;
  /** Whether a number is added to each channel of the output. @default false */
  readonly bias?: boolean;
  readonly initializer: Initializer;
}

export interface DepthwiseConvOptions {
  /** Side of the square kernel. */
  readonly kernelSize: number;
  readonly strides?: number;
  readonly padding?: 'same' | 'valid';
  readonly initializer: Initializer;
}

export interface Convolutions {
  /** @param padding rows or columns of zeros, on every side */
  zeroPad(name: string, input: string, padding: number): string;
  conv(name: string, input: string, options: ConvOptions): string;
  depthwiseConv(name: string, input: string, options: DepthwiseConvOptions): string;
}

type Padding = LayerSettings['zeroPad']['padding'];

export function convolutions(appender: Appender): Convolutions {
  const { append, weight, imageShapeOf } = appender;

  return {
    zeroPad(name, input, padding) {
      const [height, width, channels] = imageShapeOf(input);
      const sides: Padding = [
        [padding, padding],
        [padding, padding],
      ];
      const shape = [height + 2 * padding, width + 2 * padding, channels];
      return append('zeroPad', name, [input], { padding: sides }, shape, 0);
    },

    conv(
      name,
      input,
      { filters, kernelSize, strides = 1, padding = 'valid', groups = 1, bias = false, initializer },
    ) {
      const [height, width, channels] = imageShapeOf(input);
      const [tall, wide] = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
      if (channels % groups !== 0 || filters % groups !== 0)
        throw new Error(
          `${name} cannot share ${channels} channels and ${filters} filters among ${groups} groups`,
        );
      const shape = [
        outputSide(height, tall, strides, padding),
        outputSide(width, wide, strides, padding),
        filters,
      ];
      const inputs = channels / groups;
      const flops = (2 * tall * wide * inputs + (bias ? 1 : 0)) * volume(shape);
      const kernel = weight(`${name}/kernel`, [tall, wide, inputs, filters], initializer);
      return append(
        'conv',
        name,
        [input],
        { kernelSize: [tall, wide], strides: [strides, strides], padding, filters, groups, bias },
        shape,
        flops,
        bias ? [kernel, weight(`${name}/bias`, [filters], 'zeros')] : [kernel],
      );
    },

    depthwiseConv(name, input, { kernelSize, strides = 1, padding = 'valid', initializer }) {
      const [height, width, channels] = imageShapeOf(input);
      const shape = [
        outputSide(height, kernelSize, strides, padding),
        outputSide(width, kernelSize, strides, padding),
        channels,
      ];
      const settings = {
        kernelSize: [kernelSize, kernelSize],
        strides: [strides, strides],
        padding,
      } as const;
      return append('depthwiseConv', name, [input], settings, shape, 2 * kernelSize ** 2 * volume(shape), [
        weight(`${name}/kernel`, [kernelSize, kernelSize, channels, 1], initializer),
      ]);
    },
  };
}
