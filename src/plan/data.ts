/** What the plan must know of the table: where it is, which classes it holds, how many rows are on each side. */
import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { ExperimentError, type Problem } from '../errors.ts';
import { displayPath } from '../file/load.ts';
import type { Path } from '../file/path.ts';
import type { Document } from '../file/read.ts';
import type { Reporter } from '../file/reporter.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { pathsOutside } from '../table/image-paths.ts';
import { cellsOf, countClasses, findClasses, readLabels, unknownLabel } from '../table/labels.ts';
import { readTable } from '../table/read.ts';
import { countRepeatedImages, repeatsImages } from '../table/repeated-images.ts';
import { splitTable } from '../table/split.ts';
import type { Table } from '../table/table.ts';
import type { DataFigures, HeadPlan, Locations, TableFacts } from './plan.ts';

/** A head with the rows of each of its classes on both sides of the split. */
export interface CountedHead extends HeadPlan {
  readonly trainingCounts: ArrayLike<number>;
  readonly validationCounts: ArrayLike<number>;
}

export interface CountedData {
  readonly figures: DataFigures;
  /** Null where the labels could not be read. */
  readonly counted: readonly CountedHead[] | null;
}

/** What compiling an experiment has found out about its data. */
export interface KnownData {
  readonly table: Table | null;
  readonly heads: readonly HeadPlan[];
  readonly data: CountedData;
}

/** Data of experiments that were compiled without a problem, so that a table is read once for many of them. */
export interface DataMemory {
  get(experiment: ResolvedExperiment, locations: Locations): KnownData | undefined;
  keep(experiment: ResolvedExperiment, locations: Locations, known: KnownData): void;
}

export function createDataMemory(): DataMemory {
  const known = new Map<string, KnownData>();
  const keyOf = ({ dataset }: ResolvedExperiment, { table, images }: Locations): string =>
    JSON.stringify([dataset, table, images]);
  return {
    get: (experiment, locations) => known.get(keyOf(experiment, locations)),
    keep: (experiment, locations, data) => void known.set(keyOf(experiment, locations), data),
  };
}

/** Paths of the file are relative to the file they stand in, those of an argument to the current folder. */
export function locate(document: Document, { dataset, model }: ResolvedExperiment): Locations {
  const at = (path: Path, written: string): string =>
    isAbsolute(written) ? written : resolve(document.originOf(path).folder, written);
  return {
    file: document.file,
    table: at(['dataset', 'table'], dataset.table),
    images: at(['dataset', 'images'], dataset.images),
    weights: model.weights === null ? null : at(['model', 'weights', 'file'], model.weights.file),
  };
}

export function openTable(
  { table, images }: Locations,
  { dataset }: ResolvedExperiment,
  needed: boolean,
  report: Reporter,
): Table | null {
  const hint = 'A path in a file is relative to that file, one in an argument to the current folder.';
  const isThere = existsSync(table);
  if (needed && !isThere)
    report('fileNotFound', ['dataset', 'table'], `there is no file ${displayPath(table)}`, hint);
  // Without this, every row of the table would be reported as a missing image.
  if ((needed || isThere) && !existsSync(images))
    report('fileNotFound', ['dataset', 'images'], `there is no folder ${displayPath(images)}`, hint);
  return isThere
    ? (placed(['dataset', 'table'], report, () => readTable(table, { delimiter: dataset.delimiter })) ?? null)
    : null;
}

/** @returns what `read` returns; where it throws, its problems are reported, those without a place at the path */
function placed<T>(path: Path, report: Reporter, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    for (const problem of error.problems) {
      if (problem.place) report.all([problem]);
      else report(problem.code, placeOf(problem, path), problem.message, problem.hint);
    }
    return undefined;
  }
}

/** Folds are a number of the file; what else is wrong with a split is a matter of several of its keys. */
function placeOf({ path: said }: Problem, path: Path): Path {
  return said === 'dataset.split.folds' ? ['dataset', 'split', 'folds'] : path;
}

