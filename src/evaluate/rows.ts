/**
 * Which rows a model is evaluated on, with all that their table says. In: a model, what the run that made it planned, and what
 * was asked for. Out: rows with labels, groups and paths of images. No pixel is read.
 */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { HeadDescription, ModelDescription } from '../bundle/model.ts';
import { ExperimentError, type Problem } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import { readPlan } from '../run/folders.ts';
import { imagePath, linksOutside, pathsOutside } from '../table/image-paths.ts';
import { cellsOf, countClasses, readLabels } from '../table/labels.ts';
import { readTable } from '../table/read.ts';
import { splitTable } from '../table/split.ts';
import type { Labels, Table } from '../table/table.ts';

export type Part = 'test' | 'validation';

export interface RowsWanted {
  /** A part of the run's split; null for all rows of a table that is named. */
  readonly part: Part | null;
  /** In place of the run's table and its folder of images. */
  readonly table: string | null;
  readonly images: string | null;
  /** Whether the table may name images outside that folder; null as the run's file says. */
  readonly allowOutside: boolean | null;
  /** Column of the groups; null for that of the run's split. */
  readonly groupBy: string | null;
}

export interface EvaluatedRows {
  readonly part: Part | null;
  readonly table: Table;
  /** Numbers of the table's rows, ascending. */
  readonly rows: Int32Array;
  /** Absolute paths of their images, empty where the table names none; in the order of `rows`, as all that follows. */
  readonly paths: readonly string[];
  readonly heads: readonly LabelledHead[];
  readonly groups: { readonly column: string; readonly cells: readonly string[] } | null;
  /** What should be known of it, in sentences. */
  readonly notes: readonly string[];
  /** Rows that training has looked at, and the paths of all; null for rows of another table, or where the table has changed. */
  readonly trained: { readonly rows: Int32Array; readonly paths: readonly string[] } | null;
}

export interface LabelledHead {
  readonly head: HeadDescription;
  /** Index of the training part's most frequent class; null where it is not known. */
  readonly majority: number | null;
  /** Class by row, -1 where it is not known. */
  readonly labels_N: Int32Array;
}

/** The plan of the run that a model comes from: of the folder around it, or of the run of its name. */
export function planOfModel(folder: string, { run }: ModelDescription, runs: string): Plan | null {
  for (const candidate of [dirname(folder), join(runs, run.id)]) {
    if (!existsSync(join(candidate, 'plan.json'))) continue;
    const plan = readPlan(candidate);
    if (plan.hash === run.planHash) return plan;
  }
  return null;
}

/** The part that is meant where none is named: the one for testing, where the run's split has one. */
export function usualPart({ settings, dataset }: Plan): Part {
  const { test, column } = settings.dataset.split;
  const hasTest = test != null || (column !== null && dataset.testRows !== undefined);
  return hasTest ? 'test' : 'validation';
}

/**
 * @param plan of the run; null where only the model is at hand
 * @throws ExperimentError for what is wrong with the table, or is not known without the run
 */
export function selectRows(model: ModelDescription, plan: Plan | null, wanted: RowsWanted): EvaluatedRows {
  const notes: string[] = [];
  const file = wanted.table === null ? plan?.locations.table : resolve(wanted.table);
  const images = imagesFolder(plan, wanted);
  if (file === undefined || images === undefined || (wanted.part !== null && plan === null))
    throw unknownRun(model);
  const table = readTable(file, { delimiter: model.table.delimiter });
  const labels = readHeads(model, table, wanted.table !== null, notes);
  const { rows, majorities, trained } =
    wanted.part === null
      ? { rows: Int32Array.from(table.rows.keys()), majorities: null, trained: null }
      : rowsOfPart(plan!, table, wanted.part, labels, notes);
  const pick = <T>(values: ArrayLike<T>): T[] => Array.from(rows, (row) => values[row]!);
  const cells = cellsOf(table, model.table.imageColumn, 'imageColumn');
  if (!mayLeave(plan, wanted)) {
    const outside = [
      ...pathsOutside(table, cells, images, OUTSIDE_HINT),
      ...linksOutside(table, cells, rows, images, OUTSIDE_HINT),
    ];
    if (outside.length > 0) throw new ExperimentError(outside);
  }
  const paths = cells.map((cell) => imagePath(images, cell));
  const groupBy = wanted.groupBy ?? splitColumn(plan, table);
  return {
    part: wanted.part,
    table,
    rows,
    paths: pick(paths),
    heads: model.heads.map((head) => {
      const known = head.majority === null ? null : head.classes.indexOf(head.majority);
      return {
        head,
        majority: majorities?.get(head.name) ?? known,
        labels_N: Int32Array.from(pick(labels.get(head.name)!)),
      };
    }),
    groups: groupBy === null ? null : { column: groupBy, cells: pick(cellsOf(table, groupBy, '--group-by')) },
    notes,
    trained: trained === null ? null : { rows: trained, paths },
  };
}

