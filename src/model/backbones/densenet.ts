/**
 * DenseNet: an image becomes feature maps through blocks in which every layer reads the outputs of all before it.
 * Huang et al., arXiv:1608.06993, in the construction of keras.applications, whose layer names it keeps.
 */
import type { Builder } from '../builder.ts';
import type { DenseNetSettings } from '../settings.ts';

/** Layers of each dense block: table 1 of the paper. All have growth rate 32 and 64 channels in the stem. */
export const densenetBlocks = {
  densenet121: [6, 12, 24, 16],
  densenet169: [6, 12, 32, 32],
  densenet201: [6, 12, 48, 32],
} as const satisfies Partial<Record<DenseNetSettings['name'], readonly number[]>>;

// keras.applications sets the first and leaves the second at Keras's default.
const NORM = { epsilon: 1.001e-5, momentum: 0.99 };
/** Channels of the 1×1 convolution before each 3×3, in growth rates: section 3, "Bottleneck layers". */
const BOTTLENECK = 4;
/** Share of the channels that a transition keeps: section 3, "Compression". */
const COMPRESSION = 0.5;

/** @returns name of the last layer: feature maps */
export function densenet(builder: Builder, image: string, settings: DenseNetSettings): string {
  const { blocks, stem } = settings;
  let x = stem === 'imagenet' ? imagenetStem(builder, image, settings) : smallStem(builder, image, settings);
  blocks.forEach((layers, i) => {
    // Keras counts the stem as the first stage: its blocks are conv2, conv3, … with pool2, pool3, … after them.
    const stage = i + 2;
    for (let j = 1; j <= layers; j++) x = denseLayer(builder, x, `conv${stage}_block${j}`, settings);
    if (i < blocks.length - 1) x = transition(builder, x, `pool${stage}`, settings);
  });
  x = builder.batchNorm('bn', x, NORM);
  return builder.relu('relu', x);
}

function imagenetStem(
  builder: Builder,
  image: string,
  { initialFilters, initializer }: DenseNetSettings,
): string {
  let x = builder.zeroPad('zero_padding2d', image, 3);
  x = builder.conv('conv1_conv', x, { filters: initialFilters, kernelSize: 7, strides: 2, initializer });
  x = builder.batchNorm('conv1_bn', x, NORM);
  x = builder.relu('conv1_relu', x);
  x = builder.zeroPad('zero_padding2d_1', x, 1);
  return builder.maxPool('pool1', x, { size: 3, strides: 2 });
}

/** As the paper's networks for CIFAR begin: the resolution stays. */
function smallStem(
  builder: Builder,
  image: string,
  { initialFilters, initializer }: DenseNetSettings,
): string {
  let x = builder.conv('conv1_conv', image, {
    filters: initialFilters,
    kernelSize: 3,
    padding: 'same',
    initializer,
  });
  x = builder.batchNorm('conv1_bn', x, NORM);
  return builder.relu('conv1_relu', x);
}

function denseLayer(builder: Builder, input: string, name: string, settings: DenseNetSettings): string {
  const { growthRate, initializer } = settings;
  let x = builder.batchNorm(`${name}_0_bn`, input, NORM);
  x = builder.relu(`${name}_0_relu`, x);
  x = builder.conv(`${name}_1_conv`, x, { filters: BOTTLENECK * growthRate, kernelSize: 1, initializer });
  x = builder.batchNorm(`${name}_1_bn`, x, NORM);
  x = builder.relu(`${name}_1_relu`, x);
  x = builder.conv(`${name}_2_conv`, x, { filters: growthRate, kernelSize: 3, padding: 'same', initializer });
  return builder.concatenate(`${name}_concat`, [input, x]);
}

function transition(
  builder: Builder,
  input: string,
  name: string,
  { initializer }: DenseNetSettings,
): string {
  let x = builder.batchNorm(`${name}_bn`, input, NORM);
  x = builder.relu(`${name}_relu`, x);
  const filters = Math.floor(builder.shapeOf(x).at(-1)! * COMPRESSION);
  x = builder.conv(`${name}_conv`, x, { filters, kernelSize: 1, initializer });
  return builder.averagePool(`${name}_pool`, x, { size: 2, strides: 2 });
}
