/**
 * What a plan is warned of: settings that are allowed, and that hardly anyone means. In: a plan, and the document that
 * knows the places. Out: warnings in the order of the file. What could only do nothing is an error, and not here.
 */

import { entries } from '../augmentation/plan.ts';
import { largestStrength, scaleAugmentation, strengthOf } from '../augmentation/strength.ts';
import { augmentationNames, namesOf } from '../augmentation/table.ts';
import type { Warning, WarningCode } from '../errors.ts';
import { formatPath, type Path } from '../file/path.ts';
import { sortProblems } from '../file/problems.ts';
import type { Document } from '../file/read.ts';
import { own } from '../words.ts';
import { epochBatches } from './batches.ts';
import type { Plan, Settings, StagePlan } from './plan.ts';

type Planned = Omit<Plan, 'warnings'>;
type Warn = (code: WarningCode, path: Path, message: string, hint: string) => void;

export function warningsOf(plan: Planned, document: Document): Warning[] {
  const warnings: Warning[] = [];
  const warn: Warn = (code, path, message, hint) => {
    warnings.push({ code, path: formatPath(path), message, place: document.placeOf(path), hint });
  };
  warnOfRepeatedImages(plan, warn);
  plan.settings.stages.forEach((stage, i) => {
    if (i > 0) warnOfSize(plan.settings, i, warn);
    warnOfAugmentation(plan, stage, i, warn);
    warnOfAverage(plan, stage, i, warn);
    warnOfLastBatch(plan, stage, i, warn);
    warnOfCallbacks(stage, i, warn);
  });
  // Each once, also where several stages take what it is about from the experiment.
  return sortProblems(warnings);
}

/** Labels that contradict each other, and images on both sides of the split. Without either, several rows do no harm. */
function warnOfRepeatedImages({ dataset, settings }: Planned, warn: Warn): void {
  const { images, rows, contrary, contraryHeads, inSeveralParts } = dataset.repeatedImages ?? noRepeats;
  if (contrary === 0 && inSeveralParts === 0) return;
  const { split, imageColumn } = settings.dataset;
  const found = [
    ...(contrary === 0 ? [] : [`${contrary} with contrary labels of ${contraryHeads.join(', ')}`]),
    ...(inSeveralParts === 0 ? [] : [`${inSeveralParts} of them in more than one part of the split`]),
  ];
  const hints = [
    ...(contrary === 0 ? [] : ['Correct the labels: no answer is right for two of them.']),
    ...(inSeveralParts === 0
      ? []
      : split.column === null
        ? ['With dataset.split.repeatedImages: together, all rows of an image are in one part.']
        : [`Give all rows of an image one word in the column "${split.column}".`]),
  ];
  warn(
    'repeatedImages',
    ['dataset', 'table'],
    `${images} images of the column "${imageColumn}" stand in several rows, ${rows} in all: ${found.join(', ')}`,
    hints.join(' '),
  );
}

const noRepeats = { images: 0, rows: 0, contrary: 0, contraryHeads: [], inSeveralParts: 0 };

/**
 * Larger images, and nothing that regularises is stronger than in the stage before. With the image size grows what a
 * network can fit, and EfficientNetV2 (Tan and Le, arXiv:2104.00298, section 4.2) raises dropout and augmentation with it.
 */
function warnOfSize(settings: Settings, i: number, warn: Warn): void {
  const [before, stage] = [settings.stages[i - 1]!, settings.stages[i]!];
  if (stage.imageSize <= before.imageSize) return;
  const earlier = regularization(settings, before);
  if (regularization(settings, stage).some((strength, k) => strength > earlier[k]!)) return;
  warn(
    'sizeWithoutRegularization',
    ['stages', i, 'imageSize'],
    `the images grow from ${before.imageSize} to ${stage.imageSize} pixels, and no regularisation grows with them`,
    'Larger images are overfitted sooner (arXiv:2104.00298): raise dropout, stochasticDepth, weightDecay, labelSmoothing or some augmentation in this stage.',
  );
}