const OUTSIDE_HINT = '--allow-outside reads such images too.';

/** The run's own table was read by its file's rule; a run that is older than the rule had none. */
function mayLeave(plan: Plan | null, { table, allowOutside }: RowsWanted): boolean {
  if (allowOutside !== null) return allowOutside;
  const { dataset }: { dataset?: { allowOutside?: boolean } } = plan?.experiment ?? {};
  return table === null && dataset !== undefined && (dataset.allowOutside ?? true);
}

function imagesFolder(plan: Plan | null, { table, images }: RowsWanted): string | undefined {
  if (images !== null) return resolve(images);
  return table === null ? plan?.locations.images : dirname(resolve(table));
}

/** The column of the run's split, where this table has it too. */
function splitColumn(plan: Plan | null, { columns }: Table): string | null {
  const column = plan?.settings.dataset.split.groupBy ?? null;
  return column !== null && columns.includes(column) ? column : null;
}

/**
 * Labels of every head by row of the table.
 * @param mayLack whether the table may be without the column of a head, which is then left out
 */
function readHeads(
  { heads, table: { missing } }: ModelDescription,
  table: Table,
  mayLack: boolean,
  notes: string[],
): Map<string, Labels> {
  const problems: Problem[] = [];
  const labels = new Map<string, Labels>();
  const absent: string[] = [];
  for (const head of heads) {
    if (mayLack && !table.columns.includes(head.column)) {
      absent.push(head.column);
      labels.set(head.name, new Int32Array(table.rows.length).fill(-1));
      continue;
    }
    const read = readLabels(table, head, missing);
    problems.push(...read.problems);
    labels.set(head.name, read.labels);
  }
  if (absent.length === heads.length) {
    const hint = `Its columns: ${table.columns.join(', ')}. The heads read ${absent.join(', ')}.`;
    const message = `expected labels of at least one head in ${table.file}, found the column of none`;
    problems.push({ code: 'unknownColumn', path: '--table', message, hint });
  }
  if (problems.length > 0) throw new ExperimentError(problems);
  if (absent.length > 0)
    notes.push(`${table.file} has no column ${absent.join(', ')}: those heads are not evaluated.`);
  return labels;
}

function rowsOfPart(
  { settings: { dataset } }: Plan,
  table: Table,
  part: Part,
  labels: ReadonlyMap<string, Labels>,
  notes: string[],
): { rows: Int32Array; majorities: Map<string, number>; trained: Int32Array | null } {
  const isChanged = dataset.tableDigest !== table.digest;
  if (isChanged)
    notes.push(
      `${table.file} is not as it was when the model was trained: rows that were for training may be among these.`,
    );
  const split = splitTable(table, dataset, labels, dataset.heads);
  if (split[part].length === 0) {
    const message = `the split of this run has no rows for testing`;
    const hint =
      'Evaluate --part validation, or a table of other images: --table FILE --images FOLDER. Training with split: { test: 0.15 } sets rows aside.';
    throw new ExperimentError([{ code: 'emptyData', path: '--part', message, hint }]);
  }
  const majorities = new Map(
    dataset.heads.map(({ name, classes }) => {
      const counts = countClasses(labels.get(name)!, split.training, classes.length);
      return [name, counts.indexOf(Math.max(...counts))];
    }),
  );
  const trained = isChanged ? null : Int32Array.from([...split.training, ...split.validation]).sort();
  return { rows: split[part], majorities, trained };
}

function unknownRun({ run }: ModelDescription): ExperimentError {
  const message = `the run ${run.id} is not here, so its table and its split are not known`;
  const hint = 'Name the rows: --table FILE --images FOLDER evaluates all rows of a table.';
  return new ExperimentError([{ code: 'unknownRun', path: '--part', message, hint }]);
}
