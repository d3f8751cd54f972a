/**
 * ResNet: an image becomes feature maps through blocks that add to their input what three convolutions make of it.
 * He et al., arXiv:1512.03385, in the construction of keras.applications, whose layer names it keeps: every convolution
 * has a bias, and the first 1×1 of a block takes the stride.
 */
import type { Builder } from '../builder.ts';
import type { ResNetSettings } from '../settings.ts';

/** Blocks of each stage, conv2_x to conv5_x: table 1 of the paper. */
export const resnetBlocks: Readonly<Record<ResNetSettings['name'], readonly number[]>> = {
  resnet50: [3, 4, 6, 3],
  resnet101: [3, 4, 23, 3],
};

// keras.applications sets the first and leaves the second at Keras's default.
const NORM = { epsilon: 1.001e-5, momentum: 0.99 };
/** Channels of the stem and of the first stage's 3×3 convolutions; each stage doubles them: table 1. */
const FIRST_FILTERS = 64;
/** Channels of a block's output, in channels of its 3×3 convolution: figure 5, right. */
const EXPANSION = 4;

/** @returns name of the last layer: feature maps */
export function resnet(
  builder: Builder,
  image: string,
  { blocks, zeroGamma, initializer }: ResNetSettings,
): string {
  let x = builder.zeroPad('conv1_pad', image, 3);
  x = builder.conv('conv1_conv', x, {
    filters: FIRST_FILTERS,
    kernelSize: 7,
    strides: 2,
    bias: true,
    initializer,
  });
  x = builder.relu('conv1_relu', builder.batchNorm('conv1_bn', x, NORM));
  x = builder.zeroPad('pool1_pad', x, 1);
  x = builder.maxPool('pool1_pool', x, { size: 3, strides: 2 });
  blocks.forEach((count, i) => {
    for (let j = 1; j <= count; j++)
      x = block(x, `conv${i + 2}_block${j}`, FIRST_FILTERS * 2 ** i, i, j === 1);
  });
  return x;

  /** A stage's first block halves the sides, but for the first stage's, and projects its input to its own channels. */
  function block(input: string, name: string, filters: number, stage: number, isFirst: boolean): string {
    const strides = isFirst && stage > 0 ? 2 : 1;
    const shortcut = isFirst ? convNorm(input, `${name}_0`, EXPANSION * filters, 1, strides) : input;
    let y = builder.relu(`${name}_1_relu`, convNorm(input, `${name}_1`, filters, 1, strides));
    y = builder.relu(`${name}_2_relu`, convNorm(y, `${name}_2`, filters, 3));
    y = convNorm(y, `${name}_3`, EXPANSION * filters, 1, 1, zeroGamma ? 'zeros' : 'ones');
    return builder.relu(`${name}_out`, builder.add(`${name}_add`, [shortcut, y]));
  }

  function convNorm(
    input: string,
    name: string,
    filters: number,
    kernelSize: number,
    strides = 1,
    gamma: 'ones' | 'zeros' = 'ones',
  ): string {
    const options = { filters, kernelSize, strides, padding: 'same', bias: true, initializer } as const;
    return builder.batchNorm(`${name}_bn`, builder.conv(`${name}_conv`, input, options), NORM, gamma);
  }
}
