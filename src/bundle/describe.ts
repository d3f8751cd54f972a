/** What `model.json` says, from the plan of a run that came to its end. */
import { createRequire } from 'node:module';
import type { Normalization } from '../augmentation/normalization.ts';
import { decoderVersion } from '../data/decoder-version.ts';
import type { NetworkFor } from '../plan/networks.ts';
import type { Plan } from '../plan/plan.ts';
import { tensorflowVersion } from '../setup/versions.mjs';
import { own } from '../words.ts';
import { FORMAT, FORMAT_VERSION, type HeadDescription, neutralDecision } from './model.ts';
import type { ModelContent } from './write.ts';

export interface DescribedRun {
  readonly runId: string;
  readonly dataDigest: string | null;
  readonly weightsHash: string;
  /** Of the training images. */
  readonly normalization: Normalization;
  /** The most frequent class of each head in the training part; null where it is not known. */
  readonly majorities: Readonly<Record<string, string>> | null;
}

/** @param networkFor the network in a stage; the last one's is the model's */
export function describeModel(
  { name, description, hash, settings }: Plan,
  networkFor: NetworkFor,
  { runId, dataDigest, weightsHash, normalization, majorities }: DescribedRun,
): ModelContent['description'] {
  const { dataset, stages, execution } = settings;
  const stage = stages.at(-1)!;
  const { fillMode, fillValue } = stage.augmentation;
  const heads = dataset.heads.map((head): HeadDescription => {
    const { type } = stage.loss.heads[head.name]!;
    return {
      name: head.name,
      column: head.column,
      kind: 'classes',
      classes: head.classes,
      majority: own(majorities ?? {}, head.name) ?? null,
      ordinal: head.ordinal,
      loss: type,
      output: type === 'ordinal' ? 'cumulativeSigmoid' : 'softmax',
    };
  });
  return {
    format: FORMAT,
    version: FORMAT_VERSION,
    name,
    description,
    run: { id: runId, planHash: hash, dataDigest, weightsHash },
    versions: { manyheads: programVersion(), tensorflow: tensorflowVersion, decoder: decoderVersion },
    input: {
      decodedSize: dataset.cacheSize,
      imageSize: stage.imageSize,
      fit: dataset.fit,
      colours: 'rgb',
      resize: { fillMode, fillValue },
      normalization:
        normalization === 'perImage' ? normalization : { mean: normalization.mean, std: normalization.std },
    },
    table: {
      imageColumn: dataset.imageColumn,
      delimiter: dataset.delimiter,
      missing: dataset.missing,
    },
    heads,
    decisions: Object.fromEntries(heads.map((head) => [head.name, neutralDecision])),
    precision: execution.precision,
    network: networkFor(stage),
  };
}

/** Of this program, as package.json has it. */
export function programVersion(): string {
  return (createRequire(import.meta.url)('../../package.json') as { version: string }).version;
}
