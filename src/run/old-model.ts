/**
 * The model of a run that wrote none: version 0.1.0 left a plan, a result and a checkpoint, which hold all but the mean and
 * deviation of the training images. Those stand in the run's spool; where they do not, the images are measured again.
 */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { ChannelStatistics, Normalization } from '../augmentation/normalization.ts';
import { describeModel } from '../bundle/describe.ts';
import type { Model, Proof } from '../bundle/model.ts';
import { createPredictor } from '../bundle/predictor.ts';
import { proofRows } from '../bundle/proof.ts';
import { type ModelContent, writeModel } from '../bundle/write.ts';
import { normalizationOf, openData } from '../data/dataset.ts';
import { decodeImage } from '../data/decode.ts';
import { ExperimentError, RunError } from '../errors.ts';
import { cacheFolder } from '../machine/cache-folder.mjs';
import { networks } from '../plan/networks.ts';
import type { Plan } from '../plan/plan.ts';
import { imagePath } from '../table/image-paths.ts';
import { cellsOf, countClasses, readLabels } from '../table/labels.ts';
import { readTable } from '../table/read.ts';
import { splitTable } from '../table/split.ts';
import { tensorflowBinding } from '../tensorflow/binding.ts';
import { allEvents } from '../track/spool/read.ts';
import { spoolFile } from '../track/spool/spool.ts';
import { hashWeights, readCheckpoint } from '../train/checkpoint.ts';
import { hasModel, modelFolder, readPlan, readResult } from './folders.ts';
import { networkWeights } from './model.ts';
import { readRecord } from './record.ts';

export interface OldModelOptions {
  /** Told in one sentence what is done, and what could not be. */
  readonly notify: (message: string) => void;
  readonly onProgress?: (label: string, done: number, total: number) => void;
}

/**
 * The model's folder of a run; written first where there is none.
 * @param run folder of a run
 * @throws ExperimentError where the run did not come to its end; RunError where what it left does not fit together
 */
export async function modelOfRun(run: string, options: OldModelOptions): Promise<string> {
  const folder = modelFolder(run);
  if (hasModel(run)) return folder;
  const record = readRecord(run);
  const result = readResult(run);
  if (result === undefined || record.status !== 'finished') {
    const message = `the run ${record.runId} has no model: it is ${record.status}`;
    const hint = 'A run writes its model at its end. `run FILE --resume` goes on with one that was stopped.';
    throw new ExperimentError([{ code: 'unknownRun', path: '', message, hint }]);
  }
  options.notify(`Writing the model of ${record.runId} from its checkpoint.`);
  const plan = readPlan(run);
  const checkpoint = readCheckpoint(run, plan);
  if (checkpoint === undefined || hashWeights(checkpoint.state) !== result.weightsHash) {
    throw new RunError(
      `${join(run, 'checkpoint')} does not hold the weights that ${record.runId} ended with`,
      { hint: 'It was changed, or was not copied along with the run.' },
    );
  }
  const { dataDigest, statistics } = readSpool(run);
  const content: ModelContent = {
    description: describeModel(plan, networks(plan.settings), {
      runId: record.runId,
      dataDigest,
      weightsHash: result.weightsHash,
      normalization: await normalizationOfRun(plan, statistics, options),
      majorities: majoritiesOf(plan),
    }),
    weights: networkWeights(checkpoint.state),
    proof: null,
  };
  writeModel(folder, { ...content, proof: await proveByModel(plan, content, folder, options) });
  return folder;
}

/** What a run told its tracker of its data. */
function readSpool(run: string): { dataDigest: string | null; statistics: ChannelStatistics | undefined } {
  let dataDigest: string | null = null;
  let statistics: ChannelStatistics | undefined;
  for (const { event } of allEvents(spoolFile(run))) {
    if (event.type === 'run') dataDigest = event.run.tags.dataDigest ?? null;
    if (event.type !== 'dataset' || event.dataset.context !== 'training') continue;
    const { mean, std } = event.dataset.profile;
    if (isChannels(mean) && isChannels(std)) statistics = { mean, std };
  }
  return { dataDigest, statistics };
}

