/** A comparison as text: what differs, what came of it, and what is missing. */
import { formatLoss, formatScore, UNKNOWN } from '../report/text/format.ts';
import { type Column, renderTable, type TextStyle } from '../report/text/text-table.ts';
import { metricName } from '../sweep/search/metric.ts';
import { own } from '../words.ts';
import type { Importance } from './importance.ts';
import { noRepetition, spreadSentence } from './repetition.ts';
import { meanOver, type Row, type Verdict, wordOf } from './rows.ts';
import type { Summary } from './statistics.ts';
import { type Compared, numericsNote } from './trials.ts';

export interface Comparison {
  readonly compared: Compared;
  /** Best first. */
  readonly rows: readonly Row[];
  readonly verdict: Verdict | undefined;
  readonly importance: Importance | undefined;
}

/** Beside the metric, where it is not one of them. */
const SCORES = [
  { key: 'balancedAccuracy', title: 'balanced\naccuracy' },
  { key: 'macroF1', title: 'macro\nF1' },
] as const;

/** @param heads whether each head gets columns of its own */
export function comparisonTable(comparison: Comparison, heads: boolean, style: TextStyle): string {
  const { compared, rows, verdict, importance } = comparison;
  const { axes, metric, repetition = noRepetition } = compared;
  const names = heads ? headsOf(rows) : [];
  const scores = SCORES.filter(({ key }) => metric.head !== null || metric.name !== key);
  const right = (title: string): Column => ({ title, align: 'right' });
  const format = metric.name === 'loss' ? formatLoss : formatScore;
  const columns: Column[] = [
    ...(axes.length === 0 ? ['run'] : axes.map(({ name }) => name)).map((title) => ({
      title,
      align: 'left' as const,
    })),
    right(metricName(metric)),
    ...scores.map(({ title }) => right(title)),
    ...['majority\nbaseline', 'n'].map(right),
    ...names.flatMap((head) => [right(`${head}\nbalanced`), right(`${head}\nmacro F1`)]),
  ];
  const shown = rows
    .filter((row) => row.metric !== null)
    .map((row) => [
      ...(axes.length === 0 ? [row.label] : axes.map((axis) => wordOf(axis, row.point))),
      spread(row.metric, format),
      ...scores.map(({ key }) =>
        spread(
          meanOver(row, ({ metrics }) => metrics?.mean[key]),
          formatScore,
        ),
      ),
      formatScore(meanOver(row, ({ metrics }) => metrics?.mean.majorityAccuracy)?.mean ?? null),
      String(row.done.length),
      ...names.flatMap((head) => [
        spread(
          meanOver(row, ({ metrics }) => own(metrics?.heads, head)?.balancedAccuracy),
          formatScore,
        ),
        spread(
          meanOver(row, ({ metrics }) => own(metrics?.heads, head)?.macroF1),
          formatScore,
        ),
      ]),
    ]);
  const lines =
    shown.length === 0 ? ['No trial has a result yet.'] : [renderTable({ columns, rows: shown }, style)];
  if (rows.some(({ done }) => done.length > 1))
    lines.push('', `${spreadSentence(repetition)} The majority baseline is a plain accuracy.`);
  const missing = rows.flatMap((row) => row.missing);
  if (missing.length > 0) {
    const left = ['without a result', 'status', 'why'].map((title) => ({ title, align: 'left' as const }));
    const why = missing.map(({ label, status, reason }) => [label, status, (reason ?? '').split('\n')[0]!]);
    lines.push('', renderTable({ columns: left, rows: why }, style));
  }
  const note = numericsNote(compared.trials);
  if (note !== undefined) lines.push('', note);
  if (verdict) lines.push('', `Best:   ${verdict.best}`, `Second: ${verdict.second}`, verdict.text);
  if (importance) lines.push('', importanceText(importance));
  return lines.join('\n');
}

/** Shares of the variance in one sentence, with how they were found. */
export function importanceText({ method, axes, interactions }: Importance): string {
  const parts = axes.map(({ name, share }) => `${name} ${percent(share)}`);
  const how =
    method === 'exact'
      ? 'exact functional ANOVA of the complete grid'
      : 'functional ANOVA by a random forest, an estimate';
  return `Variance explained: ${parts.join(', ')}, interactions ${percent(interactions)} (${how}; seeds averaged).`;
}

/** `57 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function headsOf(rows: readonly Row[]): string[] {
  return [
    ...new Set(rows.flatMap(({ done }) => done.flatMap(({ metrics }) => Object.keys(metrics?.heads ?? {})))),
  ];
}

function spread(summary: Summary | null, format: (value: number | null) => string): string {
  if (summary === null) return UNKNOWN;
  const { mean, spread: deviation } = summary;
  return deviation === null ? format(mean) : `${format(mean)} ± ${format(deviation)}`;
}
