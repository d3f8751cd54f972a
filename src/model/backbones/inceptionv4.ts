/**
 * Inception-v4: an image becomes feature maps through modules whose branches look at windows of several sizes, and are
 * concatenated. Szegedy et al., arXiv:1602.07261, figures 3 to 9, in the construction of timm, whose module names its
 * layers keep.
 */
import type { Builder } from '../builder.ts';
import type { InceptionV4Settings } from '../settings.ts';

// timm sets the first and leaves the second at PyTorch's default, 0.1 of the new value.
const NORM = { epsilon: 1e-3, momentum: 0.9 };

/** A convolution with batch norm and ReLU: filters, kernel, and stride 2 without padding where it halves. */
interface Step {
  readonly filters: number;
  readonly kernelSize: number | readonly [number, number];
  readonly strides?: 2;
  /** @default 'same' */
  readonly padding?: 'same' | 'valid';
}

const step = (filters: number, kernelSize: Step['kernelSize'], more: Partial<Step> = {}): Step => ({
  filters,
  kernelSize,
  ...more,
});
const halve = { strides: 2, padding: 'valid' } as const;
const noPadding = { padding: 'valid' } as const;
const WIDE = [1, 7] as const;
const TALL = [7, 1] as const;

/** @returns name of the last layer: feature maps */
export function inceptionv4(builder: Builder, image: string, { initializer }: InceptionV4Settings): string {
  let x = convNorm(image, 'features.0', step(32, 3, halve));
  x = convNorm(x, 'features.1', step(32, 3, noPadding));
  x = convNorm(x, 'features.2', step(64, 3));
  x = join('features.3', [
    halved(x, 'features.3.maxpool'),
    convNorm(x, 'features.3.conv', step(96, 3, halve)),
  ]);
  x = join('features.4', [
    chain(x, 'features.4.branch0', [step(64, 1), step(96, 3, noPadding)]),
    chain(x, 'features.4.branch1', [step(64, 1), step(64, WIDE), step(64, TALL), step(96, 3, noPadding)]),
  ]);
  x = join('features.5', [
    convNorm(x, 'features.5.conv', step(192, 3, halve)),
    halved(x, 'features.5.maxpool'),
  ]);
  for (let i = 6; i <= 9; i++) x = inceptionA(x, `features.${i}`);
  x = reductionA(x, 'features.10');
  for (let i = 11; i <= 17; i++) x = inceptionB(x, `features.${i}`);
  x = reductionB(x, 'features.18');
  for (let i = 19; i <= 21; i++) x = inceptionC(x, `features.${i}`);
  return x;

  /** Figure 4. */
  function inceptionA(input: string, name: string): string {
    return join(name, [
      convNorm(input, `${name}.branch0`, step(96, 1)),
      chain(input, `${name}.branch1`, [step(64, 1), step(96, 3)]),
      chain(input, `${name}.branch2`, [step(64, 1), step(96, 3), step(96, 3)]),
      averaged(input, `${name}.branch3`, 96),
    ]);
  }

  /** Figure 7 with the filters of table 1: k = 192, l = 224, m = 256, n = 384. */
  function reductionA(input: string, name: string): string {
    return join(name, [
      convNorm(input, `${name}.branch0`, step(384, 3, halve)),
      chain(input, `${name}.branch1`, [step(192, 1), step(224, 3), step(256, 3, halve)]),
      halved(input, `${name}.branch2`),
    ]);
  }

  /** Figure 5. */
  function inceptionB(input: string, name: string): string {
    return join(name, [
      convNorm(input, `${name}.branch0`, step(384, 1)),
      chain(input, `${name}.branch1`, [step(192, 1), step(224, WIDE), step(256, TALL)]),
      chain(input, `${name}.branch2`, [
        step(192, 1),
        step(192, TALL),
        step(224, WIDE),
        step(224, TALL),
        step(256, WIDE),
      ]),
      averaged(input, `${name}.branch3`, 128),
    ]);
  }

  /** Figure 8. */
  function reductionB(input: string, name: string): string {
    return join(name, [
      chain(input, `${name}.branch0`, [step(192, 1), step(192, 3, halve)]),
      chain(input, `${name}.branch1`, [step(256, 1), step(256, WIDE), step(320, TALL), step(320, 3, halve)]),
      halved(input, `${name}.branch2`),
    ]);
  }

  /** Figure 6: two branches fork at their ends. */
  function inceptionC(input: string, name: string): string {
    const one = convNorm(input, `${name}.branch1_0`, step(384, 1));
    let two = convNorm(input, `${name}.branch2_0`, step(384, 1));
    two = convNorm(two, `${name}.branch2_1`, step(448, [3, 1]));
    two = convNorm(two, `${name}.branch2_2`, step(512, [1, 3]));
    return join(name, [
      convNorm(input, `${name}.branch0`, step(256, 1)),
      convNorm(one, `${name}.branch1_1a`, step(256, [1, 3])),
      convNorm(one, `${name}.branch1_1b`, step(256, [3, 1])),
      convNorm(two, `${name}.branch2_3a`, step(256, [1, 3])),
      convNorm(two, `${name}.branch2_3b`, step(256, [3, 1])),
      averaged(input, `${name}.branch3`, 256),
    ]);
  }

  function convNorm(input: string, name: string, { filters, kernelSize, strides, padding }: Step): string {
    const options = { filters, kernelSize, strides: strides ?? 1, padding: padding ?? 'same', initializer };
    const x = builder.conv(`${name}.conv`, input, options);
    return builder.relu(`${name}.act`, builder.batchNorm(`${name}.bn`, x, NORM));
  }

  function chain(input: string, name: string, steps: readonly Step[]): string {
    return steps.reduce((y, each, i) => convNorm(y, `${name}.${i}`, each), input);
  }

  function halved(input: string, name: string): string {
    return builder.maxPool(name, input, { size: 3, strides: 2 });
  }

  /** The mean of what lies around each place, beyond the image not counted, and a 1×1 convolution. */
  function averaged(input: string, name: string, filters: number): string {
    const x = builder.averagePool(`${name}.0`, input, { size: 3, strides: 1, padding: 'same' });
    return convNorm(x, `${name}.1`, step(filters, 1));
  }

  function join(name: string, branches: readonly string[]): string {
    return builder.concatenate(`${name}.concat`, branches);
  }
}
