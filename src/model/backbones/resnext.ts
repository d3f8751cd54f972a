/**
 * ResNeXt: a ResNet whose 3×3 convolutions work in groups of channels. Xie et al., arXiv:1611.05431, in the construction
 * of timm, whose module names its layers keep: no convolution has a bias, and the 3×3 of a block takes the stride.
 */
import type { Builder } from '../builder.ts';
import type { ResNeXtSettings } from '../settings.ts';

/** Blocks of each stage, groups of a 3×3 convolution (cardinality), and channels of a group in the first: table 1 of the paper. */
export const resnextSizes: Readonly<
  Record<ResNeXtSettings['name'], Pick<ResNeXtSettings, 'blocks' | 'groups' | 'groupWidth'>>
> = {
  resnext50: { blocks: [3, 4, 6, 3], groups: 32, groupWidth: 4 },
};

// PyTorch's BatchNorm2d: epsilon 1e-5, and 0.1 of the new value, which is 0.9 of the old one.
const NORM = { epsilon: 1e-5, momentum: 0.9 };
const STEM_FILTERS = 64;
/** Channels of a block's output, in channels of its 3×3 convolution: table 1. */
const EXPANSION = 2;

/** @returns name of the last layer: feature maps */
export function resnext(builder: Builder, image: string, settings: ResNeXtSettings): string {
  const { blocks, groups, groupWidth, zeroGamma, initializer } = settings;
  let x = builder.zeroPad('conv1.pad', image, 3);
  x = builder.conv('conv1', x, { filters: STEM_FILTERS, kernelSize: 7, strides: 2, initializer });
  x = builder.relu('act1', builder.batchNorm('bn1', x, NORM));
  // Nothing is below 0 here, so that zeros around the maps change no maximum.
  x = builder.maxPool('maxpool', builder.zeroPad('maxpool.pad', x, 1), { size: 3, strides: 2 });
  blocks.forEach((count, i) => {
    const filters = groups * groupWidth * 2 ** i;
    for (let j = 0; j < count; j++) x = block(x, `layer${i + 1}.${j}`, filters, i > 0 && j === 0 ? 2 : 1);
  });
  return x;

  /** Where the shape changes, a 1×1 convolution takes the input to the shape of the output. */
  function block(input: string, name: string, filters: number, strides: 1 | 2): string {
    let y = convNorm(input, `${name}.conv1`, `${name}.bn1`, { filters, kernelSize: 1 });
    y = builder.relu(`${name}.act1`, y);
    // One row and column on every side: `same` has them below and to the right alone where it halves an even side.
    const isPadded = strides === 2;
    if (isPadded) y = builder.zeroPad(`${name}.conv2.pad`, y, 1);
    const padding = isPadded ? 'valid' : 'same';
    y = convNorm(y, `${name}.conv2`, `${name}.bn2`, { filters, kernelSize: 3, strides, padding, groups });
    y = builder.relu(`${name}.act2`, y);
    const channels = EXPANSION * filters;
    y = builder.conv(`${name}.conv3`, y, { filters: channels, kernelSize: 1, initializer });
    y = builder.batchNorm(`${name}.bn3`, y, NORM, zeroGamma ? 'zeros' : 'ones');
    const isSameShape = strides === 1 && builder.shapeOf(input).at(-1) === channels;
    const shortcut = isSameShape
      ? input
      : convNorm(input, `${name}.downsample.0`, `${name}.downsample.1`, {
          filters: channels,
          kernelSize: 1,
          strides,
        });
    return builder.relu(`${name}.act3`, builder.add(`${name}.add`, [y, shortcut]));
  }

  function convNorm(
    input: string,
    conv: string,
    norm: string,
    options: Omit<Parameters<Builder['conv']>[2], 'initializer'>,
  ): string {
    return builder.batchNorm(norm, builder.conv(conv, input, { ...options, initializer }), NORM);
  }
}
