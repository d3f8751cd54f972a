/**
 * EfficientNet: an image becomes feature maps through inverted residual blocks with squeeze and excitation. Tan and Le,
 * arXiv:1905.11946, in the construction of keras.applications, whose layer names it keeps, without its normalisation of
 * the input. Blocks: Sandler et al., arXiv:1801.04381; squeeze and excitation: Hu et al., arXiv:1709.01507; stochastic
 * depth: Huang et al., arXiv:1603.09382.
 */
import type { Builder } from '../builder.ts';
import type { EfficientNetSettings } from '../settings.ts';

/** Factors of channels and of repeated blocks, from B0 on: the paper's repository; of the four, B0 is table 1. */
export const efficientnetScales: Readonly<
  Record<EfficientNetSettings['name'], { readonly width: number; readonly depth: number }>
> = {
  efficientnetb0: { width: 1, depth: 1 },
  efficientnetb1: { width: 1, depth: 1.1 },
  efficientnetb2: { width: 1.1, depth: 1.2 },
  efficientnetb3: { width: 1.2, depth: 1.4 },
};

/** Stages 2 to 8 of table 1: kernel, repeats, channels out, expansion, stride of the first block. */
const STAGES = [
  { kernelSize: 3, repeats: 1, filters: 16, expansion: 1, strides: 1 },
  { kernelSize: 3, repeats: 2, filters: 24, expansion: 6, strides: 2 },
  { kernelSize: 5, repeats: 2, filters: 40, expansion: 6, strides: 2 },
  { kernelSize: 3, repeats: 3, filters: 80, expansion: 6, strides: 2 },
  { kernelSize: 5, repeats: 3, filters: 112, expansion: 6, strides: 1 },
  { kernelSize: 5, repeats: 4, filters: 192, expansion: 6, strides: 2 },
  { kernelSize: 3, repeats: 1, filters: 320, expansion: 6, strides: 1 },
] as const;
const STEM_FILTERS = 32;
const TOP_FILTERS = 1280;
/** Channels between the two layers of a squeeze and excitation, as a share of the block's input. */
const SQUEEZE = 0.25;
// Keras's defaults of BatchNormalization.
const NORM = { epsilon: 1e-3, momentum: 0.99 };

interface BlockOptions {
  readonly kernelSize: number;
  readonly filters: number;
  readonly expansion: number;
  readonly strides: number;
  /** Probability that an image goes past this block in a training step. */
  readonly dropRate: number;
}

/** @returns name of the last layer: feature maps */
export function efficientnet(builder: Builder, image: string, settings: EfficientNetSettings): string {
  const { width, depth, stochasticDepth, initializer } = settings;
  const stages = STAGES.map((stage) => ({ ...stage, repeats: Math.ceil(depth * stage.repeats) }));
  const blocks = stages.reduce((sum, { repeats }) => sum + repeats, 0);
  // `same` adds the very zeros that Keras's own padding layers do: more below and to the right where the side is even.
  const stem = {
    filters: scaled(STEM_FILTERS, width),
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    initializer,
  } as const;
  let x = normSwish(builder.conv('stem_conv', image, stem), 'stem_bn', 'stem_activation');
  let index = 0;
  stages.forEach(({ kernelSize, repeats, filters, expansion, strides }, i) => {
    for (let j = 0; j < repeats; j++) {
      x = block(x, `block${i + 1}${String.fromCharCode(97 + j)}`, {
        kernelSize,
        filters: scaled(filters, width),
        expansion,
        strides: j === 0 ? strides : 1,
        dropRate: (stochasticDepth * index) / blocks,
      });
      index += 1;
    }
  });
  const top = { filters: scaled(TOP_FILTERS, width), kernelSize: 1, initializer };
  return normSwish(builder.conv('top_conv', x, top), 'top_bn', 'top_activation');

  function block(input: string, name: string, options: BlockOptions): string {
    const { kernelSize, filters, expansion, strides, dropRate } = options;
    const channels = builder.shapeOf(input).at(-1)!;
    let y = input;
    if (expansion !== 1) {
      const expand = { filters: channels * expansion, kernelSize: 1, initializer };
      y = builder.conv(`${name}_expand_conv`, y, expand);
      y = normSwish(y, `${name}_expand_bn`, `${name}_expand_activation`);
    }
    const depthwise = { kernelSize, strides, padding: 'same', initializer } as const;
    y = builder.depthwiseConv(`${name}_dwconv`, y, depthwise);
    y = normSwish(y, `${name}_bn`, `${name}_activation`);
    y = builder.multiply(`${name}_se_excite`, y, attention(y, name, channels));
    y = builder.conv(`${name}_project_conv`, y, { filters, kernelSize: 1, initializer });
    y = builder.batchNorm(`${name}_project_bn`, y, NORM);
    if (strides !== 1 || filters !== channels) return y;
    if (dropRate > 0) y = builder.stochasticDepth(`${name}_drop`, y, dropRate);
    return builder.add(`${name}_add`, [y, input]);
  }

  /** A factor between 0 and 1 for every channel, from the means of all. */
  function attention(input: string, name: string, channels: number): string {
    const filters = builder.shapeOf(input).at(-1)!;
    const one = { kernelSize: 1, bias: true, initializer } as const;
    let y = builder.globalAveragePool(`${name}_se_squeeze`, input);
    y = builder.reshape(`${name}_se_reshape`, y, [1, 1, filters]);
    const reduced = Math.max(1, Math.floor(channels * SQUEEZE));
    y = builder.conv(`${name}_se_reduce`, y, { ...one, filters: reduced });
    y = builder.swish(`${name}_se_reduce_activation`, y);
    y = builder.conv(`${name}_se_expand`, y, { ...one, filters });
    return builder.sigmoid(`${name}_se_expand_activation`, y);
  }

  function normSwish(input: string, norm: string, activation: string): string {
    return builder.swish(activation, builder.batchNorm(norm, input, NORM));
  }
}

/** Channels times the width, to the nearest multiple of 8, and never more than a tenth below. */
function scaled(filters: number, width: number): number {
  const wanted = filters * width;
  const rounded = Math.max(8, Math.floor((wanted + 4) / 8) * 8);
  return rounded < 0.9 * wanted ? rounded + 8 : rounded;
}
