/**
 * Experiment to plan.
 *
 *   YAML ─ read ─▶ document ─ schema ─▶ experiment ─ table ─▶ heads ─ rules ─▶ settings ─ network ─▶ figures
 *          1. syntax, extends,   2. every key      3. classes,     4. across keys    5. shapes,
 *             variables                               columns, rows                     parameters, costs
 *
 * Every step adds its problems to one list; the list is thrown as a whole. No pixel is read and no tensor made.
 */
import { existsSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { ExperimentError, type Problem } from '../errors.ts';
import type { Path } from '../file/path.ts';
import { type Document, readDocument } from '../file/read.ts';
import { describeNetwork, ImageTooSmallError } from '../model/describe.ts';
import type { Network } from '../model/network.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { checkExperiment } from '../schema/validate.ts';
import { findClasses, readLabels } from '../table/labels.ts';
import { readTable } from '../table/read.ts';
import { splitTable } from '../table/split.ts';
import type { HeadColumn, Table } from '../table/table.ts';
import { checkExperimentRules, type Reporter, reporterFor } from './check.ts';
import { modelFigures, stageFigures } from './figures.ts';
import { hashSettings } from './hash.ts';
import type { DataFigures, Locations, Plan, Settings } from './plan.ts';
import { settingsOf } from './settings.ts';

export interface CompileOptions {
  /** `path=value` arguments. */
  readonly overrides?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether an absent table is a mistake (to train) or leaves some figures out (to plan). @default false */
  readonly needTable?: boolean;
}

export interface Compiled {
  readonly plan: Plan;
  readonly document: Document;
  /** Where the value at a path comes from. */
  readonly originOf: (path: Path) => string;
  readonly networkFor: (imageSize: number) => Network;
}

/**
 * @param file path of the experiment
 * @throws ExperimentError with every problem of the file, what it extends, the overrides and the table
 */
export function compilePlan(file: string, options: CompileOptions = {}): Compiled {
  const problems: Problem[] = [];
  const { document, problems: fileProblems } = readDocument(file, {
    overrides: options.overrides ?? [],
    environment: options.environment ?? process.env,
  });
  problems.push(...fileProblems);
  const checked = checkExperiment(document);
  problems.push(...checked.problems);
  const { experiment } = checked;
  if (experiment === undefined) throw new ExperimentError(problems);

  const report = reporterFor(document, problems);
  const locations = locate(document, experiment);
  const table = openTable(locations, experiment, options.needTable ?? false, report, problems);
  const heads = headsOf(experiment, table, report);
  const isWritten = (path: Path): boolean => valueAt(document.value, path) !== undefined;
  checkExperimentRules(experiment, heads, table, isWritten, report);
  const data = problems.length === 0 ? dataFigures(experiment, heads, table, report, problems) : noData;
  if (problems.length > 0) throw new ExperimentError(problems);

  const settings = settingsOf(experiment, heads, table?.digest ?? null);
  const networkFor = networks(settings);
  checkSizes(settings, networkFor, data, report);
  if (problems.length > 0) throw new ExperimentError(problems);

  const plan: Plan = {
    name: experiment.name,
    description: experiment.description ?? '',
    hash: hashSettings(settings),
    settings,
    tracking: experiment.tracking,
    dataset: data,
    model: modelFigures(settings, networkFor(settings.stages[0]!.imageSize)),
    stages: settings.stages.map((stage) => stageFigures(settings, stage, networkFor(stage.imageSize), data)),
    locations,
    experiment,
  };
  return { plan, document, originOf: checked.originOf, networkFor };
}

/** Paths of the file are relative to the file they stand in, those of an argument to the current folder. */
function locate(document: Document, { dataset }: ResolvedExperiment): Locations {
  const at = (path: Path, written: string): string =>
    isAbsolute(written) ? written : resolve(document.originOf(path).folder, written);
  return {
    file: document.file,
    table: at(['dataset', 'table'], dataset.table),
    images: at(['dataset', 'images'], dataset.images),
  };
}

function openTable(
  { table }: Locations,
  { dataset }: ResolvedExperiment,
  needed: boolean,
  report: Reporter,
  problems: Problem[],
): Table | null {
  if (!existsSync(table)) {
    if (needed) {
      report(
        'fileNotFound',
        ['dataset', 'table'],
        `there is no file ${relative('', table)}`,
        'Paths are relative to the file that they stand in.',
      );
    }
    return null;
  }
  try {
    return readTable(table, { delimiter: dataset.delimiter });
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    problems.push(...error.problems);
    return null;
  }
}

function headsOf({ dataset }: ResolvedExperiment, table: Table | null, report: Reporter): HeadColumn[] {
  return Object.entries(dataset.attributes).map(([name, attribute]) => {
    const given =
      attribute === null || Array.isArray(attribute) ? { classes: attribute ?? undefined } : attribute;
    const column = ('column' in given ? given.column : undefined) ?? name;
    if (given.classes !== undefined) return { name, column, classes: given.classes };
    if (table === null) {
      report.key(
        'emptyData',
        ['dataset', 'attributes', name],
        'its classes are not written, and the table they would be found in is absent',
        'Write the classes out as a list.',
      );
      return { name, column, classes: [] };
    }
    const classes = table.columns.includes(column) ? findClasses(table, column, dataset.missing) : [];
    if (classes.length < 2 && table.columns.includes(column)) {
      report.key(
        'emptyData',
        ['dataset', 'attributes', name],
        `expected at least two classes in the column "${column}", found ${classes.length === 0 ? 'none' : `only "${classes[0]}"`}`,
      );
    }
    return { name, column, classes };
  });
}

const noData: DataFigures = { rows: null, trainingRows: null, validationRows: null };

function dataFigures(
  { dataset }: ResolvedExperiment,
  heads: readonly HeadColumn[],
  table: Table | null,
  report: Reporter,
  problems: Problem[],
): DataFigures {
  if (table === null) return noData;
  const labels = new Map<string, Int32Array>();
  for (const head of heads) {
    const read = readLabels(table, head, dataset.missing);
    problems.push(...read.problems);
    labels.set(head.name, read.labels);
  }
  if (problems.length > 0) return noData;
  const split = splitTable(table, dataset.split, labels);
  for (const [side, rows] of Object.entries(split)) {
    if (rows.length === 0) report('emptyData', ['dataset', 'split'], `the ${side} part has no row`);
  }
  return {
    rows: table.rows.length,
    trainingRows: split.training.length,
    validationRows: split.validation.length,
  };
}

/** A network for each image size, described once. */
function networks({ model, dataset }: Settings): (imageSize: number) => Network {
  const known = new Map<number, Network>();
  return (imageSize) => {
    const network = known.get(imageSize) ?? describeNetwork(model, dataset.heads, imageSize);
    known.set(imageSize, network);
    return network;
  };
}

function checkSizes(
  settings: Settings,
  networkFor: (size: number) => Network,
  data: DataFigures,
  report: Reporter,
): void {
  settings.stages.forEach(({ imageSize, batchSize, stepsPerEpoch }, i) => {
    try {
      networkFor(imageSize);
    } catch (error) {
      if (!(error instanceof ImageTooSmallError)) throw error;
      report(
        'outOfRange',
        ['stages', i, 'imageSize'],
        error.message,
        'Use larger images, or a backbone that halves them less often.',
      );
    }
    const full = Math.ceil((data.trainingRows ?? Number.POSITIVE_INFINITY) / batchSize);
    if (stepsPerEpoch !== null && stepsPerEpoch > full) {
      report(
        'outOfRange',
        ['stages', i, 'stepsPerEpoch'],
        `expected at most ${full}, which is the whole training part of ${data.trainingRows} rows in batches of ${batchSize}, got ${stepsPerEpoch}`,
      );
    }
  });
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string | number, unknown>)[key];
  }
  return at;
}
