/** Sweeps of 100,000 trials and more, one for each shape that axes may have: what `plan-sweep.ts` measures. */

export interface SweepShape {
  /** In `experiments/`. */
  readonly base: string;
  readonly text: string;
}

const article = 'clothing_densenet_gapgmp.yaml';
const quickstart = 'quickstart.yaml';

/** @param count how many numbers, from 1 */
const numbers = (count: number, make: (i: number) => number): string =>
  `[${Array.from({ length: count }, (_, i) => make(i + 1)).join(', ')}]`;

/** So many axes of two values: parts that all stages share, and keys of both stages. */
const twoValues = `
  loss.labelSmoothing: [0, 0.1]
  loss.classWeights: [none, balanced]
  augmentation.horizontalFlip: [0, 0.5]
  augmentation.zoom: [0, 0.2]
  augmentation.shift.x: [0, 0.1]
  augmentation.shift.y: [0, 0.1]
  optimizer.weightDecay: [0, 0.01]
  optimizer.beta1: [0.9, 0.95]
  model.pooling: [[gap], [gap, gmp]]
  model.backbone.growthRate: [12, 16]
  stages[small].epochs: [8, 10]
  stages[small].batchSize: [16, 32]
  stages[small].learningRate: [1e-3, 2e-3]
  stages[full].epochs: [8, 10]
  stages[full].batchSize: [16, 32]
  stages[full].learningRate: [1e-3, 2e-3]
`;

export const sweepShapes = {
  /** Five axes of ten, over five stages. */
  grid: {
    base: article,
    text: `values: { optimizer.name: adam }
axes:
  optimizer.learningRate: { from: 1e-5, to: 1e-1, count: 10, scale: log }
  augmentation.zoom: { from: 0, to: 0.9, count: 10 }
  augmentation.horizontalFlip: { from: 0, to: 0.9, count: 10 }
  stages[small].batchSize: { from: 8, to: 80, step: 8 }
seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
`,
  },
  /** Few long axes, as ranges. */
  long: {
    base: quickstart,
    text: `axes:
  optimizer.learningRate: { from: 1e-5, to: 1e-1, count: 1000, scale: log }
  loss.labelSmoothing: { from: 0, to: 0.5, count: 100 }
`,
  },
  /** The same as lists; the stages take the rates, so that all trials differ. */
  lists: {
    base: quickstart,
    text: `axes:
  rate:
    choices:
${Array.from({ length: 1000 }, (_, i) => {
  const rate = 1e-5 * (i + 1);
  return `      r${i}: { 'stages[small].learningRate': ${rate}, 'stages[full].learningRate': ${rate / 2} }`;
}).join('\n')}
  loss.labelSmoothing: ${numbers(100, (i) => i / 200)}
`,
  },
  /** Many short axes. */
  short: { base: quickstart, text: `axes:${twoValues}seeds: [1, 2]\n` },
  /** Keys of both stages, each with many values. */
  stages: {
    base: quickstart,
    text: `axes:
  stages[small].learningRate: { from: 1e-5, to: 1e-1, count: 50, scale: log }
  stages[small].epochs: { from: 1, to: 50, step: 1 }
  stages[full].learningRate: { from: 1e-5, to: 1e-1, count: 40, scale: log }
`,
  },
  /** As many draws, in which every learning rate is another one. */
  drawn: {
    base: article,
    text: `values: { optimizer.name: adam }
axes:
  optimizer.learningRate: { distribution: logUniform, from: 1e-5, to: 1e-1 }
  augmentation.zoom: { distribution: uniform, from: 0, to: 0.9 }
  augmentation.horizontalFlip: [0, 0.5]
  stages[small].batchSize: [8, 16, 32]
seeds: [1, 2]
strategy: { name: random }
budget: { trials: 100000 }
`,
  },
  /** Draws for keys of both stages. */
  drawnStages: {
    base: quickstart,
    text: `axes:
  stages[small].learningRate: { distribution: logUniform, from: 1e-5, to: 1e-1 }
  stages[small].dropout: { distribution: uniform, from: 0, to: 0.9 }
  stages[full].learningRate: { distribution: logUniform, from: 1e-5, to: 1e-1 }
  loss.labelSmoothing: { distribution: uniform, from: 0, to: 0.5 }
strategy: { name: sobol }
budget: { trials: 100000 }
`,
  },
} as const satisfies Readonly<Record<string, SweepShape>>;

export type SweepShapeName = keyof typeof sweepShapes;