export function headsOf(
  { dataset }: ResolvedExperiment,
  table: Table | null,
  report: Reporter,
  known: readonly Problem[],
): HeadPlan[] {
  const isTableReported = known.some(({ path }) => path === 'dataset.table');
  return Object.entries(dataset.attributes).map(([name, attribute]) => {
    const given =
      attribute === null || Array.isArray(attribute) ? { classes: attribute ?? undefined } : attribute;
    const column = ('column' in given ? given.column : undefined) ?? name;
    const ordinal = 'ordinal' in given && given.ordinal;
    if (given.classes !== undefined) return { name, column, classes: given.classes, ordinal };
    if (table === null) {
      if (!isTableReported) {
        report.key(
          'emptyData',
          ['dataset', 'attributes', name],
          `its classes are not written, and there is no table at ${dataset.table} to find them in`,
          'Write the classes out as a list, or bring the table.',
        );
      }
      return { name, column, classes: [], ordinal };
    }
    const classes = table.columns.includes(column) ? findClasses(table, column, dataset.missing) : [];
    if (classes.length < 2 && table.columns.includes(column)) {
      report.key(
        'emptyData',
        ['dataset', 'attributes', name],
        `expected at least two classes in the column "${column}", found ${classes.length === 0 ? 'none' : `only "${classes[0]}"`}`,
        'Take another column, or remove this attribute.',
      );
    }
    return { name, column, classes, ordinal };
  });
}

/** What of a table is part of the settings. @param table null where it is absent */
export function factsOfTable(table: Table | null, imageColumn: string): TableFacts | null {
  if (table === null) return null;
  const isThere = table.columns.includes(imageColumn);
  return {
    digest: table.digest,
    repeatsImages: isThere && repeatsImages(cellsOf(table, imageColumn, 'dataset.imageColumn')),
  };
}

export const OUTSIDE_HINT = 'dataset.allowOutside: true reads such images too.';

/** Images outside their folder, as far as what is written tells it. */
export function checkImagePaths(
  { dataset }: ResolvedExperiment,
  { images }: Locations,
  table: Table | null,
  report: Reporter,
): void {
  if (table === null || dataset.allowOutside || !table.columns.includes(dataset.imageColumn)) return;
  const cells = cellsOf(table, dataset.imageColumn, 'dataset.imageColumn');
  report.all(pathsOutside(table, cells, images, OUTSIDE_HINT));
}

/** Where the table is absent or wrong. */
export const noData: CountedData = {
  figures: { rows: null, trainingRows: null, validationRows: null },
  counted: null,
};

export function countData(
  { dataset }: ResolvedExperiment,
  heads: readonly HeadPlan[],
  table: Table | null,
  report: Reporter,
  problems: Problem[],
): CountedData {
  if (table === null) return noData;
  const before = problems.length;
  const labels = new Map<string, Int32Array>();
  for (const head of heads) {
    const read = readLabels(table, head, dataset.missing);
    problems.push(...read.problems);
    labels.set(head.name, read.labels);
  }
  if (problems.length > before) return noData;
  const split = placed(['dataset', 'split'], report, () => splitTable(table, dataset, labels, heads));
  if (split === undefined) return noData;
  for (const { name } of heads) {
    const labelsOfHead = labels.get(name)!;
    if (split.training.some((row) => labelsOfHead[row] !== unknownLabel)) continue;
    report.key(
      'emptyData',
      ['dataset', 'attributes', name],
      `expected labels of ${name} in the training part, found none in its ${split.training.length} rows`,
      'Is it the right column, and is dataset.missing right?',
    );
  }
  const countsOf = ({ name, classes }: HeadPlan, rows: Int32Array): Int32Array =>
    countClasses(labels.get(name)!, rows, classes.length);
  const cells = cellsOf(table, dataset.imageColumn, 'dataset.imageColumn');
  const repeated = countRepeatedImages(cells, labels, split);
  return {
    figures: {
      rows: table.rows.length,
      trainingRows: split.training.length,
      validationRows: split.validation.length,
      ...(split.test.length === 0 ? {} : { testRows: split.test.length }),
      ...(repeated === null ? {} : { repeatedImages: repeated }),
    },
    counted: heads.map((head) => ({
      ...head,
      trainingCounts: countsOf(head, split.training),
      validationCounts: countsOf(head, split.validation),
    })),
  };
}
