/**
 * The plan: an experiment with every value resolved, as plain JSON. Everything after this room reads the plan and
 * nothing else. `settings` is what the result depends on; the plan's hash is the hash of exactly that part.
 */

import type { AugmentationPlan } from '../augmentation/plan.ts';
import type { Warning } from '../errors.ts';
import type { ModelSettings, Part } from '../model/settings.ts';
import type { SchedulePoint } from '../schedule/points.ts';
import type { LearningRatePolicy } from '../schedule/policy.ts';
import type { ResolvedExperiment } from '../schema/experiment.ts';
import type { RepeatedImages } from '../table/repeated-images.ts';
import type { HeadColumn, SplitSettings } from '../table/table.ts';

export type NormalizePlan =
  | 'dataset'
  | 'imagenet'
  | 'perImage'
  | 'unit'
  | { readonly mean: readonly number[]; readonly std: readonly number[] };

/** What of the table is part of the settings. */
export interface TableFacts {
  /** SHA-256 of the file. */
  readonly digest: string;
  /** Whether an image has several rows. */
  readonly repeatsImages: boolean;
}

export interface HeadPlan extends HeadColumn {
  /** Whether the classes stand in an order, from low to high. */
  readonly ordinal: boolean;
}

export interface DatasetPlan {
  /** Content of the table: SHA-256 in hexadecimal, null where the file is absent. */
  readonly tableDigest: string | null;
  readonly imageColumn: string;
  readonly delimiter: string;
  readonly heads: readonly HeadPlan[];
  readonly missing: readonly string[];
  readonly split: SplitSettings;
  readonly normalize: NormalizePlan;
  readonly fit: 'stretch' | 'crop' | 'pad';
  readonly onBadImage: 'stop' | 'skip';
  /** Side of the square images in the cache, pixels: the largest image size of all stages. */
  readonly cacheSize: number;
}

/** Loss of one head. */
export type HeadLossPlan =
  | { readonly type: 'crossEntropy'; readonly labelSmoothing: number }
  | { readonly type: 'focal'; readonly gamma: number; readonly labelSmoothing: number }
  | { readonly type: 'ordinal' };

export type ClassWeightsRule =
  | { readonly type: 'none' | 'balanced' }
  | { readonly type: 'effectiveNumber'; readonly beta: number };

export type ClassWeightsPlan =
  | ClassWeightsRule
  | { readonly type: 'given'; readonly weights: Readonly<Record<string, HeadClassWeightsPlan>> };

/** Of one head: a rule, or weights by class. */
export type HeadClassWeightsPlan = ClassWeightsRule | Readonly<Record<string, number>>;

export interface LossPlan {
  /** Every head's own. */
  readonly heads: Readonly<Record<string, HeadLossPlan>>;
  /** Learned, or given for every head, 1 where the file says nothing. */
  readonly headWeights: 'uncertainty' | Readonly<Record<string, number>>;
  readonly classWeights: ClassWeightsPlan;
}

/** What every optimizer has. */
interface UpdatePlan {
  readonly learningRate: number;
  /** Of kernels only: added to their gradients, or with `adamw` taken from themselves. */
  readonly weightDecay: number;
  /** Largest norm of all gradients together. */
  readonly clipNorm: number | null;
  readonly averageWeights: { readonly decay: number } | null;
  /** Batches of one update. */
  readonly accumulateGradients: number;
}

export type OptimizerPlan =
  | (UpdatePlan & {
      readonly name: 'adam' | 'adamw';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    })
  | (UpdatePlan & {
      readonly name: 'sgd';
      readonly momentum: number;
      readonly nesterov: boolean;
    })
  | (UpdatePlan & {
      readonly name: 'rmsprop';
      readonly rho: number;
      readonly momentum: number;
      readonly epsilon: number;
      readonly centered: boolean;
    });

export type SelectionMetric = 'loss' | 'accuracy' | 'balancedAccuracy' | 'macroF1' | 'auc';

export interface EarlyStoppingPlan {
  readonly metric: SelectionMetric;
  readonly patience: number;
  readonly minDelta: number;
}

export interface ReduceOnPlateauPlan {
  readonly metric: SelectionMetric;
  readonly factor: number;
  readonly patience: number;
  readonly minDelta: number;
  readonly minLearningRate: number;
}

export type LastBatch = 'even' | 'short' | 'drop';

export interface StagePlan {
  readonly name: string;
  readonly imageSize: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** As the file limits it; null for the whole training part. */
  readonly stepsPerEpoch: number | null;
  /** What becomes of rows that do not fill a last batch; `short` wherever that makes no difference (batches.ts). */
  readonly lastBatch: LastBatch;
  readonly trainable: readonly Part[];
  /** Rates that stand in for those of the towers and the backbone; null where those stay. */
  readonly dropout: number | null;
  readonly stochasticDepth: number | null;
  readonly optimizer: OptimizerPlan;
  readonly learningRatePolicy: LearningRatePolicy;
  /** Of each part, as a multiple of the stage's learning rate. */
  readonly learningRateFactors: Readonly<Record<Part, number>>;
  readonly loss: LossPlan;
  readonly augmentation: AugmentationPlan;
  readonly earlyStopping: EarlyStoppingPlan | null;
  readonly reduceOnPlateau: ReduceOnPlateauPlan | null;
  readonly restoreBest: boolean;
  /** What the best epoch is chosen by. */
  readonly selectBy: SelectionMetric;
}

