/**
 * The program from TypeScript and JavaScript: what `import … from 'manyheads'` gives. index.d.mts tells its types to users of
 * the package; test/package.test.ts holds the two together.
 */
import { resolve } from 'node:path';
import type { Model } from './bundle/model.ts';
import { createPredictor } from './bundle/predictor.ts';
import { readModel } from './bundle/read.ts';
import { findModel } from './commands/model/find-model.ts';
import { packageModel } from './export/mlflow/package.ts';
import type { WrittenFile } from './file/read.ts';
import { compilePlan as compile } from './plan/compile.ts';
import type { Plan } from './plan/plan.ts';
import { answersOf } from './predict/answers.ts';
import { batchOf } from './predict/decode-ahead.ts';
import { decodeIn } from './predict/decode-in.ts';
import { type AnswerObject, answerObject } from './predict/formats/json-lines.ts';
import { createGate } from './predict/gate.ts';
import type { Progress } from './report/progress/progress.ts';
import { runExperiment as run } from './run/experiment.ts';
import { runsFolder } from './run/folders.ts';
import type { RunOutcome } from './run/outcome.ts';
import type { Experiment } from './schema/experiment.ts';
import { prepareDevice } from './tensorflow/device.ts';
import type { TrainEvent } from './train/events.ts';

export { ExperimentError, RunError } from './errors.ts';

export interface LoadModelOptions {
  /** Images of one call of TensorFlow, at most. @default 32 */
  readonly batchSize?: number;
  /** Told what a person should know. @default nobody is told */
  readonly onNote?: (message: string) => void;
}

export interface LoadedModel {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly heads: Model['description']['heads'];
  /**
   * @param images paths of files, or what files hold
   * @returns an answer for each, in their order; a damaged image has its `error`
   * @throws RunError where TensorFlow refuses
   */
  predict(images: readonly (string | Uint8Array)[], options?: PredictOptions): Promise<AnswerObject[]>;
}

export interface PredictOptions {
  /** Classes in `top` of each head. @default 1 */
  readonly top?: number;
  /** Averages the probabilities with those of the mirrored image. @default false */
  readonly flip?: boolean;
}

/** Images that are decoded at a time. */
const AT_ONCE = 8;

/**
 * Loads a trained model.
 * @param name a run or the beginning of its name, `latest`, a sweep (its best trial), or the folder of a model
 * @throws ExperimentError where there is none, or it is damaged; RunError where it does not answer as it did
 */
export async function loadModel(name: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  const { batchSize = 32, onNote = () => undefined } = options;
  const model = readModel(await findModel(name, runsFolder(), { notify: onNote }));
  prepareDevice({ device: 'auto', memoryGrowth: true });
  const predictor = await createPredictor(model, { batchSize });
  const { description } = model;
  const { decodedSize, fit } = description.input;
  const gate = createGate(AT_ONCE);

  async function answersOfBatch(
    images: readonly (string | Uint8Array)[],
    first: number,
    { top = 1, flip = false }: PredictOptions,
  ): Promise<AnswerObject[]> {
    const decoded = await Promise.all(images.map((image) => decodeIn(gate, image, decodedSize, fit)));
    const sources = images.map((image, i) => ({
      name: typeof image === 'string' ? image : `image ${first + i + 1}`,
      path: '',
    }));
    const batch = batchOf(sources, decoded, decodedSize);
    const prediction = batch.pixels.length === 0 ? null : await predictor.predict(batch.pixels, { flip });
    const format = { heads: description.heads, top, features: 0 };
    return answersOf(batch, prediction, description, { top, features: false }).map((answer) =>
      answerObject(answer, format),
    );
  }

  return {
    name: description.name,
    folder: model.folder,
    heads: description.heads,

    async predict(images, predictOptions = {}) {
      const answers: AnswerObject[] = [];
      for (let first = 0; first < images.length; first += batchSize)
        answers.push(
          ...(await answersOfBatch(images.slice(first, first + batchSize), first, predictOptions)),
        );
      return answers;
    },
  };
}

export interface ExperimentOptions {
  /** `path=value` arguments, as on the command line. */
  readonly overrides?: readonly string[];
  /** Folder that paths in an experiment that is an object start from. @default the current one */
  readonly folder?: string;
}

/**
 * @param experiment path of a file, or the experiment as an object
 * @returns the plan: every value resolved, shapes, parameters, costs
 * @throws ExperimentError with every mistake
 */
export function compilePlan(experiment: string | Experiment, options: ExperimentOptions = {}): Plan {
  return compile(fileOf(experiment, options), { overrides: options.overrides ?? [] }).plan;
}

export interface RunExperimentOptions extends ExperimentOptions {
  /** Go on with the newest run of this plan that was not finished. @default false */
  readonly resume?: boolean;
  /** Ends the run with a checkpoint. */
  readonly signal?: AbortSignal;
  /** Told what happens: stages, steps, epochs. */
  readonly onEvent?: (event: TrainEvent) => void;
  /** Told what a person should know. @default nobody is told */
  readonly onNote?: (message: string) => void;
}

/**
 * Trains an experiment, as `run FILE` does: its run is in the folder of the runs, and MLflow is told.
 * @throws ExperimentError for the input, RunError where training failed
 */
export function runExperiment(
  experiment: string | Experiment,
  options: RunExperimentOptions = {},
): Promise<RunOutcome> {
  const { overrides = [], resume = false, signal = new AbortController().signal } = options;
  const { onEvent = () => undefined, onNote = () => undefined } = options;
  const progress: Progress = { onEvent, note: onNote, preparing: () => undefined, close: () => undefined };
  return run(fileOf(experiment, options), { overrides, resume, signal, progress, packageModel });
}

function fileOf(experiment: string | Experiment, { folder = '' }: ExperimentOptions): string | WrittenFile {
  if (typeof experiment === 'string') return experiment;
  const file = resolve(folder, 'experiment.json');
  return { file, text: JSON.stringify(experiment, null, 2) };
}
