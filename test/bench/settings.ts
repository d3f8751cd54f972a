/** What is measured: models, sizes, contenders, rounds. Everything that a reader may want to change stands here. */

/** The article's heads and how many classes each has. */
export const articleHeads: Readonly<Record<string, number>> = {
  age: 5,
  bag: 3,
  emotion: 4,
  footwear: 3,
  gender: 2,
  quality: 3,
  pose: 3,
  weight: 4,
};

export const batchSize = 32;
export const learningRate = 1e-3;

/** A backbone under the name that it has here, in keras.applications and in torchvision.models. */
export interface BenchModel {
  readonly name: string;
  readonly keras: string;
  readonly torch: string;
}

/** A backbone beside the framework that it is proved equal to: `keras` is keras.applications, `torch-last` timm on PyTorch. */
export interface ReferencedBackbone {
  readonly name: string;
  readonly reference: 'keras' | 'torch-last';
  /** Its name there. */
  readonly there: string;
}

export const models: readonly BenchModel[] = [
  { name: 'densenet121', keras: 'DenseNet121', torch: 'densenet121' },
  { name: 'resnet50', keras: 'ResNet50', torch: 'resnet50' },
];

export const backbones: readonly ReferencedBackbone[] = [
  { name: 'densenet121', reference: 'keras', there: 'DenseNet121' },
  { name: 'densenet169', reference: 'keras', there: 'DenseNet169' },
  { name: 'densenet201', reference: 'keras', there: 'DenseNet201' },
  { name: 'resnet50', reference: 'keras', there: 'ResNet50' },
  { name: 'resnet101', reference: 'keras', there: 'ResNet101' },
  { name: 'resnext50', reference: 'torch-last', there: 'timm/resnext50_32x4d' },
  { name: 'efficientnetb0', reference: 'keras', there: 'EfficientNetB0' },
  { name: 'efficientnetb1', reference: 'keras', there: 'EfficientNetB1' },
  { name: 'efficientnetb2', reference: 'keras', there: 'EfficientNetB2' },
  { name: 'efficientnetb3', reference: 'keras', there: 'EfficientNetB3' },
  { name: 'inceptionv4', reference: 'torch-last', there: 'timm/inception_v4' },
];

export type ContenderName =
  | 'graph'
  | 'graph-bfloat16'
  | 'graph-augmented'
  | 'keras'
  | 'keras-onednn'
  | 'torch-last'
  | 'torch-first'
  | 'eager';

export interface Contender {
  readonly name: ContenderName;
  readonly title: string;
  readonly run: 'ours' | 'keras' | 'torch';
  /** Steps of a full measurement, the ones left out included. */
  readonly steps: number;
  /** In place of variables of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Peak memory of a step at 100 pixels with 32 images, bytes, for deciding whether a machine can hold it. */
  readonly bytesAt100: number;
}

/** In the order in which one round runs them. The step without augmentation does what the peers' steps do. */
export const contenders: readonly Contender[] = [
  { name: 'graph', title: 'manyheads', run: 'ours', steps: 12, bytesAt100: 3.5e9 },
  { name: 'keras', title: 'Keras 3', run: 'keras', steps: 12, bytesAt100: 3e9 },
  // As TensorFlow is by default only on processors with AVX512-VNNI.
  {
    name: 'keras-onednn',
    title: 'Keras 3, TF_ENABLE_ONEDNN_OPTS=1',
    run: 'keras',
    steps: 12,
    environment: { TF_ENABLE_ONEDNN_OPTS: '1' },
    bytesAt100: 3e9,
  },
  { name: 'torch-last', title: 'PyTorch, channels last', run: 'torch', steps: 12, bytesAt100: 3e9 },
  {
    name: 'graph-bfloat16',
    title: 'manyheads, precision: bfloat16',
    run: 'ours',
    steps: 12,
    bytesAt100: 3e9,
  },
  { name: 'graph-augmented', title: 'manyheads, augmented', run: 'ours', steps: 12, bytesAt100: 3.5e9 },
  { name: 'torch-first', title: 'PyTorch, channels first', run: 'torch', steps: 12, bytesAt100: 3e9 },
  {
    name: 'eager',
    title: 'tfjs, op by op (test/train/eager-engine.ts)',
    run: 'ours',
    steps: 5,
    bytesAt100: 7e9,
  },
];

/** First steps of each measurement, which compile and allocate, and are left out of its median. */
export const leftOut = 2;

/** The article's augmentation of its third stage on. */
export const articleAugmentation =
  '{ horizontalFlip: 0.5, shift: { x: 0.2, y: 0.1 }, zoom: 0.2, fillMode: nearest, randomErasing: ' +
  '{ probability: 0.5, areaMin: 0.01, areaMax: 0.2, aspectMin: 0.1, aspectMax: 1, valueMin: 0, valueMax: 1 } }';
