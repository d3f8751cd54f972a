/**
 * Which rows are for training and which for validation. In: the number of rows, settings, strata, groups or words.
 * Out: ascending row numbers. The same on every machine: integer draws of src/random.ts and exact sums only.
 * Phases: column given → by its words; groups given → src/table/split-groups.ts; else systematic sampling, here.
 */
import { ExperimentError } from '../errors.ts';
import { namesHint } from '../file/names.ts';
import { keyFor, permutation, stream } from '../random.ts';
import { cellsOf } from './labels.ts';
import { chooseGroups } from './split-groups.ts';
import type { Labels, Split, SplitSettings, Table } from './table.ts';

export interface SplitInput {
  /** Number of rows of the table. */
  readonly rows: number;
  readonly settings: SplitSettings;
  /** Cell of the `groupBy` column by row; null without groups. An empty cell is a group of its own. */
  readonly groups: readonly string[] | null;
  /** Labels of the `stratifyBy` heads, in their order; a label that is not known is a class of its own here. */
  readonly strata: readonly Labels[];
  /** Cell of the `column` by row: `train`, `validation`, or another word, which leaves the row out. */
  readonly words?: readonly string[] | null;
}

/**
 * Splits a table as its settings say, finding the columns and heads they name.
 * @param labelsOf labels of each head by its name
 * @throws ExperimentError `unknownColumn`, `unknownHead`, `emptyData`
 */
export function splitTable(
  table: Table,
  settings: SplitSettings,
  labelsOf: ReadonlyMap<string, Labels>,
): Split {
  const strata = settings.stratifyBy.map((name) => {
    const labels = labelsOf.get(name);
    if (labels !== undefined) return labels;
    const message = `expected the name of a head, found "${name}"`;
    const hint = namesHint(name, [...labelsOf.keys()], 'The heads');
    throw new ExperimentError([{ code: 'unknownHead', path: 'dataset.split.stratifyBy', message, hint }]);
  });
  const { groupBy, column } = settings;
  return splitRows({
    rows: table.rows.length,
    settings,
    strata,
    groups: groupBy === null ? null : cellsOf(table, groupBy, 'dataset.split.groupBy'),
    words: column === null ? null : cellsOf(table, column, 'dataset.split.column'),
  });
}

/**
 * Draws the split, or reads it from `words`.
 *
 * It depends on the seed, the share, the number and order of the rows, and on which rows share a class (of the
 * strata) or a group; not on the names or order of classes, heads or other columns, nor on what the cells say.
 *
 * Without groups: round(share × rows) rows are for validation, and of every combination of classes within one row
 * of its share. The shuffled rows, sorted by combination, are sampled at equal distances from a random start
 * (systematic sampling), so each row has the same chance however rare its combination.
 * @throws ExperimentError `emptyData` where either side is empty
 */
export function splitRows({ rows, settings, groups, strata, words = null }: SplitInput): Split {
  if (words !== null) return splitByWords(words, settings);
  const wanted = Math.round(settings.validation * rows);
  const stratum = numberStrata(rows, strata);
  const isValidation =
    groups === null
      ? sampleRows(stratum, wanted, settings.seed)
      : chooseGroups({ groupOf: numberGroups(groups), stratum, wanted, seed: settings.seed });
  const split = collect(rows, (row) => isValidation[row] === 1);
  const hint =
    groups === null
      ? 'Change dataset.split.validation, or give the table more rows.'
      : `Column "${settings.groupBy}" has too few groups, or one that is too large: choose another groupBy or share.`;
  refuseEmptySide(
    split,
    `expected rows on both sides of a split of ${rows} rows with ${settings.validation} for validation`,
    hint,
    'dataset.split',
  );
  return split;
}

/**
 * Rows that a split by column leaves out, by the word that does it.
 * @param words cells of the column
 */
export function countOtherWords(words: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) {
    if (word !== 'train' && word !== 'validation') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

function splitByWords(words: readonly string[], settings: SplitSettings): Split {
  const rows = Int32Array.from(words, (_, row) => row);
  const split = {
    training: rows.filter((row) => words[row] === 'train'),
    validation: rows.filter((row) => words[row] === 'validation'),
  };
  const leftOut = countOtherWords(words);
  const others = [...leftOut].map(([word, count]) => `"${word}" (${count} rows)`).join(', ');
  const message = `expected rows that say train and rows that say validation in column "${settings.column}"`;
  const hint = `Other words there: ${others === '' ? 'none' : others}.`;
  refuseEmptySide(split, message, hint, 'dataset.split.column');
  return split;
}

/** Exactly `wanted` rows, and floor or ceiling of the share in every run of equal strata. */
function sampleRows(stratum: Int32Array, wanted: number, seed: number): Uint8Array {
  const rows = stratum.length;
  const numbers = stream(keyFor(seed, 'split'));
  const shuffled = permutation(rows, numbers);
  const rank = new Int32Array(rows);
  shuffled.forEach((row, position) => {
    rank[row] = position;
  });
  const order = [...shuffled].sort((a, b) => stratum[a]! - stratum[b]! || rank[a]! - rank[b]!);
  const start = numbers.integer(rows);
  const isValidation = new Uint8Array(rows);
  // Position i is taken where the line wanted/rows × i + start/rows passes an integer. Below 2^53: exact.
  order.forEach((row, i) => {
    const before = Math.floor((i * wanted + start) / rows);
    const after = Math.floor(((i + 1) * wanted + start) / rows);
    if (after > before) isValidation[row] = 1;
  });
  return isValidation;
}

/**
 * A number for each combination of classes, sorted by the first head, then the second and so on, with classes
 * in the order of their first row: so the shares of the first head alone are kept within one row, too.
 */
function numberStrata(rows: number, strata: readonly Labels[]): Int32Array {
  const ranks = strata.map((labels) => numberByFirst(labels));
  const order = Array.from({ length: rows }, (_, row) => row);
  const compare = (a: number, b: number): number => {
    for (const rank of ranks) {
      if (rank[a] !== rank[b]) return rank[a]! - rank[b]!;
    }
    return 0;
  };
  order.sort(compare);
  const numbers = new Int32Array(rows);
  let last = 0;
  order.forEach((row, i) => {
    if (i > 0 && compare(order[i - 1]!, row) !== 0) last += 1;
    numbers[row] = last;
  });
  return numbers;
}

/** Numbers from 0 in the order of first occurrence. */
function numberByFirst(values: Iterable<string | number>): Int32Array {
  const numbers = new Map<string | number, number>();
  const result: number[] = [];
  for (const value of values) {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    result.push(number);
  }
  return Int32Array.from(result);
}

/** An empty cell says nothing about who else is in the group, so it is a group of its own. */
function numberGroups(groups: readonly string[]): Int32Array {
  return numberByFirst(groups.map((cell, row) => (cell === '' ? row : cell)));
}

function collect(rows: number, isValidation: (row: number) => boolean): Split {
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return { training: all.filter((row) => !isValidation(row)), validation: all.filter(isValidation) };
}

function refuseEmptySide({ training, validation }: Split, message: string, hint: string, path: string): void {
  if (training.length > 0 && validation.length > 0) return;
  const found = `${message}, found ${training.length} for training and ${validation.length} for validation`;
  throw new ExperimentError([{ code: 'emptyData', path, message: found, hint }]);
}
