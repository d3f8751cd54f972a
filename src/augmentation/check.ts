/** Rules across the keys of an augmentation. In: its values and where they stand. Out: problems. */
import type { Path } from '../file/path.ts';
import type { Reporter } from '../file/reporter.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { augmentationOf } from './plan.ts';
import { augmentationNames, strengthOf } from './table.ts';

type Augmentation = ResolvedExperiment['augmentation'];

/** @param written whether the file says something at a path */
export function checkAugmentation(
  augmentation: Augmentation,
  path: Path,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  checkErasing(augmentation, path, report);
  checkRanges(augmentation, path, report);
  checkEffects(augmentation, path, written, report);
}

/** A batch of one image has no other to mix with. */
export function checkMixing({ augmentation, stages }: ResolvedExperiment, report: Reporter): void {
  stages.forEach((stage, i) => {
    if (stage.batchSize > 1) return;
    const { mixUp, cutMix } = stage.augmentation ?? augmentation;
    for (const [name, mix] of Object.entries({ mixUp, cutMix })) {
      if (mix === null) continue;
      report(
        'conflict',
        ['stages', i, 'batchSize'],
        `${name} mixes an image with another one of its batch, and a batch of 1 has no other`,
        `Take larger batches, or remove ${name}.`,
      );
    }
  });
}

function checkErasing({ randomErasing }: Augmentation, path: Path, report: Reporter): void {
  if (randomErasing === null) return;
  for (const [low, high] of [
    ['areaMin', 'areaMax'],
    ['aspectMin', 'aspectMax'],
    ['valueMin', 'valueMax'],
  ] as const) {
    if (randomErasing[low] <= randomErasing[high]) continue;
    report(
      'conflict',
      [...path, 'randomErasing', low],
      `expected at most ${high}, which is ${randomErasing[high]}, got ${randomErasing[low]}`,
    );
  }
}

/** Lists of two that are a smallest and a largest value. */
function checkRanges(augmentation: Augmentation, path: Path, report: Reporter): void {
  const { randomResizedCrop, gaussianBlur, gaussianNoise, coarseDropout } = augmentation;
  const ranges: readonly [Path, readonly number[] | undefined][] = [
    [['randomResizedCrop', 'scale'], randomResizedCrop?.scale],
    [['randomResizedCrop', 'ratio'], randomResizedCrop?.ratio],
    [['gaussianBlur', 'sigma'], gaussianBlur?.sigma],
    [['gaussianNoise', 'stddev'], gaussianNoise?.stddev],
    [['coarseDropout', 'holes'], coarseDropout?.holes],
    [['coarseDropout', 'size'], coarseDropout?.size],
  ];
  for (const [at, range] of ranges) {
    if (range === undefined || range[0]! <= range[1]!) continue;
    report(
      'conflict',
      [...path, ...at, 0],
      `expected at most the second number, which is ${range[1]}, got ${range[0]}`,
      'The smallest value comes first.',
    );
  }
}

/** Keys that could do nothing beside what else is said. */
function checkEffects(
  augmentation: Augmentation,
  path: Path,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  for (const [key, unit] of [
    ['shift', 'a share of the side'],
    ['shear', 'degrees'],
  ] as const) {
    const { x, y } = augmentation[key];
    const at: Path = [...path, key, 'probability'];
    if (x > 0 || y > 0 || !written(at)) continue;
    report.key(
      'conflict',
      at,
      `a probability has no effect where x and y of ${key} are 0`,
      `Give x or y as ${unit}, or remove it.`,
    );
  }
  const plan = augmentationOf(augmentation);
  if (written([...path, 'strength']) && augmentationNames.every((name) => strengthOf(plan, name) === 0)) {
    report.key(
      'conflict',
      [...path, 'strength'],
      'a strength has no effect where no image is augmented',
      'Say what is done to the images, or remove it.',
    );
  }
  const { trivialAugment, randAugment, mixUp, cutMix } = augmentation;
  if (trivialAugment !== null && randAugment !== null) {
    report.key(
      'conflict',
      [...path, 'trivialAugment'],
      'trivialAugment and randAugment are two ways to draw from the same operations, and an image gets one of them',
      'Remove one of the two: randAugment has a number of operations and a magnitude, trivialAugment nothing to be tuned.',
    );
  }
  if (mixUp !== null && cutMix?.probability === 1) {
    report.key(
      'conflict',
      [...path, 'mixUp'],
      'mixUp has no effect where every image gets cutMix',
      'Give cutMix a probability below 1, or remove one of them.',
    );
  }
  if (augmentation.fillMode !== 'constant' && written([...path, 'fillValue'])) {
    report.key(
      'conflict',
      [...path, 'fillValue'],
      `a fill value has no effect with fillMode ${augmentation.fillMode}`,
      'Write fillMode: constant, or remove it.',
    );
  }
}
