/** What `--augmentation-sheet` of `run plan` writes: a plan in, a picture in a file out. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { activeAugmentations } from '../augmentation/alone.ts';
import { openData } from '../data/dataset.ts';
import { ExperimentError } from '../errors.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import type { Plan } from '../plan/plan.ts';
import { augmentationSheet } from '../report/pictures/augmentation-sheet.ts';
import { createProgress } from '../report/progress/progress.ts';

/** Images of each augmentation. */
const COLUMNS = 6;

/** @throws ExperimentError where no stage augments its images, and for what is wrong with table and images */
export async function writeAugmentationSheet(plan: Plan, file: string): Promise<void> {
  const { seed, stages } = plan.settings;
  if (stages.every(({ augmentation }) => activeAugmentations(augmentation).length === 0)) {
    const message = 'no stage of the experiment augments its images, so there is nothing to draw';
    const hint = 'Write for example augmentation: { horizontalFlip: 0.5 }, or leave the option out.';
    throw new ExperimentError([{ code: 'badArgument', path: '--augmentation-sheet', message, hint }]);
  }
  const terminal = process.stderr.isTTY === true;
  const progress = createProgress(process.stderr, {
    terminal,
    columns: () => process.stderr.columns ?? 80,
    colour: terminal && pc.isColorSupported,
  });
  try {
    const data = await openData(plan, {
      cacheFolder: join(cacheFolder(), 'images'),
      onProgress: progress.preparing,
    });
    for (const { path } of data.skipped) progress.note(`left out: ${path}`);
    const { augmentationSamples } = await import('../train/step/augmentation-samples.ts');
    const sections = augmentationSamples(plan, data, COLUMNS);
    const { png } = await augmentationSheet(sections, { name: plan.experiment.name, seed });
    writeFileSync(file, png);
  } finally {
    progress.close();
  }
}
