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

export const models: readonly BenchModel[] = [
  { name: 'densenet121', keras: 'DenseNet121', torch: 'densenet121' },
  { name: 'resnet50', keras: 'ResNet50', torch: 'resnet50' },
];

export type ContenderName =
  | 'graph'
  | 'graph-bfloat16'
  | 'graph-augmented'
  | 'keras'
  | 'torch-last'
  | 'torch-first'
  | 'eager';

export interface Contender {
  readonly name: ContenderName;
  readonly title: string;
  readonly run: 'ours' | 'keras' | 'torch';
  /** Steps of a full measurement, the ones left out included. */
  readonly steps: number;
  /** Peak memory of a step at 100 pixels with 32 images, bytes, for deciding whether a machine can hold it. */
  readonly bytesAt100: number;
}

/** In the order in which one round runs them. The step without augmentation does what the peers' steps do. */
export const contenders: readonly Contender[] = [
  { name: 'graph', title: 'manyheads', run: 'ours', steps: 12, bytesAt100: 3.5e9 },
  { name: 'keras', title: 'Keras 3', run: 'keras', steps: 12, bytesAt100: 3e9 },
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
  { name: 'eager', title: 'tfjs, op by op (src/train/eager.ts)', run: 'ours', steps: 5, bytesAt100: 7e9 },
];

/** First steps of each measurement, which compile and allocate, and are left out of its median. */
export const leftOut = 2;

/** The article's augmentation of its third stage on. */
export const articleAugmentation =
  '{ horizontalFlip: 0.5, shift: { x: 0.2, y: 0.1 }, zoom: 0.2, fillMode: nearest, randomErasing: ' +
  '{ probability: 0.5, areaMin: 0.01, areaMax: 0.2, aspectMin: 0.1, aspectMax: 1, valueMin: 0, valueMax: 1 } }';
