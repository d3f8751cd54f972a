/** What a run tells its tracker: parameters, data, metrics of each epoch, and at the end pictures, tables, weights. */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { modelFiles } from '../bundle/model.ts';
import type { Data } from '../data/dataset.ts';
import type { Document } from '../file/read.ts';
import { writeWholeText } from '../machine/whole.mjs';
import { canonicalJson } from '../plan/hash/canonical.ts';
import type { Plan } from '../plan/plan.ts';
import { confusionPicture, curvesPicture, headCurvesPicture } from '../report/pictures/plots.ts';
import { classMarkdown, classRows } from '../report/tables/class-scores.ts';
import { epochMetrics, finalMetrics } from '../report/tables/logged-metrics.ts';
import { resultsMarkdown, resultsRows } from '../report/tables/results-table.ts';
import { withoutLogins } from '../secrets.ts';
import { gatherProvenance, provenanceTags } from '../track/provenance.ts';
import type { DatasetDescription, ParameterValue, RunDescription } from '../track/run.ts';
import type { Tracker } from '../track/tracker.ts';
import type { LossScaling } from '../train/engine.ts';
import type { EpochReport } from '../train/events.ts';
import { appendHistory, readWholeEpochs, writeHistory } from '../train/history.ts';
import type { StageResult } from '../train/position.ts';
import type { Metrics } from '../train/score/metrics.ts';
import { modelFolder } from './folders.ts';

export interface RunLogOptions {
  readonly tracker: Tracker;
  /** Told what could not be done and is no reason to lose the run. */
  readonly note: (message: string) => void;
  readonly folder: string;
  readonly runId: string;
  readonly plan: Plan;
  readonly document: Document;
  /** Name in MLflow. @default the experiment's */
  readonly name?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly parent?: RunDescription['parent'];
}

export interface RunLog {
  /**
   * Begins the run in the tracker with everything that is known before training.
   * @param tensorflow version of TensorFlow and the device it computes on
   * @param epochsDone epochs of the run before this start; what was noted of later ones is dropped
   */
  begin(data: Data, tensorflow: Readonly<Record<string, string>>, epochsDone: number): Promise<void>;
  epoch(report: EpochReport): void;
  /** Pictures, tables and weights of a run that was trained to its end. */
  results(stages: readonly StageResult[], metrics: Metrics): Promise<void>;
  /** Ends a run that did not come to its end, whether or not it was begun. */
  stop(status: 'FAILED' | 'KILLED', error?: string): Promise<void>;
}

export function createRunLog(options: RunLogOptions): RunLog {
  const { tracker, note: tell, folder, runId, plan, document } = options;
  const history: EpochReport[] = [];
  let begun = false;

  const artifact = (name: string, text: string): void => {
    writeWholeText(join(folder, name), withoutLogins(text), { isHasty: true });
    tracker.artifact(join(folder, name), name);
  };

  return {
    async begin(data, tensorflow, epochsDone) {
      history.push(...readWholeEpochs(folder).slice(0, epochsDone));
      writeHistory(folder, history);
      const provenance = await gatherProvenance(import.meta.dirname, tensorflow);
      tracker.start({
        runId,
        name: options.name ?? plan.name,
        parent: options.parent,
        experiment: plan.tracking.mlflow.experiment,
        parameters: parametersOf(plan),
        tags: {
          ...provenanceTags(provenance, basename(document.file)),
          planHash: plan.hash,
          dataDigest: data.digest,
          ...options.tags,
          ...carriedTags(history),
        },
        note: plan.description,
      });
      begun = true;
      // A process that is killed loses what its spool had not written yet; the spool knows what it has.
      for (const report of history) tracker.metrics(report.runEpoch, valuesOf(report));
      for (const context of ['training', 'validation'] as const)
        tracker.dataset(describeData(plan, data, context));
      mkdirSync(join(folder, 'experiment'), { recursive: true });
      document.sources.forEach(({ file, text }, i) => {
        artifact(join('experiment', i === 0 ? basename(file) : `base-${i}-${basename(file)}`), text);
      });
      artifact('plan.json', `${canonicalJson(plan)}\n`);
      artifact('environment.json', `${JSON.stringify(provenance.environment, null, 2)}\n`);
      if (provenance.git?.isDirty) artifact('uncommitted.diff', provenance.git.diff);
    },

    epoch(report) {
      history.push(report);
      appendHistory(folder, report);
      tracker.metrics(report.runEpoch, {
        ...valuesOf(report),
        memoryMegabytes: process.memoryUsage.rss() / 1e6,
      });
    },

    async results(stages, metrics) {
      const ofHeads = resultsRows(metrics);
      tracker.table('results', ofHeads.columns, ofHeads.rows);
      const ofClasses = classRows(metrics, plan.model.heads);
      tracker.table('classes', ofClasses.columns, ofClasses.rows);
      const note = [plan.description, resultsMarkdown(metrics, stages)]
        .filter((text) => text !== '')
        .join('\n\n');
      tracker.tags({ 'mlflow.note.content': note });
      artifact('results.md', `# ${plan.name}\n\n${note}\n${classMarkdown(metrics, plan.model.heads)}`);
      tracker.artifact(join(folder, 'history.jsonl'), 'history.jsonl');
      const step = history.at(-1)?.runEpoch ?? 0;
      // Of a sweep its best is registered, by the sweep.
      const register = options.parent === undefined ? plan.tracking.mlflow.register : null;
      const model = { name: plan.name, step, folder: modelFolder(folder), register: register ?? undefined };
      tracker.model(model, finalMetrics(metrics));
      for (const name of Object.values(modelFiles))
        tracker.artifact(join(modelFolder(folder), name), `model/${name}`);
      mkdirSync(join(folder, 'pictures'), { recursive: true });
      for (const [key, draw] of picturesOf(plan, metrics, history)) {
        let png: Buffer;
        try {
          png = await draw();
        } catch (error) {
          tell(`the picture ${key} could not be drawn: ${String(error)}`);
          continue;
        }
        const file = join(folder, 'pictures', `${key}.png`);
        writeWholeText(file, png, { isHasty: true });
        tracker.image(key, step, file);
      }
    },

    async stop(status, error) {
      if (!begun) return;
      if (error !== undefined) tracker.tags({ error });
      await tracker.end(status);
    },
  };
}

