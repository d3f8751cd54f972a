/**
 * Rows with answers to an evaluation: every figure with its interval, of each head and of their mean, and of slices. Pure; the
 * same rows and seed give the same numbers. Shape letters: N rows, K classes of a head.
 */
import { numberGroups } from '../table/strata.ts';
import { type HeadMetrics, headMetrics } from '../train/score/metrics.ts';
import { bootstrap, meanOfHeads, meanReplicates, numberOfUnits, type Replicates } from './bootstrap.ts';
import { type CoverageRisk, coverageRisk, type ReliabilityBin, reliability } from './curves.ts';
import {
  type AnsweredHead,
  type CountedRows,
  countRows,
  type FigureName,
  type Figures,
  figureNames,
  figuresOf,
  totalsOf,
} from './figures.ts';
import { intervalOf } from './intervals.ts';

/** Null stands for what cannot be told. */
export interface Estimate {
  readonly value: number | null;
  /** Ends of the 95 % interval. */
  readonly low: number | null;
  readonly high: number | null;
}

export type Estimates = Readonly<Record<FigureName, Estimate>>;

/** A class with fewer rows (or groups) than this makes the intervals of balanced accuracy and macro F1 too narrow. */
export const FEW_UNITS = 10;

export interface HeadSummary {
  /** Rows with a label. */
  readonly rows: number;
  /** Rows or groups that the intervals are drawn from. */
  readonly units: number;
  readonly figures: Estimates;
  /** Classes of fewer than `FEW_UNITS` units, with their units; those without a row are not among them. */
  readonly rareClasses: Readonly<Record<string, number>>;
}

export interface HeadEvaluation extends HeadSummary {
  readonly classes: readonly string[];
  /** See src/train/score/scores.ts. */
  readonly auc: number | null;
  readonly calibrationError: number | null;
  /** Of an ordinal head: mean number of classes between label and answer. */
  readonly meanAbsoluteError: number | null;
  /** By class. */
  readonly recall: HeadMetrics['recall'];
  readonly precision: HeadMetrics['precision'];
  /** Answers, without those of "don't know": row = label, column = answer. */
  readonly confusion: HeadMetrics['confusion'];
  readonly reliability: readonly ReliabilityBin[];
  readonly coverageRisk: CoverageRisk;
}

export interface Summary<Head> {
  readonly rows: number;
  /** What resamples are drawn from. */
  readonly unit: 'rows' | 'groups';
  readonly units: number;
  readonly heads: Readonly<Record<string, Head>>;
  /** Over the heads of which each can be told. */
  readonly mean: Estimates;
}

export interface SummaryOptions {
  /** Group of each row, null where rows are on their own; an empty cell is a group of its own. */
  readonly groups: readonly string[] | null;
  readonly resamples: number;
  readonly seed: number;
}

export interface RatedHead extends AnsweredHead {
  readonly ordinal: boolean;
}

/** Everything of all rows. */
export function evaluateHeads(heads: readonly RatedHead[], options: SummaryOptions): Summary<HeadEvaluation> {
  const { heads: summaries, ...rest } = summariseHeads(heads, options);
  return {
    ...rest,
    heads: Object.fromEntries(
      heads.map((head) => [head.name, { ...summaries[head.name]!, ...detailsOf(head) }]),
    ),
  };
}

/** Figures and intervals. */
export function summariseHeads(
  heads: readonly AnsweredHead[],
  { groups, resamples, seed }: SummaryOptions,
): Summary<HeadSummary> {
  const rows = heads[0]?.labels_N.length ?? 0;
  const units = groups === null ? null : numberGroups(groups);
  const counted = heads.map(countRows);
  const replicates = bootstrap(counted, { units, rows, resamples, seed });
  const figures = counted.map((head) => figuresOf(totalsOf(head), head));
  const unitsOf = counted.map((head) => distinctUnits(head.row_M, units));
  const fewest = Math.min(...unitsOf.filter((count) => count > 0));
  return {
    rows,
    unit: units === null ? 'rows' : 'groups',
    units: numberOfUnits({ units, rows }),
    heads: Object.fromEntries(
      heads.map((head, h) => [
        head.name,
        {
          rows: counted[h]!.row_M.length,
          units: unitsOf[h]!,
          figures: estimatesOf(figures[h]!, replicates[h]!, unitsOf[h]!),
          rareClasses: rareClasses(head, counted[h]!, units),
        },
      ]),
    ),
    mean: estimatesOf(meanOfHeads(figures), meanReplicates(replicates, resamples), fewest),
  };
}

