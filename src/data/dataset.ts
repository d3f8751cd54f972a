/**
 * A plan to data that can be trained on. In: a plan. Out: labels, split, image cache and normalisation.
 *
 *   table ─▶ labels ─▶ split ─▶ images ─▶ bad ones stop the run or leave the split ─▶ mean and deviation
 */
import { createHash } from 'node:crypto';
import type { ChannelStatistics, Normalization } from '../augmentation/normalization.ts';
import { ExperimentError, type Problem, RunError } from '../errors.ts';
import { epochBatches } from '../plan/batches.ts';
import { OUTSIDE_HINT } from '../plan/data.ts';
import type { NormalizePlan, Plan } from '../plan/plan.ts';
import { imagePath, linksOutside, pathsOutside } from '../table/image-paths.ts';
import { cellsOf, countClasses, readLabels } from '../table/labels.ts';
import { readTable } from '../table/read.ts';
import { splitTable } from '../table/split.ts';
import type { Labels, Split, Table } from '../table/table.ts';
import { badImageProblems } from './bad-images.ts';
import { type BadImage, type FoundImages, type ImageCache, openImageCache } from './cache.ts';
import { channelStatistics } from './statistics.ts';

export interface HeadData {
  readonly name: string;
  /** Names in the order of the head's outputs. */
  readonly classes: readonly string[];
  /** Class by row of the table, -1 where it is not known. */
  readonly labels: Labels;
  /** Rows of each class. */
  readonly trainingCounts: Int32Array;
  readonly validationCounts: Int32Array;
  /** Index of the most frequent class of the training part; of equals the first. */
  readonly majority: number;
}

export interface Data {
  readonly heads: readonly HeadData[];
  /** Without the rows whose images are bad. */
  readonly split: Split;
  readonly images: ImageCache;
  /** Path of each row's image, as the table has it. */
  readonly imagePaths: readonly string[];
  /** Index in the cache by row of the table, -1 where there is none. */
  readonly imageOf: Int32Array;
  /** Of pixel values from 0 to 255; red, green, blue. */
  readonly normalization: Normalization;
  /** SHA-256 of the table and the images in hexadecimal. */
  readonly digest: string;
  /** Rows left out because their images are bad. */
  readonly skipped: readonly BadImage[];
}

export interface OpenDataOptions {
  /** Folder of the image cache. */
  readonly cacheFolder: string;
  readonly onProgress?: (label: string, done: number, total: number) => void;
  /** Told what the images are, before any is decoded; what it throws ends the call. */
  readonly onIdentified?: ((found: FoundImages) => void) | undefined;
}

/** ImageNet's figures times 255 (keras.applications, mode `torch`). */
const imagenet: ChannelStatistics = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] };
const unit: ChannelStatistics = { mean: [0, 0, 0], std: [255, 255, 255] };

/**
 * Reads table and images as the plan says.
 * @throws ExperimentError for what is wrong with them, every bad image with its line of the table;
 *   RunError where the table has changed since the plan was made
 */
