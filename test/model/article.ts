/** The article's model: its heads with the numbers of their classes, its tower, DenseNet121. */
import { densenetBlocks } from '../../src/model/backbones/densenet.ts';
import { efficientnetScales } from '../../src/model/backbones/efficientnet.ts';
import { resnetBlocks } from '../../src/model/backbones/resnet.ts';
import { resnextSizes } from '../../src/model/backbones/resnext.ts';
import type {
  BackboneSettings,
  DenseNetSettings,
  EfficientNetSettings,
  ModelSettings,
  PoolingName,
  ResNetSettings,
} from '../../src/model/settings.ts';

const classCounts = {
  gender: 2,
  imagequality: 3,
  age: 5,
  weight: 4,
  carryingbag: 3,
  footwear: 3,
  emotion: 4,
  bodypose: 3,
};

export const articleHeads = Object.entries(classCounts).map(([name, count]) => ({
  name,
  classes: Array.from({ length: count }, (_, i) => `class${i}`),
}));

export const densenet121: DenseNetSettings = {
  name: 'densenet121',
  blocks: [6, 12, 24, 16],
  growthRate: 32,
  initialFilters: 64,
  stem: 'imagenet',
  initializer: 'glorotUniform',
};

export function efficientnet(
  name: EfficientNetSettings['name'],
  stochasticDepth: number,
): EfficientNetSettings {
  return { name, ...efficientnetScales[name], stochasticDepth, initializer: 'heNormalFanOut' };
}

function resnet(name: ResNetSettings['name']): ResNetSettings {
  return { name, blocks: resnetBlocks[name], zeroGamma: false, initializer: 'glorotUniform' };
}

/** The backbones that keras.applications has too, by name. */
export const kerasBackbones: Readonly<Record<string, BackboneSettings>> = {
  densenet121,
  densenet169: { ...densenet121, name: 'densenet169', blocks: densenetBlocks.densenet169 },
  densenet201: { ...densenet121, name: 'densenet201', blocks: densenetBlocks.densenet201 },
  resnet50: resnet('resnet50'),
  efficientnetb0: efficientnet('efficientnetb0', 0),
  efficientnetb1: efficientnet('efficientnetb1', 0),
  efficientnetb2: efficientnet('efficientnetb2', 0),
  efficientnetb3: efficientnet('efficientnetb3', 0),
  resnet101: resnet('resnet101'),
};

/** The backbones that timm has too, by name. */
export const timmBackbones: Readonly<Record<string, BackboneSettings>> = {
  resnext50: {
    name: 'resnext50',
    ...resnextSizes.resnext50,
    zeroGamma: false,
    initializer: 'heNormalFanOut',
  },
  inceptionv4: { name: 'inceptionv4', initializer: 'heNormal' },
};

/** What a model says where it says nothing but its backbone, and has no tower. */
export const gapAlone = {
  pooling: ['gap'],
  tower: [],
  towers: {},
  headInitializer: 'glorotUniform',
} as const satisfies Omit<ModelSettings, 'backbone'>;

export function articleModel(...pooling: PoolingName[]): ModelSettings {
  return {
    backbone: densenet121,
    pooling,
    tower: [
      { type: 'batchNorm' },
      { type: 'dropout', rate: 0.1 },
      { type: 'dense', units: 128, activation: 'relu', initializer: 'glorotUniform' },
    ],
    towers: {},
    headInitializer: 'glorotUniform',
  };
}
