/** What a run came to: validation metrics of the heads and results of the stages in, tables and footnotes out. */

import type { StageResult } from '../../train/position.ts';
import type { MeanMetrics, Metrics } from '../../train/score/metrics.ts';
import { MARKS, type Mark, marksOf } from '../pictures/marks.ts';
import { formatCount, formatDuration, formatLoss, formatRate, formatScore } from '../text/format.ts';
import {
  type Column,
  renderMarkdown,
  renderTable,
  type TextStyle,
  type TextTable,
} from '../text/text-table.ts';
import { flowParts } from '../text/text-width.ts';
import { stageScores } from './stage-scores.ts';

/** A stage's loss is shown where every stage has its metrics. */
export type StageOutcome = Omit<StageResult, 'metrics'> & { readonly metrics?: Metrics | undefined };

/** One column of numbers: where its value stands, and how it is written. */
interface Score {
  readonly title: string;
  readonly key: keyof MeanMetrics | 'loss' | 'meanAbsoluteError';
  readonly format: (value: number | null) => string;
  /** The mark that is written at this column. */
  readonly mark?: Mark;
}

const SCORES: readonly Score[] = [
  { title: 'loss', key: 'loss', format: formatLoss },
  { title: 'accuracy', key: 'accuracy', format: formatScore, mark: 'belowMajority' },
  { title: 'majority\nbaseline', key: 'majorityAccuracy', format: formatScore },
  { title: 'balanced\naccuracy', key: 'balancedAccuracy', format: formatScore, mark: 'noBetterThanChance' },
  { title: 'macro\nF1', key: 'macroF1', format: formatScore },
  { title: 'AUC', key: 'auc', format: formatScore },
  { title: 'calibration\nerror', key: 'calibrationError', format: formatScore },
];

/** Where a head is ordinal. */
const MEAN_ERROR: Score = { title: 'mean error\nin classes', key: 'meanAbsoluteError', format: formatScore };

const STAGE_COLUMNS: readonly Column[] = [
  { title: 'stage', align: 'left' },
  { title: 'epochs', align: 'right' },
  { title: 'best epoch', align: 'right' },
  { title: 'time', align: 'right' },
  { title: 'images/s', align: 'right' },
];
const LOSS_COLUMN: Column = { title: 'loss', align: 'right' };

/** A row a head, and a sentence for each mark that occurs. @returns lines without a newline at the end */
export function resultsTable(metrics: Metrics, style: TextStyle): string {
  const notes = footnotes(metrics).flatMap((note) =>
    flowParts(
      note.split(' ').map((text) => ({ text })),
      style.columns ?? Number.POSITIVE_INFINITY,
      ' ',
      2,
    ),
  );
  return [renderTable(headTable(metrics), style), ...notes].join('\n');
}

/** A row a stage. */
export function stagesTable(stages: readonly StageOutcome[], style: TextStyle): string {
  return renderTable(stageTable(stages), style);
}

/** Heads, footnotes and stages for the description of a run. */
export function resultsMarkdown(metrics: Metrics, stages: readonly StageOutcome[]): string {
  const notes = footnotes(metrics).map((note) => `- \`${note[0]}\`${note.slice(1)}`);
  const parts = ['## Validation', renderMarkdown(headTable(metrics))];
  if (notes.length > 0) parts.push(notes.join('\n'));
  parts.push('## Stages', renderMarkdown(stageTable(stages)), ...scoresByStage(stages));
  return `${parts.join('\n\n')}\n`;
}

/** What each stage reached, head by head, beside what needs no learning. */
function scoresByStage(stages: readonly StageOutcome[]): string[] {
  return (['accuracy', 'balancedAccuracy'] as const).flatMap((key) => {
    const table = stageScores(stages, key);
    const title = key === 'accuracy' ? 'Accuracy by stage' : 'Balanced accuracy by stage';
    return table === null ? [] : [`## ${title}`, renderMarkdown(table)];
  });
}

/** The heads as numbers, for a table that a program reads; null where no row has a label. */
export function resultsRows(metrics: Metrics): { columns: string[]; rows: (string | number | null)[][] } {
  const keys = [...SCORES, MEAN_ERROR].map(({ key }) => key);
  return {
    columns: ['head', ...keys, 'rows'],
    rows: Object.entries(metrics.heads).map(([name, head]) => [
      name,
      ...keys.map((key) => head[key]),
      head.rows,
    ]),
  };
}

/** A row a head, and their means where there are several. */
function headTable({ heads, mean }: Metrics): TextTable {
  const ofHeads = Object.entries(heads);
  const hasOrder = ofHeads.some(([, { meanAbsoluteError }]) => meanAbsoluteError !== null);
  const scores = hasOrder ? [...SCORES, MEAN_ERROR] : SCORES;
  const marked = ofHeads.map(([name, head]) => ({ name, head, marks: marksOf(head) }));
  // Numbers without the mark get a space in its place, so that the digits stay below each other.
  const signOf = (mark: Mark | undefined, marks: readonly Mark[]): string => {
    if (mark === undefined || !marked.some((row) => row.marks.includes(mark))) return '';
    return marks.includes(mark) ? MARKS[mark].sign : ' ';
  };
  const rows = marked.map(({ name, head, marks }) => [
    marks.includes('noLabels') ? name + MARKS.noLabels.sign : name,
    ...scores.map(({ key, format, mark }) => format(head[key]) + signOf(mark, marks)),
    formatCount(head.rows),
  ]);
  const means = scores.map(({ key, format, mark }) =>
    key === 'loss' || key === 'meanAbsoluteError' ? '' : format(mean[key]) + signOf(mark, []),
  );
  if (ofHeads.length > 1) rows.push(['mean', ...means, '']);
  return {
    columns: [
      { title: 'head', align: 'left' },
      ...scores.map(({ title }): Column => ({ title, align: 'right' })),
      { title: 'rows', align: 'right' },
    ],
    rows,
  };
}

/** `* sentence` for each mark that occurs, in the order of `MARKS`. */
function footnotes({ heads }: Metrics): string[] {
  const occurring = new Set(Object.values(heads).flatMap(marksOf));
  return (Object.keys(MARKS) as Mark[])
    .filter((mark) => occurring.has(mark))
    .map((mark) => `${MARKS[mark].sign} ${MARKS[mark].sentence}`);
}

function stageTable(stages: readonly StageOutcome[]): TextTable {
  const withLoss = stages.every(({ metrics }) => metrics !== undefined);
  return {
    columns: withLoss ? [...STAGE_COLUMNS, LOSS_COLUMN] : STAGE_COLUMNS,
    rows: stages.map(({ name, epochs, bestEpoch, seconds, imagesPerSecond, metrics }) => [
      name,
      formatCount(epochs),
      formatCount(bestEpoch),
      formatDuration(seconds),
      formatRate(imagesPerSecond),
      ...(withLoss ? [formatLoss(metrics?.loss ?? null)] : []),
    ]),
  };
}
