/**
 * Experiment to plan.
 *
 *   YAML ─ read ─▶ document ─ schema ─▶ experiment ─ table ─▶ heads ─ rules ─▶ settings ─ network ─▶ figures
 *          1. syntax, extends,   2. every key      3. classes,     4. across keys    5. shapes,
 *             variables                               columns, rows                     parameters, costs
 *
 * Every step adds its problems to one list; the list is thrown as a whole. No pixel is read and no tensor made.
 */
import { ExperimentError, type Problem } from '../errors.ts';
import type { Path } from '../file/path.ts';
import { sortProblems } from '../file/problems.ts';
import { type Document, readDocument, type WrittenFile } from '../file/read.ts';
import { type Reporter, reporterFor } from '../file/reporter.ts';
import { ImageTooSmallError } from '../model/describe.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import { type Checked, checkExperiment } from '../schema/validate.ts';
import { variantsOf } from '../schema/variants.ts';
import { valueWithoutSecrets, withoutSecrets } from '../secrets.ts';
import { own } from '../words.ts';
import { epochBatches } from './batches.ts';
import {
  checkImagePaths,
  countData,
  type DataMemory,
  factsOfTable,
  headsOf,
  locate,
  noData,
  openTable,
} from './data.ts';
import { modelFigures, stageFigures, stepsOfEpoch } from './figures.ts';
import { hashSettings } from './hash/hash.ts';
import { type NetworkFor, type NetworkMemory, type NetworkStage, networks } from './networks.ts';
import type { DataFigures, Locations, Plan, Settings, WeightsFigures } from './plan.ts';
import { checkWeightsOfAbsent } from './rules/loss.ts';
import { checkExperimentRules } from './rules/rules.ts';
import { checkPolicySteps } from './rules/schedule.ts';
import { checkMeasurable } from './rules/selection.ts';
import { settingsOf } from './settings.ts';
import { warningsOf } from './warnings.ts';
import { checkWeights, openWeights, weightsPlan } from './weights.ts';

export interface CompileOptions {
  /** `path=value` arguments. */
  readonly overrides?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** Whether an absent table is a mistake (to train) or leaves some figures out (to plan). @default false */
  readonly needTable?: boolean;
  /** What was found before, for compiling many experiments that are alike. */
  readonly memory?: CompileMemory;
}

export interface CompileMemory {
  readonly data: DataMemory;
  readonly networks: NetworkMemory;
}

export interface Compiled {
  readonly plan: Plan;
  readonly document: Document;
  /** Where the value at a path comes from. */
  readonly originOf: (path: Path) => string;
  readonly networkFor: NetworkFor;
  /** `tracking.mlflow.uri` with all that is secret in it, of which the plan has none. */
  readonly mlflowUri: string | null;
}

/**
 * @param file path of the experiment, or the experiment as text
 * @throws ExperimentError with every problem of the file, what it extends, the overrides and the table
 */
export function compilePlan(file: string | WrittenFile, options: CompileOptions = {}): Compiled {
  const read = readDocument(file, {
    overrides: options.overrides ?? [],
    environment: options.environment ?? process.env,
    variantAt: variantsOf('experiment'),
  });
  return compileDocument(read.document, read.problems, options);
}

/**
 * The same, from a document.
 * @param fileProblems what reading it has found
 */
export function compileDocument(
  document: Document,
  fileProblems: readonly Problem[],
  options: Pick<CompileOptions, 'needTable' | 'memory'> = {},
): Compiled {
  const { checked, experiment, locations, settings, data, networkFor, weights } = resolveDocument(
    document,
    fileProblems,
    options,
  );
  const withoutWarnings: Omit<Plan, 'warnings'> = {
    name: experiment.name,
    description: withoutSecrets(experiment.description ?? ''),
    hash: hashSettings(settings),
    settings,
    tracking: valueWithoutSecrets(experiment.tracking),
    dataset: data,
    model: modelFigures(settings, networkFor(settings.stages[0]!), weights),
    stages: settings.stages.map((stage) => stageFigures(settings, stage, networkFor(stage), data)),
    locations,
    execution: executionOf(experiment),
    experiment: valueWithoutSecrets(experiment),
  };
  const plan: Plan = { ...withoutWarnings, warnings: warningsOf(withoutWarnings, document) };
  const { uri } = experiment.tracking.mlflow;
  return { plan, document, originOf: checked.originOf, networkFor, mlflowUri: uri };
}

export interface Resolved {
  readonly checked: Checked;
  readonly experiment: ResolvedExperiment;
  readonly locations: Locations;
  readonly settings: Settings;
  readonly data: DataFigures;
  readonly networkFor: NetworkFor;
  /** What the file of weights gives; null for none. */
  readonly weights: WeightsFigures | null;
}

