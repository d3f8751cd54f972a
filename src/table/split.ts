/**
 * Which rows are for training, validation and testing. In: the number of rows, settings, strata, groups or words.
 * Out: ascending row numbers. The same on every machine: integer draws of src/random.ts and exact sums only.
 *
 *   column given → by its words
 *   else  1. rows for testing   2. of the others, a share or a fold for validation   3. what is left is for training
 *
 * Single rows are drawn in draw.ts, whole groups in split-groups.ts and fold-groups.ts.
 */
import { ExperimentError, type Problem } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import { keyFor } from '../random.ts';
import { dealRows, sampleRows } from './draw.ts';
import { dealGroups } from './fold-groups.ts';
import { foldProblems, type Stratum } from './fold-problems.ts';
import { cellsOf } from './labels.ts';
import { groupsWithImages, repeatsImages } from './repeated-images.ts';
import { chooseGroups } from './split-groups.ts';
import { numberGroups, numberStrata } from './strata.ts';
import type { HeadColumn, Labels, SplitSettings, Table, TableSplit } from './table.ts';

export interface SplitInput {
  /** Number of rows of the table. */
  readonly rows: number;
  readonly settings: SplitSettings;
  /** Cell of the `groupBy` column by row; null without groups. An empty cell is a group of its own. */
  readonly groups: readonly string[] | null;
  /** Names of the columns that say so, for messages. */
  readonly groupedBy?: string;
  /** Labels of the `stratifyBy` heads, in their order; a label that is not known is a class of its own here. */
  readonly strata: readonly Labels[];
  /** Cell of the `column` by row: `train`, `validation`, `test`, or another word, which leaves the row out. */
  readonly words?: readonly string[] | null;
  /** Names of the heads of `strata` and of their classes, for messages. */
  readonly names?: readonly Stratum[];
}

/** What a split needs to know of a dataset. */
export interface SplitOf {
  readonly split: SplitSettings;
  readonly imageColumn: string;
}

/**
 * Splits a table as its settings say, finding the columns and heads they name.
 * @param labelsOf labels of each head by its name
 * @param heads with their classes, for messages
 * @throws ExperimentError `unknownColumn`, `unknownHead`, `emptyData`, `outOfRange`
 */
export function splitTable(
  table: Table,
  { split: settings, imageColumn }: SplitOf,
  labelsOf: ReadonlyMap<string, Labels>,
  heads: readonly Pick<HeadColumn, 'name' | 'classes'>[] = [],
): TableSplit {
  const strata = settings.stratifyBy.map((name) => {
    const labels = labelsOf.get(name);
    if (labels !== undefined) return labels;
    const message = `expected the name of a head, found "${name}"`;
    const hint = namesHint(name, [...labelsOf.keys()], 'The heads');
    throw new ExperimentError([{ code: 'unknownHead', path: 'dataset.split.stratifyBy', message, hint }]);
  });
  const { groupBy, column } = settings;
  const groups = groupBy === null ? null : cellsOf(table, groupBy, 'dataset.split.groupBy');
  const images = cellsOf(table, imageColumn, 'dataset.imageColumn');
  const isTogether = settings.repeatedImages === 'together' && column === null && repeatsImages(images);
  return splitRows({
    rows: table.rows.length,
    settings,
    strata,
    groups: isTogether ? groupsWithImages(images, groups) : groups,
    groupedBy: [...(groupBy === null ? [] : [groupBy]), ...(isTogether ? [imageColumn] : [])].join(' and '),
    words: column === null ? null : cellsOf(table, column, 'dataset.split.column'),
    names: settings.stratifyBy.map((name) => ({
      name,
      classes: heads.find((head) => head.name === name)?.classes ?? [],
    })),
  });
}

/**
 * Draws the split, or reads it from `words`.
 *
 * It depends on the seed, the shares, the number and order of the rows, and on which rows share a class (of the
 * strata) or a group; not on the names or order of classes, heads or other columns, nor on what the cells say. The
 * test part does not depend on `validation`, `folds` and `fold`.
 *
 * Without groups: round(share × rows) rows are for a part, and of every combination of classes within one row of its
 * share. The shuffled rows, sorted by combination, are sampled at equal distances from a random start (systematic
 * sampling), so each row has the same chance however rare its combination.
 * @throws ExperimentError `emptyData` where a part is empty, and for folds that can't be alike
 */
export function splitRows(input: SplitInput): TableSplit {
  const { settings, words = null } = input;
  if (words !== null) return splitByWords(words, settings);
  const all = Int32Array.from({ length: input.rows }, (_, row) => row);
  const test = drawPart(input, all, settings.test ?? 0, 'split test');
  const rest = without(all, test);
  const { folds = null, fold } = settings;
  const validation =
    folds === null
      ? drawPart(input, rest, settings.validation ?? 0, 'split')
      : foldOf(input, rest, folds, fold ?? 0);
  const split = { training: without(rest, validation), validation, test };
  refuseEmptyPart(split, input);
  return split;
}

