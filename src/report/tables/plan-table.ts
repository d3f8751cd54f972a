/** What `run plan` writes for a person: a plan in, text out. */
import { createColors } from 'picocolors';
import { augmentationInShort } from '../../augmentation/words.ts';
import { formatProblem } from '../../errors.ts';
import { formatPath, type Path } from '../../file/path.ts';
import type { Plan, StageFigures, StagePlan } from '../../plan/plan.ts';
import type { SplitSettings } from '../../table/table.ts';
import { printable } from '../../words.ts';
import {
  formatBytes,
  formatCount,
  formatFlops,
  formatHash,
  formatLearningRate,
  formatNumberOf,
  formatShape,
  UNKNOWN,
} from '../text/format.ts';
import { type Column, renderTable, type TextStyle } from '../text/text-table.ts';
import { flowParts } from '../text/text-width.ts';
import { resolvedValues } from '../text/values.ts';
import { weightsLines } from './weights-lines.ts';

export interface PlanTableOptions extends TextStyle {
  /** With every resolved value and where it comes from. */
  readonly values?: boolean | undefined;
  /** Where the value at a path of the file was written, as `densenet.yaml:14` or `default`. */
  readonly originOf?: ((path: Path) => string) | undefined;
}

const STAGE_COLUMNS: readonly Column[] = [
  { title: 'stage', align: 'left' },
  { title: 'size', align: 'right' },
  { title: 'batch', align: 'right' },
  { title: 'steps/\nepoch', align: 'right' },
  { title: 'epochs', align: 'right' },
  { title: 'trainable\nparameters', align: 'right' },
  { title: 'work\na step', align: 'right' },
  { title: 'peak\nmemory', align: 'right' },
  { title: 'optimizer,\nlearning rate', align: 'left' },
  { title: 'augmentation', align: 'left' },
];

/** @returns lines without a newline at the end */
export function planTable(plan: Plan, options: PlanTableOptions): string {
  const { bold } = createColors(options.colour ?? false);
  const section = (title: string, body: string): string => `${bold(title)}\n${body}`;
  const parts = [
    list(
      [
        `${bold(printable(plan.name))}, plan ${formatHash(plan.hash)}`,
        ...(plan.description === '' ? [] : [plan.description.trim()]),
      ],
      options,
      '',
    ),
    section('Data', list(dataLines(plan), options)),
    section('Model', list(modelLines(plan), options)),
    section('Stages', stagesOf(plan, options)),
  ];
  if (plan.warnings.length > 0) parts.push(section('Warnings', plan.warnings.map(formatProblem).join('\n')));
  if (options.values) parts.push(section('Values', valuesOf(plan, options)));
  return parts.join('\n\n');
}

function dataLines({ dataset, settings, locations }: Plan): string[] {
  const { rows, trainingRows, validationRows, testRows } = dataset;
  const { split, heads } = settings.dataset;
  const how = [
    ...partsInShort(split),
    ...(split.stratifyBy.length > 0 ? [`stratified by ${split.stratifyBy.join(', ')}`] : []),
    ...(split.groupBy === null ? [] : [`grouped by ${split.groupBy}`]),
    ...(split.repeatedImages === 'together' ? ['rows of one image together'] : []),
  ];
  if (rows === null) {
    const noLimit = settings.stages.some(({ stepsPerEpoch }) => stepsPerEpoch === null);
    return [
      `table: ${locations.table}, which is absent`,
      `not known without it: rows, rows of each part${noLimit ? ', steps of an epoch' : ''}; the memory of the images is not counted`,
      `split: ${how.join(', ')}`,
      `labels: ${formatNumberOf(heads.length, 'column')}`,
    ];
  }
  return [
    `table: ${locations.table}`,
    `rows: ${formatCount(rows)}, of which ${formatCount(trainingRows)} for training${testRows === undefined ? ' and' : ','} ${formatCount(validationRows)} for validation${testRows === undefined ? '' : ` and ${formatCount(testRows)} for testing, which training does not see`}`,
    `split: ${how.join(', ')}`,
    `labels: ${formatNumberOf(heads.length, 'column')}`,
  ];
}

function partsInShort({ column, validation, test, folds, fold, seed }: SplitSettings): string[] {
  if (column !== null) return [`split by the column ${column}`];
  const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
  return [
    ...(test == null ? [] : [`${percent(test)} for testing`]),
    folds == null ? `${percent(validation ?? 0)} for validation` : `fold ${fold} of ${folds} for validation`,
    `seed ${seed}`,
  ];
}

function modelLines({ model, settings }: Plan): string[] {
  const { backbone, pooledFeatures, parameters, trainableParameters, heads } = model;
  return [
    `${backbone.name}: ${formatCount(backbone.parameters)} parameters, output ${formatShape(backbone.outputShape)}`,
    `pooling ${settings.model.pooling.join(' + ')}: ${formatCount(pooledFeatures)} features`,
    `all: ${formatCount(parameters)} parameters, of which ${formatCount(trainableParameters)} can be trained`,
    ...weightsLines(model),
    ...heads.map(
      ({ name, classes }) => `head ${name}: ${formatCount(classes.length)} classes: ${classes.join(', ')}`,
    ),
  ];
}

function stagesOf(plan: Plan, style: TextStyle): string {
  const rows = plan.stages.map((figures, i) => stageRow(figures, plan.settings.stages[i]!));
  return renderTable({ columns: STAGE_COLUMNS, rows }, style);
}

function stageRow(figures: StageFigures, stage: StagePlan): string[] {
  const { optimizer } = stage;
  return [
    figures.name,
    String(figures.imageSize),
    batchesInShort(figures),
    formatCount(figures.stepsPerEpoch),
    formatCount(stage.epochs),
    formatCount(figures.trainableParameters),
    formatFlops(figures.flopsPerStep),
    formatBytes(figures.peakMemoryBytes),
    `${optimizer.name} ${formatLearningRate(optimizer.learningRate)}${policyInShort(stage)}`,
    augmentationInShort(stage.augmentation),
  ];
}

/** `32`, or `31–32` where not all batches have as many rows. */
function batchesInShort({ batchSize, smallestBatch, largestBatch }: StageFigures): string {
  const sizes = [smallestBatch ?? batchSize, largestBatch ?? batchSize];
  return [...new Set(sizes)].map((size) => formatCount(size)).join('–');
}

/** `, cosine`, and `, warm-up` before it; nothing where the rate stays as it is. */
function policyInShort({ learningRatePolicy: policy }: StagePlan): string {
  return [
    ...(policy.name !== 'oneCycle' && policy.warmUp !== null ? [', warm-up'] : []),
    ...(policy.name === 'constant' ? [] : [`, ${policy.name}`]),
  ].join('');
}

function valuesOf({ experiment }: Plan, options: PlanTableOptions): string {
  const rows = resolvedValues(experiment).map(({ path, value }) => [
    formatPath(path),
    value,
    options.originOf?.(path) ?? UNKNOWN,
  ]);
  const columns: readonly Column[] = ['key', 'value', 'from'].map((title) => ({ title, align: 'left' }));
  return renderTable({ columns, rows }, options);
}

/** Sentences, broken between words where the terminal ends. */
function list(sentences: readonly string[], { columns }: TextStyle, margin = '  '): string {
  const width = (columns ?? Number.POSITIVE_INFINITY) - margin.length;
  return sentences
    .flatMap((sentence) => sentence.split('\n'))
    .flatMap((sentence) =>
      flowParts(
        sentence.split(' ').map((text) => ({ text })),
        width,
        ' ',
        4,
      ),
    )
    .map((line) => margin + line)
    .join('\n');
}