/** Of one epoch. Their step is the epoch of the whole run, so that it never goes back between stages. */
function valuesOf(report: EpochReport): Record<string, number> {
  return {
    ...epochMetrics('train', report.training),
    ...epochMetrics('validation', report.validation),
    ...Object.fromEntries(
      Object.entries(report.logVariances).map(([head, s]) => [`train/${head}/logVariance`, s]),
    ),
    ...(report.lossScaling ? lossScaleMetrics(report.lossScaling) : {}),
    stage: report.stage + 1,
    learningRate: report.learningRate,
    ...(report.momentum === null ? {} : { momentum: report.momentum }),
    secondsPerEpoch: report.seconds,
    ...(report.imagesPerSecond === null ? {} : { imagesPerSecond: report.imagesPerSecond }),
  };
}

function lossScaleMetrics({ scale, skippedSteps }: LossScaling): Record<string, number> {
  return { lossScale: scale, skippedSteps };
}

function parametersOf(plan: Plan): Record<string, ParameterValue> {
  const { name: _, description: __, extends: ___, tracking: ____, ...values } = plan.experiment;
  const { parameters, trainableParameters } = plan.model;
  return flatten({ ...values, parameters, trainableParameters });
}

function describeData(plan: Plan, data: Data, context: 'training' | 'validation'): DatasetDescription {
  return {
    name: basename(plan.locations.table),
    digest: digestOfRows(data, context),
    source: plan.locations.table,
    context,
    profile: {
      rows: data.split[context].length,
      classes: Object.fromEntries(data.heads.map(({ name, classes }) => [name, classes])),
      ...(data.normalization === 'perImage'
        ? { normalize: data.normalization }
        : { mean: data.normalization.mean, std: data.normalization.std }),
    },
  };
}

/** MLflow takes two data sets of one digest for one, so that of a part covers its rows too. */
function digestOfRows(data: Data, context: 'training' | 'validation'): string {
  return createHash('sha256').update(data.digest).update(data.split[context]).digest('hex').slice(0, 36);
}

/** What other trials of a sweep trained of it. */
function carriedTags(history: readonly EpochReport[]): Record<string, string> {
  const carried = history.flatMap(({ carriedFrom }) => (carriedFrom === undefined ? [] : [carriedFrom]));
  if (carried.length === 0) return {};
  return { carriedEpochs: `${carried.length}`, carriedFrom: [...new Set(carried)].join(' ') };
}

/** What can be drawn, each by itself: one that fails costs none of the others. */
function* picturesOf(
  plan: Plan,
  metrics: Metrics,
  history: readonly EpochReport[],
): Generator<[string, () => Promise<Buffer>]> {
  if (history.length > 0) yield ['loss', () => curvesPicture(history)];
  for (const { name, classes } of plan.model.heads) {
    const { confusion, rows } = metrics.heads[name]!;
    if (rows > 0) yield [`confusion_${name}`, () => confusionPicture(name, classes, confusion)];
    if (history.length > 0) yield [`curves_${name}`, () => headCurvesPicture(name, history)];
  }
}

/** Values by their path in the file: `stages[0].optimizer.learningRate`; short lists stay whole. */
export function flatten(value: unknown, path = ''): Record<string, ParameterValue> {
  if (value === null || typeof value !== 'object')
    return path === '' ? {} : { [path]: value as ParameterValue };
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item, i) => [`${path}[${i}]`, item])
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => [path === '' ? key : `${path}.${key}`, item]);
  const isPlainList =
    Array.isArray(value) && value.every((item) => item === null || typeof item !== 'object');
  if (isPlainList || entries.length === 0) return { [path]: JSON.stringify(value) };
  return Object.assign({}, ...entries.map(([key, item]) => flatten(item, key)));
}
