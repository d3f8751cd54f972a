/** A trained model as data: what `model.json` says (README.md), the weights beside it, and its proof. */

import type { Normalization } from '../augmentation/normalization.ts';
import type { AugmentationPlan } from '../augmentation/plan.ts';
import type { Fit } from '../data/decode.ts';
import type { Network } from '../model/network.ts';
import type { ExecutionPlan, HeadLossPlan } from '../plan/plan.ts';
import type { StoredTensor } from '../weights/safetensors.ts';

/** What a folder must call itself. */
export const FORMAT = 'manyheads-model';
/** Raised where an older program would read a newer folder wrongly. */
export const FORMAT_VERSION = 1;

/** Names of the files in a model's folder. */
export const modelFiles = {
  description: 'model.json',
  weights: 'weights.safetensors',
  proof: 'proof.safetensors',
} as const;

export interface InputDescription {
  /** Side of the square that an image file is decoded to, pixels. */
  readonly decodedSize: number;
  /** Side of the square that the network takes, pixels, at most `decodedSize`: a second resize makes one of the other. */
  readonly imageSize: number;
  readonly fit: Fit;
  readonly colours: 'rgb';
  /** What the second resize reads beyond the edge. Matters in the last digits only. */
  readonly resize: Pick<AugmentationPlan, 'fillMode' | 'fillValue'>;
  /** Of pixel values from 0 to 255, after the second resize. */
  readonly normalization: Normalization;
}

export interface HeadDescription {
  readonly name: string;
  /** Column of the table that training took its labels from. */
  readonly column: string;
  readonly kind: 'classes';
  /** In the order of the probabilities. */
  readonly classes: readonly string[];
  /** The class that is most frequent in the training part: what an answer is compared with. Null where it is not known. */
  readonly majority: string | null;
  /** Whether they stand in an order, from low to high. */
  readonly ordinal: boolean;
  readonly loss: HeadLossPlan['type'];
  /**
   * How outputs become probabilities. `softmax`: one output a class. `cumulativeSigmoid`: one fewer; the sigmoid of output
   * j is the probability of being above class j where it is not below, and products of them that of being above (CORN).
   */
  readonly output: 'softmax' | 'cumulativeSigmoid';
}

/** How probabilities of one head become an answer. */
export interface Decision {
  /** Outputs are divided by it before they become probabilities. 1 leaves them. */
  readonly temperature: number;
  /** By class, the least probability that it is answered with; classes that are not named have none. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** An answer of less probability is "don't know"; null for none. */
  readonly unknownBelow: number | null;
}

export const neutralDecision: Decision = { temperature: 1, thresholds: {}, unknownBelow: null };

export interface ProofDescription {
  readonly sha256: string;
  /** Who computed the probabilities: the training run at its end, or this model when it was written later. */
  readonly by: 'run' | 'model';
  /** What it was computed on. */
  readonly device: 'cpu' | 'gpu';
  /** Validation images, as the table names them. */
  readonly images: readonly string[];
}

export interface ModelDescription {
  readonly format: typeof FORMAT;
  readonly version: typeof FORMAT_VERSION;
  readonly name: string;
  readonly description: string;
  readonly run: {
    readonly id: string;
    readonly planHash: string;
    /** SHA-256 of table and images; null where the run does not say. */
    readonly dataDigest: string | null;
    /** As the run's result.json has it. */
    readonly weightsHash: string;
  };
  readonly versions: {
    readonly manyheads: string;
    readonly tensorflow: string;
    readonly decoder: string;
  };
  readonly input: InputDescription;
  /** How to read a table of such images. */
  readonly table: {
    readonly imageColumn: string;
    readonly delimiter: string;
    /** Labels that mean "not known", besides the empty one. */
    readonly missing: readonly string[];
  };
  readonly heads: readonly HeadDescription[];
  /** By head. */
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly precision: ExecutionPlan['precision'];
  readonly weights: { readonly sha256: string; readonly bytes: number };
  /** Null where no validation image was at hand when the folder was written. */
  readonly proof: ProofDescription | null;
  readonly network: Network;
}

/** Images and what the model answers to them. Shape letters: N images, S `decodedSize`, K classes. */
export interface Proof extends Omit<ProofDescription, 'sha256'> {
  readonly pixels_NSS3: Uint8Array;
  /** By head, without temperatures. */
  readonly probabilities_NK: ReadonlyMap<string, Float32Array>;
}

/** A model that was read, all of it checked. */
export interface Model {
  /** Absolute. */
  readonly folder: string;
  readonly description: ModelDescription;
  /** By the name that the network has for them. */
  readonly weights: ReadonlyMap<string, StoredTensor>;
  /** Reads the proof. @throws ExperimentError where it is not what the description says */
  readProof(): Proof | null;
}