function isChannels(value: unknown): value is number[] {
  return Array.isArray(value) && value.length === 3 && value.every(Number.isFinite);
}

async function normalizationOfRun(
  plan: Plan,
  statistics: ChannelStatistics | undefined,
  { notify, onProgress }: OldModelOptions,
): Promise<Normalization> {
  const { normalize } = plan.settings.dataset;
  if (normalize !== 'dataset') return normalizationOf(normalize, () => ({ mean: [], std: [] }));
  if (statistics !== undefined) return statistics;
  notify('The run does not say what its images were normalised by; measuring them again.');
  try {
    const cache = { cacheFolder: join(cacheFolder(), 'images') };
    return (await openData(plan, onProgress === undefined ? cache : { ...cache, onProgress })).normalization;
  } catch (cause) {
    const { table, images } = plan.locations;
    throw new RunError(
      `the mean and deviation of the training images are needed, and ${table} with ${images} can't be read as the run has: ${(cause as Error).message}`,
      { hint: 'Bring the table and the images back to their places.', cause },
    );
  }
}

/** What the model itself answers to validation images, where those are still there. */
async function proveByModel(
  plan: Plan,
  { description, weights }: ModelContent,
  folder: string,
  { notify }: OldModelOptions,
): Promise<Proof | null> {
  const images = await validationImages(plan).catch((error: unknown) => error as Error);
  if (images instanceof Error) {
    notify(`The model is written without a proof: no validation image is at hand (${firstLine(images)}).`);
    return null;
  }
  const whole = { ...description, weights: { sha256: description.run.weightsHash, bytes: 0 }, proof: null };
  const model: Model = { folder, description: whole, weights, readProof: () => null };
  const predictor = await createPredictor(model);
  const { heads } = await predictor.predict(images.pixels_NSS3);
  return {
    by: 'model',
    device: tensorflowBinding().isUsingGpuDevice() ? 'gpu' : 'cpu',
    ...images,
    probabilities_NK: new Map(
      Object.entries(heads).map(([name, { probabilities }]) => [name, probabilities]),
    ),
  };
}

/** @throws Error where the table is not there, or is another one */
function readRows({ settings: { dataset }, locations }: Plan) {
  const table = readTable(locations.table, { delimiter: dataset.delimiter });
  if (table.digest !== dataset.tableDigest) throw new Error(`${table.file} has changed since`);
  const labels = new Map(
    dataset.heads.map((head) => [head.name, readLabels(table, head, dataset.missing).labels]),
  );
  const cells = cellsOf(table, dataset.imageColumn, 'dataset.imageColumn');
  return { cells, labels, split: splitTable(table, dataset, labels, dataset.heads) };
}

/** Null where the table is not there as it was. */
function majoritiesOf(plan: Plan): Record<string, string> | null {
  try {
    const { labels, split } = readRows(plan);
    return Object.fromEntries(
      plan.settings.dataset.heads.map(({ name, classes }) => {
        const counts = countClasses(labels.get(name)!, split.training, classes.length);
        return [name, classes[counts.indexOf(Math.max(...counts))]!];
      }),
    );
  } catch {
    return null;
  }
}

/** @throws Error where there is none, or the table is another one */
async function validationImages(plan: Plan): Promise<Pick<Proof, 'images' | 'pixels_NSS3'>> {
  const { locations, settings } = plan;
  const { cacheSize, fit } = settings.dataset;
  const { cells, split } = readRows(plan);
  const names = Array.from(proofRows(split.validation), (row) => cells[row]!);
  const decoded: { name: string; pixels: Uint8Array }[] = [];
  for (const name of names) {
    const path = imagePath(locations.images, name);
    const pixels = existsSync(path) ? await decodeImage(path, cacheSize, fit) : 'not there';
    if (typeof pixels !== 'string') decoded.push({ name, pixels });
  }
  if (decoded.length === 0) throw new Error(`none of ${names.map((name) => basename(name)).join(', ')}`);
  return {
    images: decoded.map(({ name }) => name),
    pixels_NSS3: Uint8Array.from(Buffer.concat(decoded.map(({ pixels }) => pixels))),
  };
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0]!;
}