/** Strengths of all that regularises a stage, in a fixed order. */
function regularization({ model, dataset }: Settings, stage: StagePlan): number[] {
  const heads = dataset.heads.map(({ name }) => name);
  const towers = heads.flatMap((head) => own(model.towers, head) ?? model.tower);
  const rates = towers.flatMap((layer) => (layer.type === 'dropout' ? [stage.dropout ?? layer.rate] : []));
  const depth = 'stochasticDepth' in model.backbone ? model.backbone.stochasticDepth : 0;
  const smoothing = Object.values(stage.loss.heads).map((loss) =>
    'labelSmoothing' in loss ? loss.labelSmoothing : 0,
  );
  const augmentation = scaleAugmentation(stage.augmentation, largestStrength(stage.augmentation.strength));
  return [
    sum(rates),
    stage.stochasticDepth ?? depth,
    stage.optimizer.weightDecay,
    sum(smoothing),
    ...augmentationNames.map((name) => strengthOf(augmentation, name)),
  ];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

/** What single augmentations are warned of, in their own files. */
function warnOfAugmentation(
  { settings, experiment }: Planned,
  { augmentation }: StagePlan,
  i: number,
  warn: Warn,
): void {
  const heads = settings.dataset.heads.map(({ name }) => name);
  for (const name of augmentationNames.filter((each) => strengthOf(augmentation, each) > 0)) {
    const warning = entries[name].warningOf?.(heads) ?? null;
    if (warning === null) continue;
    const { code, message, hint } = warning;
    warn(code, [...pathOf(experiment, i, 'augmentation'), name], message, hint);
  }
}

/** More of the average than this is still what the stage began with. */
const MOST_LEFT = 0.5;
/** What a decay that is suggested leaves. */
const LITTLE_LEFT = 0.05;

/** average ← decay · average + (1 - decay) · weight, n times: decayⁿ of it is what it began as. */
function warnOfAverage(plan: Planned, stage: StagePlan, i: number, warn: Warn): void {
  const { averageWeights, accumulateGradients } = stage.optimizer;
  const { stepsPerEpoch } = plan.stages[i]!;
  if (averageWeights === null || stepsPerEpoch === null) return;
  const { decay } = averageWeights;
  const updates = stage.epochs * Math.ceil(stepsPerEpoch / accumulateGradients);
  const left = decay ** updates;
  if (left <= MOST_LEFT) return;
  const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
  // Rounded down, so that what is suggested leaves no more.
  const enough = Math.floor(LITTLE_LEFT ** (1 / updates) * 1e4) / 1e4;
  warn(
    'averageStaysBehind',
    [...pathOf(plan.experiment, i, 'optimizer'), 'averageWeights', 'decay'],
    `after the ${updates} updates of stage ${stage.name}, ${decay}^${updates} = ${percent(left)} of the averaged weights are still those that the stage began with`,
    `The averages are what is validated and kept. With a decay of ${enough} it would be ${percent(enough ** updates)}.`,
  );
}

/** A last batch of less than this share of a full one is warned of. */
const SMALL_SHARE = 1 / 4;

/** A short last batch that is small, and one of a row that is to be mixed with others. */
function warnOfLastBatch({ dataset, experiment }: Planned, stage: StagePlan, i: number, warn: Warn): void {
  const { augmentation, batchSize, lastBatch } = stage;
  const { trainingRows } = dataset;
  if (trainingRows === null) return;
  const { steps, smallest, largest } = epochBatches(trainingRows, stage);
  if (smallest === largest) return;
  const left = `${trainingRows} training rows in batches of ${batchSize} leave a last batch of ${smallest}`;
  if (lastBatch === 'short' && smallest < SMALL_SHARE * batchSize) {
    warn(
      'smallLastBatch',
      experiment.stages[i]!.lastBatch === undefined ? ['lastBatch'] : ['stages', i, 'lastBatch'],
      `${left}, which is a whole step and gives its batch norms their statistics`,
      'lastBatch: even spreads the rows over all batches, drop leaves them out, others in every epoch.',
    );
  }
  const mixes = namesOf('mix').filter((name) => strengthOf(augmentation, name) > 0);
  if (mixes.length === 0 || smallest > 1) return;
  warn(
    'mixedWithItself',
    ['stages', i, 'batchSize'],
    `${left}, which ${mixes.join(' and ')} can only mix with itself`,
    `It is trained as it is. Take another batch size, or stepsPerEpoch: ${steps - 1}, which leaves another row out in every epoch.`,
  );
}

/** What watches the epochs of a stage, and can do nothing before its end. A stage of one epoch is a try, where nothing is awaited. */
function warnOfCallbacks({ epochs, optimizer, ...stage }: StagePlan, i: number, warn: Warn): void {
  const last = epochs - 2;
  for (const key of ['earlyStopping', 'reduceOnPlateau'] as const) {
    const watched = stage[key];
    // The first epoch is the best so far, and after the last one there is nothing to stop or to train.
    if (watched === null || epochs === 1 || Math.max(1, watched.patience) <= last) continue;
    warn(
      'neverActs',
      ['stages', i, key, 'patience'],
      `a patience of ${watched.patience} never runs out before the last of ${epochs} epochs, so ${key} does nothing`,
      last < 1
        ? 'Train more epochs, or remove it.'
        : `Take a patience of ${last} or less, more epochs, or remove it.`,
    );
  }
  const lowest = stage.reduceOnPlateau?.minLearningRate ?? 0;
  if (stage.reduceOnPlateau === null || lowest < optimizer.learningRate) return;
  warn(
    'neverActs',
    ['stages', i, 'reduceOnPlateau', 'minLearningRate'],
    `the learning rate of ${optimizer.learningRate} is not above minLearningRate, ${lowest}, so reduceOnPlateau does nothing`,
    'Take a lower minLearningRate, or remove it.',
  );
}

/** Where the stage's value is written: its own, or the experiment's. */
function pathOf(
  { stages }: Planned['experiment'],
  i: number,
  key: 'augmentation' | 'optimizer',
): readonly (string | number)[] {
  return stages[i]![key] === undefined ? [key] : ['stages', i, key];
}
