/** Rules across the keys of an augmentation. In: its values and where they stand. Out: problems. */
import type { Path } from '../file/path.ts';
import type { Reporter } from '../file/reporter.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { WrittenAugmentation } from './augmentation.ts';
import { augmentationOf, entries } from './plan.ts';
import { strengthOf } from './strength.ts';
import { type AugmentationName, augmentationNames, namesOf } from './table.ts';

/** @param written whether the file says something at a path */
export function checkAugmentation(
  augmentation: WrittenAugmentation,
  path: Path,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  const check = <Name extends AugmentationName>(name: Name): void =>
    entries[name].check?.(augmentation[name], { path: [...path, name], all: augmentation, written, report });
  augmentationNames.forEach(check);
  checkManner(augmentation, path, written, report);
}

/** A batch of one image has no other to mix with. */
export function checkMixing({ augmentation, stages }: ResolvedExperiment, report: Reporter): void {
  stages.forEach((stage, i) => {
    if (stage.batchSize > 1) return;
    for (const name of namesOf('mix')) {
      if ((stage.augmentation ?? augmentation)[name] === null) continue;
      report(
        'conflict',
        ['stages', i, 'batchSize'],
        `${name} mixes an image with another one of its batch, and a batch of 1 has no other`,
        `Take larger batches, or remove ${name}.`,
      );
    }
  });
}

/** Keys of how augmentations are done, where they could do nothing. */
function checkManner(
  augmentation: WrittenAugmentation,
  path: Path,
  written: (path: Path) => boolean,
  report: Reporter,
): void {
  const plan = augmentationOf(augmentation);
  if (written([...path, 'strength']) && augmentationNames.every((name) => strengthOf(plan, name) === 0)) {
    report.key(
      'conflict',
      [...path, 'strength'],
      'a strength has no effect where no image is augmented',
      'Say what is done to the images, or remove it.',
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
