/** What a run came to: validation metrics of the heads and results of the stages in, tables and footnotes out. */
import type { HeadMetrics, Metrics } from '../train/metrics.ts';
import type { StageResult } from '../train/position.ts';
import { formatCount, formatDuration, formatLoss, formatRate, formatScore } from './format.ts';
import { MARKS, type Mark, marksOf } from './marks.ts';
import { type Column, renderMarkdown, renderTable, type TextStyle, type TextTable } from './text-table.ts';
import { flowParts } from './text-width.ts';

/** A stage's loss is shown where every stage has its metrics. */
export type StageOutcome = Omit<StageResult, 'metrics'> & { readonly metrics?: Metrics | undefined };

const HEAD_COLUMNS: readonly Column[] = [
  { title: 'head', align: 'left' },
  { title: 'loss', align: 'right' },
  { title: 'accuracy', align: 'right' },
  { title: 'balanced accuracy', align: 'right' },
  { title: 'macro F1', align: 'right' },
  { title: 'majority baseline', align: 'right' },
  { title: 'rows', align: 'right' },
];

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
  parts.push('## Stages', renderMarkdown(stageTable(stages)));
  return `${parts.join('\n\n')}\n`;
}

/** The heads as numbers, for a table that a program reads; null where no row has a label. */
export function resultsRows(metrics: Metrics): { columns: string[]; rows: (string | number | null)[][] } {
  return {
    columns: ['head', 'loss', 'accuracy', 'balancedAccuracy', 'macroF1', 'majorityAccuracy', 'rows'],
    rows: Object.entries(metrics.heads).map(([name, head]) => [
      name,
      head.loss,
      head.accuracy,
      head.balancedAccuracy,
      head.macroF1,
      head.majorityAccuracy,
      head.rows,
    ]),
  };
}

function headTable({ heads }: Metrics): TextTable {
  const marked = Object.entries(heads).map(([name, head]) => ({ name, head, marks: marksOf(head) }));
  return { columns: HEAD_COLUMNS, rows: marked.map(({ name, head, marks }) => headRow(name, head, marks)) };

  function headRow(name: string, head: HeadMetrics, marks: readonly Mark[]): string[] {
    return [
      marks.includes('noLabels') ? name + MARKS.noLabels.sign : name,
      formatLoss(head.loss),
      formatScore(head.accuracy) + aligned(marks, 'belowMajority'),
      formatScore(head.balancedAccuracy) + aligned(marks, 'noBetterThanChance'),
      formatScore(head.macroF1),
      formatScore(head.majorityAccuracy),
      formatCount(head.rows),
    ];
  }

  /** Numbers without the mark get a space in its place, so that the digits stay below each other. */
  function aligned(marks: readonly Mark[], mark: Mark): string {
    if (!marked.some((row) => row.marks.includes(mark))) return '';
    return marks.includes(mark) ? MARKS[mark].sign : ' ';
  }
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
