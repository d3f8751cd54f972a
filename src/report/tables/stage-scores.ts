/**
 * The table in which the article gives its results: a row a stage, a column a head, and at its end what is reached
 * without learning, always answering the most frequent class.
 */
import { occurringClasses } from '../../train/score/confusion.ts';
import type { Metrics } from '../../train/score/metrics.ts';
import { formatScore } from '../text/format.ts';
import type { Column, TextTable } from '../text/text-table.ts';

/**
 * @param stages with the validation metrics of their best epochs
 * @param key of which score
 * @returns null where the metrics of a stage are not known
 */
export function stageScores(
  stages: readonly { readonly name: string; readonly metrics?: Metrics | undefined }[],
  key: 'accuracy' | 'balancedAccuracy',
): TextTable | null {
  const known = stages.flatMap(({ name, metrics }) => (metrics ? [{ name, metrics }] : []));
  const last = known.at(-1)?.metrics;
  if (last === undefined || known.length < stages.length) return null;
  const heads = Object.keys(last.heads);
  const hasMean = heads.length > 1;
  const row = (name: string, values: readonly (number | null)[], mean: number | null): string[] => [
    name,
    ...values.map(formatScore),
    ...(hasMean ? [formatScore(mean)] : []),
  ];
  // A constant answer has a recall of 1 in one class and of 0 in the others.
  const constant = Object.values(last.heads).map(({ majorityAccuracy, confusion, rows }) =>
    key === 'accuracy' ? majorityAccuracy : rows === 0 ? null : 1 / occurringClasses(confusion),
  );
  const told = constant.filter((value) => value !== null);
  const mean = told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0) / told.length;
  return {
    columns: [
      { title: 'stage', align: 'left' },
      ...heads.map((title): Column => ({ title, align: 'right' })),
      ...(hasMean ? [{ title: 'mean', align: 'right' } as const] : []),
    ],
    rows: [
      ...known.map(({ name, metrics }) =>
        row(
          name,
          heads.map((head) => metrics.heads[head]![key]),
          metrics.mean[key],
        ),
      ),
      row('most frequent class', constant, mean),
    ],
  };
}