/**
 * Rows that a split by column gives to neither training nor validation, by the word that does it.
 * @param words cells of the column
 */
export function countOtherWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) {
    if (word !== 'train' && word !== 'validation') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** @param from ascending row numbers @param share of all rows of the table */
function drawPart(input: SplitInput, from: Int32Array, share: number, purpose: string): Int32Array {
  if (share === 0) return new Int32Array();
  const wanted = Math.round(share * input.rows);
  const { stratum, groupOf } = numbersOf(input, from);
  const key = keyFor(input.settings.seed, purpose);
  const isDrawn =
    groupOf === null ? sampleRows(stratum, wanted, key) : chooseGroups({ groupOf, stratum, wanted, key });
  return from.filter((_, i) => isDrawn[i] === 1);
}

function foldOf(input: SplitInput, from: Int32Array, folds: number, fold: number): Int32Array {
  const { strata, settings, names = [] } = input;
  const { stratum, groupOf } = numbersOf(input, from);
  const classes = strata.map((labels, i) => ({ labels: pick(labels, from), ...names[i] }));
  const groups = input.groups === null ? null : Array.from(from, (row) => input.groups![row]!);
  const problems = foldProblems({
    folds,
    rows: from.length,
    groupBy: input.groupedBy || settings.groupBy,
    groups,
    classes,
  });
  if (problems.length > 0) throw new ExperimentError(problems);
  const key = keyFor(settings.seed, 'split folds');
  const dealt =
    groupOf === null ? dealRows(stratum, folds, key) : dealGroups({ groupOf, stratum, folds, key });
  return from.filter((_, i) => dealt[i] === fold);
}

/** Stratum and group of some rows, as numbers from 0. */
function numbersOf(
  { strata, groups }: SplitInput,
  rows: Int32Array,
): { stratum: Int32Array; groupOf: Int32Array | null } {
  const own = strata.map((labels) => pick(labels, rows));
  return {
    stratum: numberStrata(rows.length, own),
    groupOf: groups === null ? null : numberGroups(Array.from(rows, (row) => groups[row]!)),
  };
}

function pick(values: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => values[row]!);
}

function without(rows: Int32Array, others: Int32Array): Int32Array {
  const left = new Set(others);
  return rows.filter((row) => !left.has(row));
}

function splitByWords(words: readonly string[], settings: SplitSettings): TableSplit {
  const rows = Int32Array.from(words, (_, row) => row);
  const rowsOf = (word: string): Int32Array => rows.filter((row) => words[row] === word);
  const split = { training: rowsOf('train'), validation: rowsOf('validation'), test: rowsOf('test') };
  const leftOut = countOtherWords(words);
  const others = [...leftOut].map(([word, count]) => `"${word}" (${count} rows)`).join(', ');
  const message = `expected rows that say train and rows that say validation in column "${settings.column}"`;
  const hint = `Other words there: ${others === '' ? 'none' : others}.`;
  if (split.training.length === 0 || split.validation.length === 0)
    throw new ExperimentError([emptyPart(split, false, message, hint, 'dataset.split.column')]);
  return split;
}

function refuseEmptyPart(split: TableSplit, { rows, settings, groups, groupedBy = '' }: SplitInput): void {
  const { validation, test, folds } = settings;
  const isTested = test != null;
  if (split.training.length > 0 && split.validation.length > 0 && !(isTested && split.test.length === 0))
    return;
  const shares = [
    ...(folds == null ? [`${validation} for validation`] : [`${folds} folds`]),
    ...(isTested ? [`${test} for testing`] : []),
  ];
  const parts = isTested ? 'in each part' : 'on both sides';
  const message = `expected rows ${parts} of a split of ${rows} rows with ${shares.join(' and ')}`;
  const keys = [folds == null ? 'validation' : 'folds', ...(isTested ? ['test'] : [])];
  const hint =
    groups === null
      ? `Change ${keys.map((key) => `dataset.split.${key}`).join(' or ')}, or give the table more rows.`
      : `Column "${groupedBy || settings.groupBy}" has too few groups, or one that is too large: choose another groupBy or share.`;
  throw new ExperimentError([emptyPart(split, isTested, message, hint, 'dataset.split')]);
}

function emptyPart(
  { training, validation, test }: TableSplit,
  isTested: boolean,
  message: string,
  hint: string,
  path: string,
): Problem {
  const found = isTested
    ? `${training.length} for training, ${validation.length} for validation and ${test.length} for testing`
    : `${training.length} for training and ${validation.length} for validation`;
  return { code: 'emptyData', path, message: `${message}, found ${found}`, hint };
}