/** Everything up to the settings, all rules checked, without figures and hash. @throws ExperimentError */
export function resolveDocument(
  document: Document,
  fileProblems: readonly Problem[],
  options: Pick<CompileOptions, 'needTable' | 'memory'> = {},
): Resolved {
  const problems: Problem[] = [...fileProblems];
  const checked = checkExperiment(document);
  problems.push(...checked.problems);
  const { experiment } = checked;
  if (experiment === undefined || document.incomplete) throw new ExperimentError(sortProblems(problems));

  const report = reporterFor(document, problems);
  const locations = locate(document, experiment);
  const isTableKnown = !document.unread(['dataset', 'table']);
  const known = options.memory?.data.get(experiment, locations);
  const table =
    known?.table ??
    (isTableKnown ? openTable(locations, experiment, options.needTable ?? false, report) : null);
  const heads = known?.heads ?? headsOf(experiment, table, report, problems);
  const isWritten = (path: Path): boolean => valueAt(document.value, path) !== undefined;
  if (known === undefined) checkImagePaths(experiment, locations, table, report);
  checkExperimentRules(experiment, heads, table, isWritten, report);
  // Labels and split can only be read where all that is said of the data is right.
  const isDataWrong = problems.some(({ path }) => path.startsWith('dataset'));
  const counted =
    known?.data ?? (isDataWrong ? noData : countData(experiment, heads, table, report, problems));
  if (known === undefined && problems.length === 0)
    options.memory?.data.keep(experiment, locations, { table, heads, data: counted });
  if (counted.counted !== null) {
    checkWeightsOfAbsent(experiment, counted.counted, report);
    checkMeasurable(experiment, counted.counted, report);
  }
  const data = counted.figures;
  const opened = openWeights(locations.weights, report);
  const settings = settingsOf(
    experiment,
    heads,
    factsOfTable(table, experiment.dataset.imageColumn),
    data.trainingRows,
    weightsPlan(experiment.model, opened),
  );
  const networkFor = networks(settings, options.memory?.networks);
  checkSizes(settings, networkFor, data, report);
  checkPolicySteps(
    experiment,
    settings.stages.map((stage) => stepsOfEpoch(stage, data)),
    report,
  );
  // A network can be described where its images are large enough.
  const isDescribed = !problems.some(({ path }) => path.endsWith('imageSize') || path.startsWith('dataset'));
  const weights =
    isDescribed && opened !== null
      ? checkWeights(settings.weights!, opened, networkFor(settings.stages[0]!), report)
      : null;
  if (problems.length > 0) throw new ExperimentError(sortProblems(problems));
  return { checked, experiment, locations, settings, data, networkFor, weights };
}

function executionOf({ dataset, execution }: ResolvedExperiment): Plan['execution'] {
  const { device, memoryGrowth, xla, checkpointEvery } = execution;
  return { residence: dataset.residence, device, memoryGrowth, xla, checkpointEvery };
}

function checkSizes(settings: Settings, networkFor: NetworkFor, data: DataFigures, report: Reporter): void {
  settings.stages.forEach((stage, i) => {
    const { imageSize, batchSize, stepsPerEpoch } = stage;
    const { trainingRows } = data;
    const lost = layerWithoutOutput(networkFor, stage);
    if (lost !== undefined) {
      let enough = imageSize + 1;
      while (layerWithoutOutput(networkFor, { ...stage, imageSize: enough }) !== undefined) enough += 1;
      report(
        'outOfRange',
        ['stages', i, 'imageSize'],
        `expected at least ${enough} pixels for the backbone ${settings.model.backbone.name}, got ${imageSize}`,
        `Its layer ${lost} would have nothing left; fewer blocks halve the images less often.`,
      );
    }
    if (trainingRows === null) return;
    const full = epochBatches(trainingRows, { ...stage, stepsPerEpoch: null }).steps;
    if (full === 0) {
      report(
        'outOfRange',
        ['stages', i, 'batchSize'],
        `expected at most ${trainingRows}, the rows of the training part, because lastBatch: drop leaves out a batch that is not full; got ${batchSize}`,
        'Take smaller batches, or lastBatch: even.',
      );
    } else if (stepsPerEpoch !== null && stepsPerEpoch > full) {
      report(
        'outOfRange',
        ['stages', i, 'stepsPerEpoch'],
        `expected at most ${full}, which is the whole training part of ${trainingRows} rows in batches of ${batchSize}, got ${stepsPerEpoch}`,
        'Without stepsPerEpoch an epoch is the whole training part.',
      );
    }
  });
}

/** @returns name of the layer at which images of this size become empty */
function layerWithoutOutput(networkFor: NetworkFor, stage: NetworkStage): string | undefined {
  try {
    networkFor(stage);
    return undefined;
  } catch (error) {
    if (error instanceof ImageTooSmallError) return error.layer;
    throw error;
  }
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = own(at as Record<string, unknown>, String(key));
  }
  return at;
}
