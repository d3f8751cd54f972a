/** What a network is built from: the resolved `model` of an experiment. */

export type InitializerName = 'glorotUniform' | 'heNormal' | 'heNormalFanOut';

/** DenseNets by number and those of a size of one's own come to the same construction. */
export interface DenseNetSettings {
  readonly name: 'densenet121' | 'densenet169' | 'densenet201' | 'densenet';
  /** Layers in each dense block. */
  readonly blocks: readonly number[];
  /** Channels that each layer adds. */
  readonly growthRate: number;
  readonly initialFilters: number;
  readonly stem: 'imagenet' | 'small';
  readonly initializer: InitializerName;
}

export interface ResNetSettings {
  readonly name: 'resnet50' | 'resnet101';
  /** Residual blocks in each stage. */
  readonly blocks: readonly number[];
  /** Whether each block starts as nothing but its shortcut. */
  readonly zeroGamma: boolean;
  readonly initializer: InitializerName;
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
  readonly initializer: InitializerName;
}

export interface InceptionV4Settings {
  readonly name: 'inceptionv4';
  readonly initializer: InitializerName;
}

export interface EfficientNetSettings {
  readonly name: 'efficientnetb0' | 'efficientnetb1' | 'efficientnetb2' | 'efficientnetb3';
  /** Factor of the channels. */
  readonly width: number;
  /** Factor of the blocks in each stage. */
  readonly depth: number;
  /** Probability that the last block is left out in a training step; it rises to that from 0 at the first. */
  readonly stochasticDepth: number;
  readonly initializer: InitializerName;
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
  | { readonly type: 'dense'; readonly units: number; readonly activation: 'relu' | 'linear' };

export type PoolingName = 'gap' | 'gmp';

export interface ModelSettings {
  readonly backbone: BackboneSettings;
  readonly pooling: readonly PoolingName[];
  readonly tower: readonly TowerLayerSettings[];
}

/** Parts of a network that a stage may train or freeze. */
export type Part = 'backbone' | 'tower' | 'heads';