export interface Slice extends Summary<HeadSummary> {
  /** What the column says in these rows. */
  readonly value: string;
}

/**
 * Rows of the same cell together, the largest slice first.
 * @param cells of the column, by row
 * @param isGroup whether the column is the one of the groups: then the rows of a slice are one group, and each of them is a
 *   unit; what is told is of this group alone
 */
export function evaluateSlices(
  heads: readonly AnsweredHead[],
  cells: readonly string[],
  options: SummaryOptions & { readonly isGroup: boolean },
): Slice[] {
  const rowsOf = new Map<string, number[]>();
  cells.forEach((cell, row) => {
    const rows = rowsOf.get(cell) ?? [];
    rows.push(row);
    rowsOf.set(cell, rows);
  });
  const { groups, isGroup } = options;
  return [...rowsOf]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([value, rows]) => ({
      value,
      ...summariseHeads(
        heads.map((head) => pickRows(head, rows)),
        { ...options, groups: groups === null || isGroup ? null : rows.map((row) => groups[row]!) },
      ),
    }));
}

function pickRows<Head extends AnsweredHead>(head: Head, rows: readonly number[]): Head {
  const { length: k } = head.classes;
  const pick = (values: Int32Array): Int32Array => Int32Array.from(rows, (row) => values[row]!);
  const probabilities_NK = new Float32Array(rows.length * k);
  rows.forEach((row, i) => {
    probabilities_NK.set(head.probabilities_NK.subarray(row * k, (row + 1) * k), i * k);
  });
  return {
    ...head,
    labels_N: pick(head.labels_N),
    chosen_N: pick(head.chosen_N),
    answers_N: pick(head.answers_N),
    probabilities_NK,
  };
}

function detailsOf(head: RatedHead): Omit<HeadEvaluation, keyof HeadSummary> {
  const { classes, majority, ordinal, labels_N, probabilities_NK } = head;
  const { cells } = totalsOf(countRows(head));
  const confusionCounts = cells.slice(0, classes.length ** 2);
  const { auc, calibrationError, meanAbsoluteError, recall, precision, confusion } = headMetrics(
    { lossSum: 0, lossWeight: 0, confusion: confusionCounts },
    { majority: majority ?? 0, ordinal },
    { labels_N, probabilities_NK },
  );
  return {
    classes,
    auc,
    calibrationError,
    meanAbsoluteError,
    recall,
    precision,
    confusion,
    reliability: reliability(head),
    coverageRisk: coverageRisk(head),
  };
}

function estimatesOf(figures: Figures, replicates: Replicates, units: number): Estimates {
  return Object.fromEntries(
    figureNames.map((name) => {
      const value = Number.isNaN(figures[name]) ? null : figures[name];
      const interval = value === null ? null : intervalOf(replicates[name], units);
      return [name, { value, low: interval?.low ?? null, high: interval?.high ?? null }];
    }),
  ) as unknown as Estimates;
}

function distinctUnits(rows: Int32Array, units: Int32Array | null): number {
  return units === null ? rows.length : new Set(rows.map((row) => units[row]!)).size;
}

function rareClasses(
  { classes, labels_N }: AnsweredHead,
  { row_M }: CountedRows,
  units: Int32Array | null,
): Record<string, number> {
  return Object.fromEntries(
    classes.flatMap((name, c) => {
      const count = distinctUnits(
        row_M.filter((row) => labels_N[row] === c),
        units,
      );
      return count > 0 && count < FEW_UNITS ? [[name, count]] : [];
    }),
  );
}
