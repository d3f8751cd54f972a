/**
 * The images that exports are proved on, decoded as training decoded them, and what the model itself answers to them.
 *
 *   --images FOLDER, else the run's validation images, else those that the model's folder keeps
 *
 * Shape letters: N images, S side of a decoded image, K classes.
 */
import { existsSync } from 'node:fs';
import type { Model } from '../bundle/model.ts';
import type { Predictor } from '../bundle/predictor.ts';
import { ExperimentError } from '../errors.ts';
import { selectRows } from '../evaluate/rows.ts';
import type { Plan } from '../plan/plan.ts';
import { decodeAhead } from '../predict/decode-ahead.ts';
import { openSources, type Source } from '../predict/sources.ts';

/** Enough to see what is wrong, few enough to keep them decoded in memory. */
export const MOST_IMAGES = 256;
const BATCH = 32;

export interface ProofBatch {
  readonly names: readonly string[];
  readonly pixels_NSS3: Uint8Array;
  /** What the model answers, by head, N × K. */
  readonly probabilities: Readonly<Record<string, Float32Array>>;
}

export interface ProofImages {
  readonly source: 'folder' | 'validation' | 'kept';
  /** What they are, in words: `256 of the run's 385 validation images`. */
  readonly words: string;
  readonly count: number;
  readonly batches: readonly ProofBatch[];
  /** What should be known of them, in sentences. */
  readonly notes: readonly string[];
}

export interface ProofImagesWanted {
  /** Of the run that the model comes from; null where it is not at hand. */
  readonly plan: Plan | null;
  /** Folder of images to take in place of the run's. */
  readonly folder: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

interface Found extends Pick<ProofImages, 'source' | 'words' | 'notes'> {
  /** Null for those that the model's folder keeps, decoded. */
  readonly sources: readonly Source[] | null;
}

/** @throws ExperimentError where no image is at hand or none can be read */
export async function proofImages(predictor: Predictor, wanted: ProofImagesWanted): Promise<ProofImages> {
  const { model } = predictor;
  const found = wanted.folder === null ? ofRun(model, wanted.plan) : ofFolder(wanted.folder, model);
  const { sources, source, words } = found;
  const { input } = model.description;
  if (sources === null) return { source, words, notes: found.notes, ...(await keptImages(predictor)) };
  const batches: ProofBatch[] = [];
  const notes = [...found.notes];
  let done = 0;
  const decoded = decodeAhead(sources, {
    size: input.decodedSize,
    fit: input.fit,
    batchSize: BATCH,
    isStream: false,
    signal: wanted.signal,
  });
  for await (const batch of decoded) {
    const names = batch.sources.map(({ name }) => name).filter((_, i) => batch.faults[i] === null);
    batch.faults.forEach((fault, i) => {
      if (fault !== null) notes.push(`left out: ${batch.sources[i]!.name}: ${fault}`);
    });
    if (names.length > 0) batches.push(await answered(predictor, names, batch.pixels));
    done += batch.sources.length;
    wanted.onProgress(done, sources.length);
  }
  const count = batches.reduce((sum, { names }) => sum + names.length, 0);
  if (count === 0 && !wanted.signal.aborted)
    throw noImages(`expected images to prove the exports on, none of ${words} can be read`);
  return { source, words, notes, count, batches };
}

/** Evenly spread. */
function some<T>(all: readonly T[]): T[] {
  const count = Math.min(MOST_IMAGES, all.length);
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)]!);
}

function ofFolder(folder: string, { description }: Model): Found {
  const { imageColumn: column, delimiter } = description.table;
  const opened = openSources([folder], { column, delimiter, allowOutside: false, lines: process.stdin });
  const all = [...(opened.images(new AbortController().signal) as Iterable<Source>)];
  const sources = some(all);
  return {
    source: 'folder',
    words: counted(sources.length, all.length, 'the', `images of ${folder}`),
    notes: [],
    sources,
  };
}

/** Validation images, where the run's table and images are where they were; else what says why not. */
function ofRun({ description }: Model, plan: Plan | null): Found {
  const { table, images } = plan?.locations ?? {};
  const missing = [table, images].find((path) => path !== undefined && !existsSync(path));
  if (plan === null || missing !== undefined) {
    const why = plan === null ? 'The run of this model is not here' : `${missing} is not here any more`;
    const kept = description.proof?.images.length ?? 0;
    const notes = [
      `${why}, so that exports are proved on the ${kept} images that the model's folder keeps. --images FOLDER names others.`,
    ];
    return {
      source: 'kept',
      words: `the ${kept} images that the model's folder keeps`,
      notes,
      sources: null,
    };
  }
  const rows = selectRows(description, plan, {
    part: 'validation',
    table: null,
    images: null,
    allowOutside: null,
    groupBy: null,
  });
  const named = rows.paths.filter((path) => path !== '');
  const sources = some(named).map((path) => ({ name: path, path }));
  return {
    source: 'validation',
    words: counted(sources.length, named.length, "the run's", 'validation images'),
    notes: rows.notes,
    sources,
  };
}

/** `256 of the run's 385 validation images`. */
function counted(taken: number, all: number, whose: string, what: string): string {
  return taken === all ? `${whose} ${all} ${what}` : `${taken} of ${whose} ${all} ${what}`;
}

async function keptImages(predictor: Predictor): Promise<Pick<ProofImages, 'count' | 'batches'>> {
  const proof = predictor.model.readProof();
  if (proof === null)
    throw noImages(
      `expected images to prove the exports on, found none: ${predictor.model.folder} keeps no proof`,
    );
  const batch = await answered(predictor, proof.images, proof.pixels_NSS3);
  return { count: proof.images.length, batches: [batch] };
}

async function answered(
  predictor: Predictor,
  names: readonly string[],
  pixels_NSS3: Uint8Array,
): Promise<ProofBatch> {
  const { heads } = await predictor.predict(pixels_NSS3);
  const probabilities = Object.fromEntries(
    Object.entries(heads).map(([head, own]) => [head, own.probabilities]),
  );
  return { names, pixels_NSS3, probabilities };
}

function noImages(message: string): ExperimentError {
  const hint = '--images FOLDER names a folder of pictures; they need no labels.';
  return new ExperimentError([{ code: 'emptyData', path: '', message, hint }]);
}
