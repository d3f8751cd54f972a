/** Events of the training loop to pieces of text, without a clock and without a stream. */
import type { SelectionMetric, StagePlan } from '../../plan/plan.ts';
import type { EpochReport } from '../../train/events.ts';
import type { StageResult } from '../../train/position.ts';
import type { Metrics } from '../../train/score/metrics.ts';
import { printable } from '../../words.ts';
import { marksOf } from '../pictures/marks.ts';
import {
  formatCount,
  formatDuration,
  formatLearningRate,
  formatLoss,
  formatNumberOf,
  formatRate,
  formatScore,
} from '../text/format.ts';
import { fitLine, type Paint, type Piece, padToWidth, textWidth } from '../text/text-width.ts';

/** Colours by meaning; each leaves the text as it is where there is no colour. */
export interface Paints {
  readonly title: Paint;
  readonly faint: Paint;
  readonly good: Paint;
  readonly poor: Paint;
}

const LONGEST_BAR = 40;
const SHORTEST_BAR = 6;

/** `fine-tune epoch 3/10 ████░░░░ 124/400`: the label is cut and the bar made shorter until it fits. */
export function barLine(label: string, done: number, total: number, width: number, paints: Paints): string {
  const counts = ` ${formatCount(done)}/${formatCount(total)}`;
  const forLabel = Math.max(0, width - textWidth(counts) - SHORTEST_BAR - 1);
  const shown = fitLine([{ text: label }], forLabel);
  const cells = Math.max(0, Math.min(LONGEST_BAR, width - textWidth(shown) - textWidth(counts) - 1));
  const filled = total > 0 ? Math.min(cells, Math.floor((cells * done) / total)) : 0;
  return fitLine(
    [
      { text: `${shown} `, paint: paints.title },
      { text: '█'.repeat(filled), paint: paints.good },
      { text: '░'.repeat(cells - filled), paint: paints.faint },
      { text: counts },
    ],
    width,
  );
}

/** How the first line of a stage describes it. */
export function stageParts(stage: StagePlan, label: string, steps: number, paints: Paints): Piece[] {
  const { trainable, optimizer, learningRatePolicy, earlyStopping } = stage;
  return [
    { text: label, paint: paints.title },
    { text: `${stage.imageSize} px` },
    { text: `batches of ${formatCount(stage.batchSize)}` },
    { text: `at most ${formatNumberOf(stage.epochs, 'epoch')} of ${formatNumberOf(steps, 'step')}` },
    { text: `trains ${trainable.join(' + ')}` },
    {
      text:
        `${optimizer.name}, learning rate ${formatLearningRate(optimizer.learningRate)}` +
        (learningRatePolicy.name === 'constant' ? '' : `, ${learningRatePolicy.name}`),
    },
    ...(earlyStopping
      ? [{ text: `stops after ${formatNumberOf(earlyStopping.patience, 'epoch')} without a better one` }]
      : []),
  ];
}

/** What the loop knows beyond the report when an epoch has ended. */
export interface EpochContext {
  readonly epochs: number;
  /** Learning rate of the epoch before; null for a stage's first, and where no plateau lowers it. */
  readonly previousRate: number | null;
  /** Epochs without a better one, and how many of them end the stage; null where nothing is watched. */
  readonly waited: { readonly epochs: number; readonly patience: number } | null;
  /** What the best epoch is chosen by; null where the weights of the last epoch are kept, so that no epoch is the best. */
  readonly selectBy: SelectionMetric | null;
}

export function epochParts(report: EpochReport, context: EpochContext, paints: Paints): Piece[] {
  const { learningRate, momentum, training, validation, best, imagesPerSecond, seconds } = report;
  const { previousRate, waited, selectBy } = context;
  const reduced = previousRate !== null && learningRate < previousRate;
  return [
    { text: `epoch ${report.epoch}/${context.epochs}`, paint: paints.title },
    { text: `loss ${formatLoss(validation.loss)} (training ${formatLoss(training.loss)})` },
    ...(selectBy === null || selectBy === 'loss'
      ? []
      : [{ text: `mean ${selectBy} ${formatScore(validation.mean[selectBy])}` }]),
    ...(selectBy !== null && best ? [{ text: 'best so far', paint: paints.good }] : []),
    ...(waited && waited.epochs > 0
      ? [{ text: `no better for ${waited.epochs} of ${waited.patience}`, paint: paints.poor }]
      : []),
    { text: `learning rate ${formatLearningRate(learningRate)}${reduced ? ' (lowered)' : ''}` },
    ...(momentum === null ? [] : [{ text: `momentum ${formatLearningRate(momentum)}` }]),
    ...(imagesPerSecond === null ? [] : [{ text: `${formatRate(imagesPerSecond)} images/s` }]),
    { text: formatDuration(seconds) },
  ];
}

/** One piece a head: `garment 0.432 (majority 0.344), balanced 0.281, loss 1.203`. */
export function headParts({ heads }: Metrics): Piece[] {
  return Object.entries(heads).map(([name, { loss, accuracy, balancedAccuracy, majorityAccuracy }]) => ({
    text:
      `${printable(name)} accuracy ${formatScore(accuracy)} (majority ${formatScore(majorityAccuracy)}), ` +
      `balanced ${formatScore(balancedAccuracy)}, loss ${formatLoss(loss)}`,
  }));
}

const LONGEST_NAME = 24;
const COLUMN = 10;

/** Heads below each other, numbers aligned; in a narrow terminal the columns come closer and names are cut. */
export function headLines({ heads }: Metrics, width: number, paints: Paints): string[] {
  const roomy = width >= LONGEST_NAME + 4 * COLUMN;
  const column = roomy ? COLUMN : 7;
  const titles = roomy ? ['loss', 'accuracy', 'balanced', 'majority'] : ['loss', 'acc', 'bal', 'major'];
  const longest = Math.max(...Object.keys(heads).map((name) => textWidth(printable(name)) + 2));
  const first = Math.max(0, Math.min(LONGEST_NAME, width - 4 * column, longest));
  const head = ' '.repeat(first) + titles.map((title) => padToWidth(title, column, 'right')).join('');
  const rows = Object.entries(heads).map(([name, metrics]) => {
    const marks = marksOf(metrics);
    const { accuracy, balancedAccuracy, majorityAccuracy, loss } = metrics;
    const cell = (text: string, paint?: Paint): Piece => ({ text: padToWidth(text, column, 'right'), paint });
    return fitLine(
      [
        { text: padToWidth(`  ${printable(name)}`, first) },
        cell(formatLoss(loss)),
        cell(formatScore(accuracy), marks.includes('belowMajority') ? paints.poor : undefined),
        cell(formatScore(balancedAccuracy), marks.includes('noBetterThanChance') ? paints.poor : paints.good),
        cell(formatScore(majorityAccuracy), paints.faint),
      ],
      width,
    );
  });
  return [fitLine([{ text: head, paint: paints.faint }], width), ...rows];
}

export function stageEndParts(
  result: StageResult,
  stoppedEarly: boolean,
  label: string,
  paints: Paints,
): Piece[] {
  const { epochs, bestEpoch, seconds, imagesPerSecond, metrics } = result;
  return [
    { text: `${label}: done`, paint: paints.title },
    {
      text: `${formatNumberOf(epochs, 'epoch')} in ${formatDuration(seconds)}${stoppedEarly ? ', stopped early' : ''}`,
    },
    { text: `weights of epoch ${bestEpoch}` },
    { text: `loss ${formatLoss(metrics.loss)}` },
    ...(imagesPerSecond === null ? [] : [{ text: `${formatRate(imagesPerSecond)} images/s` }]),
  ];
}
