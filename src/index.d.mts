/** Types of the package, for its users: what index.ts gives, without the types of its insides. */
import type { Experiment } from './schema/experiment.ts';

export type { Experiment };

/** One mistake: where, what was expected, what was found, what to do. */
export interface Problem {
  readonly code: string;
  /** Path in the language, as `stages[0].epochs`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly place?: { readonly file: string; readonly line: number; readonly column: number } | undefined;
  readonly hint?: string | undefined;
}

/** The input is wrong. Carries every problem found, in the order of the file. */
export class ExperimentError extends Error {
  readonly problems: readonly Problem[];
}

/** A run failed through no mistake in its input: out of disk, a loss that is no number, no compiler. */
export class RunError extends Error {
  /** What to do about it, one sentence. */
  readonly hint: string | undefined;
}

export interface Head {
  readonly name: string;
  /** In the order of the probabilities. */
  readonly classes: readonly string[];
  /** Whether they stand in an order, from low to high. */
  readonly ordinal: boolean;
}

export interface HeadAnswer {
  /** Null for "don't know". */
  readonly class: string | null;
  readonly probability: number;
  /** By class. */
  readonly probabilities: Readonly<Record<string, number>>;
  /** The most probable classes, where more than one is asked for. */
  readonly top?: readonly { readonly class: string; readonly probability: number }[];
}

export interface Answer {
  /** The path; the number of an image that was given as bytes. */
  readonly image: string;
  /** By head; null for a damaged image. */
  readonly heads: Readonly<Record<string, HeadAnswer>> | null;
  /** What is wrong with the image. */
  readonly error: string | null;
}

export interface LoadModelOptions {
  /** Images of one call of TensorFlow, at most. @default 32 */
  readonly batchSize?: number;
  /** Told what a person should know. @default nobody is told */
  readonly onNote?: (message: string) => void;
}

export interface PredictOptions {
  /** Classes in `top` of each head. @default 1 */
  readonly top?: number;
  /** Averages the probabilities with those of the mirrored image. @default false */
  readonly flip?: boolean;
}

export interface LoadedModel {
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly heads: readonly Head[];
  /**
   * @param images paths of files, or what files hold
   * @returns an answer for each, in their order; a damaged image has its `error`
   * @throws RunError where TensorFlow refuses
   */
  predict(images: readonly (string | Uint8Array)[], options?: PredictOptions): Promise<Answer[]>;
}

/**
 * Loads a trained model.
 * @param name a run or the beginning of its name, `latest`, a sweep (its best trial), or the folder of a model
 * @throws ExperimentError where there is none, or it is damaged; RunError where it does not answer as it did
 */
export function loadModel(name: string, options?: LoadModelOptions): Promise<LoadedModel>;

export interface ExperimentOptions {
  /** `path=value` arguments, as on the command line. */
  readonly overrides?: readonly string[];
  /** Folder that paths in an experiment that is an object start from. @default the current one */
  readonly folder?: string;
}

/** An experiment with every value resolved, and what follows from it. */
export interface Plan {
  readonly name: string;
  /** The same for experiments that train the same. */
  readonly hash: string;
  /** Rows of the table; null where it is not there. */
  readonly dataset: {
    readonly rows: number | null;
    readonly trainingRows: number | null;
    readonly validationRows: number | null;
  };
  readonly model: {
    readonly parameters: number;
    readonly trainableParameters: number;
    readonly pooledFeatures: number;
  };
  readonly stages: readonly {
    readonly name: string;
    /** Pixels. */
    readonly imageSize: number;
    readonly stepsPerEpoch: number | null;
    readonly trainableParameters: number;
  }[];
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly hint: string }[];
}

/**
 * @param experiment path of a file, or the experiment as an object
 * @returns the plan: every value resolved, shapes, parameters, costs
 * @throws ExperimentError with every mistake
 */
export function compilePlan(experiment: string | Experiment, options?: ExperimentOptions): Plan;

export interface HeadMetrics {
  readonly loss: number | null;
  readonly accuracy: number | null;
  readonly balancedAccuracy: number | null;
  readonly macroF1: number | null;
}

export interface EpochReport {
  readonly stageName: string;
  /** Epoch of the stage and of the whole run, from 1. */
  readonly epoch: number;
  readonly runEpoch: number;
  readonly learningRate: number;
  readonly training: { readonly loss: number };
  readonly validation: { readonly loss: number };
  readonly best: boolean;
  readonly seconds: number;
}

/** What happens while a run trains. Of other types than these, the names may change. */
export type TrainEvent =
  | { readonly type: 'stage'; readonly index: number; readonly steps: number }
  | {
      readonly type: 'step';
      readonly epoch: number;
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
    }
  | { readonly type: 'validation'; readonly done: number; readonly rows: number }
  | { readonly type: 'epoch'; readonly report: EpochReport }
  | { readonly type: 'stageEnd'; readonly stoppedEarly: boolean };

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

export interface RunOutcome {
  readonly runId: string;
  readonly directory: string;
  readonly status: 'running' | 'finished' | 'failed' | 'interrupted';
  readonly epochs: number;
  readonly metrics: {
    readonly loss: number;
    readonly heads: Readonly<Record<string, HeadMetrics>>;
  } | null;
  readonly weightsHash: string | null;
}

/**
 * Trains an experiment, as `run FILE` does: its run is in the folder of the runs, and MLflow is told.
 * @throws ExperimentError for the input, RunError where training failed
 */
export function runExperiment(
  experiment: string | Experiment,
  options?: RunExperimentOptions,
): Promise<RunOutcome>;