export interface ExecutionPlan {
  /** Type of the feature maps and of what convolutions compute with; weights are float32 always, and with float16 the loss is scaled. */
  readonly precision: 'float32' | 'bfloat16' | 'float16';
}

/** Weights to start from. */
export interface WeightsPlan {
  /** SHA-256 of the file, hexadecimal. */
  readonly digest: string;
  /** Parts that it gives. */
  readonly parts: readonly Part[];
  readonly onMissing: 'stop' | 'initialize';
}

/** What the result depends on, and nothing else. */
export interface Settings {
  readonly seed: number;
  readonly dataset: DatasetPlan;
  readonly model: ModelSettings;
  /** Null where all weights are drawn from the seed. */
  readonly weights: WeightsPlan | null;
  readonly execution: ExecutionPlan;
  readonly stages: readonly StagePlan[];
}

/** Where things are on this machine; not a part of the hash. */
export interface Locations {
  /** The experiment's file, absolute. */
  readonly file: string;
  /** The table, absolute. */
  readonly table: string;
  /** The folder of the images, absolute. */
  readonly images: string;
  /** The file of the weights to start from, absolute; null where there is none. */
  readonly weights: string | null;
}

/** The learning rates of a stage. */
export interface ScheduleFigures {
  /** Training steps of the stage where nothing ends it early. */
  readonly steps: number;
  /** Durations of the policy in steps, by their keys, as `warmUp` and `restarts.after`. */
  readonly durations: Readonly<Record<string, number>>;
  /** Some of its steps, the first and the last among them. */
  readonly points: readonly SchedulePoint[];
}

/** What follows from the settings without a tensor: sizes, parameters, costs. */
export interface StageFigures {
  readonly name: string;
  readonly imageSize: number;
  readonly batchSize: number;
  /** Steps of one epoch; null where the table is absent and the file sets no limit. */
  readonly stepsPerEpoch: number | null;
  /** Rows of the smallest and of the largest batch of an epoch; null where the table is absent. */
  readonly smallestBatch: number | null;
  readonly largestBatch: number | null;
  /** Null where the steps are not known. */
  readonly schedule: ScheduleFigures | null;
  readonly trainableParameters: number;
  /** Floating-point operations of one training step, forward and backward; a multiply-add counts as two. */
  readonly flopsPerStep: number;
  /** Estimate of the training process's peak, bytes. */
  readonly peakMemoryBytes: number;
}

/** What a file of weights gives to the network. */
export interface WeightsFigures {
  readonly file: string;
  readonly format: string;
  readonly digest: string;
  /** Weights that come from the file, and the numbers in them. */
  readonly matched: number;
  readonly matchedParameters: number;
  /** Weights that are drawn from the seed. */
  readonly initialized: readonly string[];
  /** Names in the file that are not used. */
  readonly unused: readonly string[];
}

export interface ModelFigures {
  readonly parameters: number;
  /** Without the moving averages of batch norm. */
  readonly trainableParameters: number;
  readonly backbone: {
    readonly name: string;
    readonly parameters: number;
    /** [height, width, channels] at the first stage's image size. */
    readonly outputShape: readonly number[];
  };
  readonly pooledFeatures: number;
  readonly heads: readonly { readonly name: string; readonly classes: readonly string[] }[];
  /** Null where all weights are drawn from the seed. */
  readonly weights: WeightsFigures | null;
}

export interface DataFigures {
  /** Null where the table is absent. */
  readonly rows: number | null;
  readonly trainingRows: number | null;
  readonly validationRows: number | null;
  /** Absent where each image has one row. */
  readonly repeatedImages?: RepeatedImages;
  /** Absent where the split has no test part. */
  readonly testRows?: number;
}

export interface Plan {
  readonly name: string;
  readonly description: string;
  /** Of `settings`, 64 hexadecimal digits: see hash/hash.ts. */
  readonly hash: string;
  readonly settings: Settings;
  readonly tracking: {
    readonly mlflow: {
      readonly uri: string | null;
      readonly experiment: string;
      /** Name in MLflow's registry; of plans of before it is missing. */
      readonly register?: string | null;
    };
  };
  readonly dataset: DataFigures;
  readonly model: ModelFigures;
  readonly stages: readonly StageFigures[];
  readonly locations: Locations;
  /** How it is computed, which no result depends on; not a part of the hash. */
  readonly execution: {
    readonly residence: 'auto' | 'memory' | 'file';
    /** `auto`, `cpu` or `gpu:<number>`. */
    readonly device: string;
    /** Whether TensorFlow takes memory of a GPU as it needs it, in place of nearly all at the start. */
    readonly memoryGrowth: boolean;
    /** Whether training steps are compiled with XLA. */
    readonly xla: boolean;
    /** Minutes after which a checkpoint is also written within an epoch. */
    readonly checkpointEvery: number;
  };
  /** What is allowed and yet likely not meant; it follows from the rest, so that it is not a part of the hash. */
  readonly warnings: readonly Warning[];
  /** The file's values with all defaults in place, spelled as in the file: what is logged as parameters. */
  readonly experiment: ResolvedExperiment;
}