export async function openData(
  plan: Plan,
  { cacheFolder, onProgress, onIdentified }: OpenDataOptions,
): Promise<Data> {
  const { dataset } = plan.settings;
  const table = readTable(plan.locations.table, { delimiter: dataset.delimiter });
  if (dataset.tableDigest !== null && dataset.tableDigest !== table.digest) {
    throw new RunError(`expected ${table.file} as it was when the plan was made, found it changed`, {
      hint: 'Start again.',
    });
  }
  const labels = labelsByHead(plan, table);
  // The rows for testing are not looked at here: neither their images nor their labels.
  const drawn = splitTable(table, dataset, labels, dataset.heads);
  const cells = cellsOf(table, dataset.imageColumn, 'dataset.imageColumn');
  const rows = Int32Array.from([...drawn.training, ...drawn.validation]).sort();
  // The plan of a run that is older than the key has none: its images were read.
  if (plan.experiment.dataset.allowOutside === false) {
    const outside = [
      ...pathsOutside(table, cells, plan.locations.images, OUTSIDE_HINT),
      ...linksOutside(table, cells, rows, plan.locations.images, OUTSIDE_HINT),
    ];
    if (outside.length > 0) throw new ExperimentError(outside);
  }
  const opened = await openImageCache({
    paths: cells.map((cell) => imagePath(plan.locations.images, cell)),
    rows,
    size: dataset.cacheSize,
    fit: dataset.fit,
    folder: cacheFolder,
    onIdentified,
    ...(onProgress === undefined ? {} : { onProgress }),
  });
  const { images, imageOf, bad } = opened;
  const problemsOfImages = (): Problem[] =>
    badImageProblems(table, bad, {
      paths: { folder: plan.locations.images, cells },
      rows: rows.length,
      hint: 'dataset.onBadImage: skip leaves such rows out; dataset.images is the folder of the paths.',
    });
  if (bad.length > 0 && dataset.onBadImage === 'stop') throw new ExperimentError(problemsOfImages());

  const isGood = (row: number): boolean => imageOf[row]! >= 0;
  const split: Split = {
    training: drawn.training.filter(isGood),
    validation: drawn.validation.filter(isGood),
  };
  const heads = dataset.heads.map(({ name, classes }) =>
    describeHead(name, classes, labels.get(name)!, split),
  );
  const problems = [...emptyProblems(split, heads, bad), ...batchProblems(plan, split, bad)];
  if (problems.length > 0) throw new ExperimentError([...problems, ...problemsOfImages()]);
  const trainingImages = split.training.map((row) => imageOf[row]!);
  return {
    heads,
    split,
    images,
    imagePaths: cells,
    imageOf,
    normalization: normalizationOf(dataset.normalize, () => channelStatistics(images, trainingImages)),
    digest: createHash('sha256').update(`${table.digest}\n${images.digest}`).digest('hex'),
    skipped: bad,
  };
}

function labelsByHead(plan: Plan, table: Table): Map<string, Labels> {
  const labels = new Map<string, Labels>();
  const problems: Problem[] = [];
  for (const head of plan.settings.dataset.heads) {
    const read = readLabels(table, head, plan.settings.dataset.missing);
    labels.set(head.name, read.labels);
    problems.push(...read.problems);
  }
  if (problems.length > 0) throw new ExperimentError(problems);
  return labels;
}

function describeHead(name: string, classes: readonly string[], labels: Labels, split: Split): HeadData {
  const trainingCounts = countClasses(labels, split.training, classes.length);
  return {
    name,
    classes,
    labels,
    trainingCounts,
    validationCounts: countClasses(labels, split.validation, classes.length),
    majority: trainingCounts.indexOf(Math.max(...trainingCounts)),
  };
}

function emptyProblems(split: Split, heads: readonly HeadData[], bad: readonly BadImage[]): Problem[] {
  const problems: Problem[] = [];
  for (const side of ['training', 'validation'] as const) {
    if (split[side].length > 0) continue;
    const message = `expected rows for ${side}, found none once ${bad.length} rows with bad images are left out`;
    problems.push({ code: 'emptyData', path: 'dataset.images', message });
  }
  for (const { name, trainingCounts } of heads) {
    if (split.training.length === 0 || trainingCounts.some((count) => count > 0)) continue;
    const message = `expected labels of ${name} in the training part, found none`;
    problems.push({ code: 'emptyData', path: `dataset.attributes.${name}`, message });
  }
  return problems;
}

/** Where so many images are bad that no batch is full, and those that are not are left out. */
function batchProblems({ settings }: Plan, { training }: Split, bad: readonly BadImage[]): Problem[] {
  return settings.stages.flatMap((stage, i): Problem[] => {
    if (training.length === 0 || epochBatches(training.length, stage).steps > 0) return [];
    const message = `expected a full batch of ${stage.batchSize} rows, because lastBatch is drop; found ${training.length} rows once ${bad.length} with bad images are left out`;
    return [{ code: 'emptyData', path: `stages[${i}].batchSize`, message }];
  });
}

/** @param measure called where the data set's own figures are asked for */
export function normalizationOf(normalize: NormalizePlan, measure: () => ChannelStatistics): Normalization {
  if (normalize === 'dataset') return measure();
  if (normalize === 'imagenet') return imagenet;
  if (normalize === 'unit') return unit;
  return normalize;
}
