/**
 * A model and rows to an evaluation, or to decisions.
 *
 *   rows ─ images, model ─▶ outputs ─ decisions ─▶ answers ─ bootstrap ─▶ figures with intervals, slices, curves
 *                              └─ validation rows ─▶ calibrate ─▶ decisions, kept in the model's folder
 */
import type { Decision, Model } from '../bundle/model.ts';
import type { Predictor } from '../bundle/predictor.ts';
import { badImageProblems } from '../data/bad-images.ts';
import { ExperimentError } from '../errors.ts';
import { cellsOf } from '../table/labels.ts';
import { answerHead, type HeadRows } from './answers.ts';
import { type CalibrateInput, type Calibration, calibrate } from './calibrate.ts';
import { changedImages } from './data-changed.ts';
import {
  evaluateHeads,
  evaluateSlices,
  type HeadEvaluation,
  type Slice,
  type Summary,
} from './evaluation.ts';
import { predictRows } from './predict-rows.ts';
import type { EvaluatedRows, Part } from './rows.ts';

/** Enough for ends of intervals that a further one changes by less than a hundredth of their width. */
export const RESAMPLES = 2000;
/** The same rows have the same intervals. */
const SEED = 42;

export interface EvaluateOptions {
  /** Columns of the table to slice by. */
  readonly by: readonly string[];
  readonly resamples: number;
  /** Whether rows with bad images are left out; else they are an error. */
  readonly skipBad: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Evaluation extends Summary<HeadEvaluation> {
  readonly model: { readonly folder: string; readonly name: string; readonly runId: string };
  /** Null for all rows of a table. */
  readonly part: Part | null;
  readonly table: string;
  readonly tableDigest: string;
  /** Column of the groups that are drawn; null for rows. */
  readonly groupBy: string | null;
  readonly resamples: number;
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly slices: readonly { readonly column: string; readonly values: readonly Slice[] }[];
  /** Rows left out because of their images. */
  readonly skipped: readonly { readonly line: number; readonly path: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** @throws ExperimentError for bad images and unknown columns; RunError where TensorFlow refuses */
export async function evaluateModel(
  predictor: Predictor,
  rows: EvaluatedRows,
  { by, resamples, skipBad, onProgress }: EvaluateOptions,
): Promise<Evaluation> {
  const { description, folder } = predictor.model;
  // Before anything costs time.
  const columns = by.map((column) => ({ column, cells: cellsOf(rows.table, column, '--by') }));
  const changed = await changedImages(description, rows);
  const computed = await computeRows(predictor, rows, skipBad, onProgress);
  const { heads, probabilities, groups, tableRows, skipped } = computed;
  const answered = heads.map((head, h) =>
    answerHead(head, description.decisions[head.head.name]!, probabilities[h]!),
  );
  const options = { groups, resamples, seed: SEED };
  const groupBy = rows.groups?.column ?? null;
  return {
    model: { folder, name: description.name, runId: description.run.id },
    part: rows.part,
    table: rows.table.file,
    tableDigest: rows.table.digest,
    groupBy,
    resamples,
    decisions: description.decisions,
    ...evaluateHeads(answered, options),
    slices: columns.map(({ column, cells }) => ({
      column,
      values: evaluateSlices(
        answered,
        tableRows.map((row) => cells[row]!),
        { ...options, isGroup: column === groupBy },
      ),
    })),
    skipped,
    notes: [...rows.notes, ...(changed === null ? [] : [changed])],
  };
}

export type CalibrateOptions = Pick<EvaluateOptions, 'skipBad' | 'onProgress'> &
  Pick<CalibrateInput, 'thresholds' | 'unknownBelow'>;

/**
 * @param validation rows to fit on
 * @param test rows to tell the worth by; null for parts of the validation rows
 */
export async function calibrateModel(
  predictor: Predictor,
  validation: EvaluatedRows,
  test: EvaluatedRows | null,
  { skipBad, onProgress, thresholds, unknownBelow }: CalibrateOptions,
): Promise<Calibration> {
  const fitted = await computeRows(predictor, validation, skipBad, onProgress);
  const tested = test === null ? null : await computeRows(predictor, test, skipBad, onProgress);
  return calibrate({
    validation: fitted.heads,
    groups: fitted.groups,
    test: tested?.heads ?? null,
    thresholds,
    unknownBelow,
  });
}

interface ComputedRows {
  readonly heads: readonly HeadRows[];
  /** By head, with the model's temperature. */
  readonly probabilities: readonly Float32Array[];
  readonly groups: readonly string[] | null;
  /** Numbers of the table's rows. */
  readonly tableRows: readonly number[];
  readonly skipped: Evaluation['skipped'];
}

async function computeRows(
  predictor: Predictor,
  { rows, paths, heads, groups, table }: EvaluatedRows,
  skipBad: boolean,
  onProgress: EvaluateOptions['onProgress'],
): Promise<ComputedRows> {
  const { good, heads: predicted, bad } = await predictRows(predictor, paths, onProgress);
  const inTable = bad.map((image) => ({ ...image, row: rows[image.row]! }));
  if (bad.length > 0 && (!skipBad || good.length === 0)) {
    const hint = '--skip-bad leaves such rows out; --images FOLDER is where the paths of the table begin.';
    throw new ExperimentError(badImageProblems(table, inTable, { paths: null, rows: rows.length, hint }));
  }
  return {
    heads: heads.map(({ head, majority, labels_N }) => ({
      head,
      majority,
      labels_N: good.map((place) => labels_N[place]!),
      outputs_NJ: predicted[head.name]!.outputs,
    })),
    probabilities: heads.map(({ head }) => predicted[head.name]!.probabilities),
    groups: groups === null ? null : Array.from(good, (place) => groups.cells[place]!),
    tableRows: Array.from(good, (place) => rows[place]!),
    skipped: inTable.map(({ row, path, reason }) => ({ line: table.lines[row]!, path, reason })),
  };
}

/** Whether the model's decisions change what is answered. */
export function hasDecisions({ description }: Model): boolean {
  return Object.values(description.decisions).some(
    ({ temperature, thresholds, unknownBelow }) =>
      temperature !== 1 || unknownBelow !== null || Object.keys(thresholds).length > 0,
  );
}
