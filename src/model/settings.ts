/** What a network is built from: the resolved `model` of an experiment. */

export type InitializerName =
  | 'glorotUniform'
  | 'glorotNormal'
  | 'heUniform'
  | 'heNormal'
  | 'heNormalFanOut'
  | 'lecunUniform'
  | 'lecunNormal'
  | 'orthogonal';

/** How a kernel starts: by name, or normal numbers of a deviation, cut at two of them. */
export type Initializer = InitializerName | { readonly truncatedNormal: number };

/** DenseNets by number and those of a size of one's own come to the same construction. */
export interface DenseNetSettings {
  readonly name: 'densenet121' | 'densenet169' | 'densenet201' | 'densenet';
  /** Layers in each dense block. */
  readonly blocks: readonly number[];
  /** Channels that each layer adds. */
  readonly growthRate: number;
  readonly initialFilters: number;
  readonly stem: 'imagenet' | 'small';
  readonly initializer: Initializer;
}

export interface ResNetSettings {
  readonly name: 'resnet50' | 'resnet101';
  /** Residual blocks in each stage. */
  readonly blocks: readonly number[];
  /** Whether each block starts as nothing but its shortcut. */
  readonly zeroGamma: boolean;
  readonly initializer: Initializer;
}

export interface ResNeXtSettings {
  readonly name: 'resnext50';
  /** Residual blocks in each stage. */
  readonly blocks: readonly number[];
  /** Groups of each 3×3 convolution. */
  readonly groups: number;
  /** Channels of a group in the first stage; each stage doubles them. */
  readonly groupWidth: number;
  /** Whether each block starts as nothing but its shortcut. */
  readonly zeroGamma: boolean;
  readonly initializer: Initializer;
}

export interface InceptionV4Settings {
  readonly name: 'inceptionv4';
  readonly initializer: Initializer;
}

export interface EfficientNetSettings {
  readonly name: 'efficientnetb0' | 'efficientnetb1' | 'efficientnetb2' | 'efficientnetb3';
  /** Factor of the channels. */
  readonly width: number;
  /** Factor of the blocks in each stage. */
  readonly depth: number;
  /** Probability that the last block is left out in a training step; it rises to that from 0 at the first. */
  readonly stochasticDepth: number;
  readonly initializer: Initializer;
}

/** Told apart by the name. */
export type BackboneSettings =
  | DenseNetSettings
  | ResNetSettings
  | ResNeXtSettings
  | EfficientNetSettings
  | InceptionV4Settings;

export type BackboneName = BackboneSettings['name'];

export type TowerLayerSettings =
  | { readonly type: 'batchNorm' }
  | { readonly type: 'dropout'; readonly rate: number }
  | {
      readonly type: 'dense';
      readonly units: number;
      readonly activation: ActivationName | 'linear';
      readonly initializer: Initializer;
    }
  | { readonly type: 'activation'; readonly activation: ActivationName };

export type ActivationName = 'relu' | 'swish' | 'gelu';

export type PoolingName = 'gap' | 'gmp' | 'gem';

export interface ModelSettings {
  readonly backbone: BackboneSettings;
  readonly pooling: readonly PoolingName[];
  /** Of every head that has none of its own. */
  readonly tower: readonly TowerLayerSettings[];
  /** By head. */
  readonly towers: Readonly<Record<string, readonly TowerLayerSettings[]>>;
  readonly headInitializer: Initializer;
}

/** Parts of a network that a stage may train or freeze. */
export type Part = 'backbone' | 'tower' | 'heads';
