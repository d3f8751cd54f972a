/**
 * Images from anywhere to answers.
 *
 *   sources ─▶ decoded ahead, in threads ─▶ batches ─▶ predictor ─▶ answers ─▶ whoever writes them
 */
import type { Model } from '../bundle/model.ts';
import { createPredictor } from '../bundle/predictor.ts';
import { answersOf, type ImageAnswer } from './answers.ts';
import { decodeAhead } from './decode-ahead.ts';
import type { Sources } from './sources.ts';

export interface PredictImagesOptions {
  readonly model: Model;
  readonly sources: Sources;
  readonly batchSize: number;
  readonly flip: boolean;
  /** Classes in `top` of each answer. */
  readonly top: number;
  readonly features: boolean;
  /** Stops after the batch that is in work, all of whose answers are still written. */
  readonly signal: AbortSignal;
  /** Told each batch's answers, in the order of the images; the next batch waits for it. */
  readonly write: (answers: readonly ImageAnswer[]) => void | Promise<void>;
  readonly onProgress?: (done: PredictCounts, total: number | null) => void;
}

export interface PredictCounts {
  /** Images that were answered, damaged ones among them. */
  readonly images: number;
  readonly damaged: number;
}

/** @throws RunError where the model cannot be computed, or does not answer as it did */
export async function predictImages(options: PredictImagesOptions): Promise<PredictCounts> {
  const { model, sources, batchSize, flip, top, features, write, onProgress } = options;
  const { description } = model;
  const { decodedSize: size, fit } = description.input;
  const isStream = sources.count === null;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  let counts: PredictCounts = { images: 0, damaged: 0 };
  try {
    // First, so that images are decoded while the model is loaded.
    const batches = decodeAhead(sources.images(signal), { size, fit, batchSize, isStream, signal });
    const predictor = await createPredictor(model, { batchSize });
    for await (const batch of batches) {
      const prediction = batch.pixels.length === 0 ? null : await predictor.predict(batch.pixels, { flip });
      await write(answersOf(batch, prediction, description, { top, features }));
      counts = {
        images: counts.images + batch.sources.length,
        damaged: counts.damaged + batch.faults.filter((fault) => fault !== null).length,
      };
      onProgress?.(counts, sources.count);
    }
  } finally {
    // Whoever writes paths to standard input would keep the process alive.
    failed.abort();
  }
  return counts;
}
