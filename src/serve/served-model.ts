/** One model of a server: files of images in, answers out. */
import sharp from 'sharp';
import type { Model } from '../bundle/model.ts';
import { createPredictor } from '../bundle/predictor.ts';
import { answersOf, type ImageAnswer } from '../predict/answers.ts';
import { decodeIn } from '../predict/decode-in.ts';
import type { Gate } from '../predict/gate.ts';
import { createBatcher, tooLate } from './batcher.ts';
import { type Limits, Refused } from './limits.ts';
import type { Metrics } from './metrics.ts';

export interface SentImage {
  /** As the request names it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ServedModel {
  /** As requests name it. */
  readonly name: string;
  readonly model: Model;
  /** Images that are in work or wait. */
  readonly inWork: number;
  /**
   * @param signal the answers are no longer wanted
   * @param top classes in `top` of each head
   * @returns an answer for each image, in their order; a damaged one has its error
   * @throws Refused
   */
  answer(images: readonly SentImage[], signal: AbortSignal, top: number): Promise<ImageAnswer[]>;
}

export interface ServedModelOptions {
  readonly name: string;
  readonly batchSize: number;
  readonly limits: Limits;
  /** That images of all models are decoded through. */
  readonly gate: Gate;
  readonly metrics: Metrics;
}

/**
 * Loads the model, and computes a first answer of both kinds, so that no request waits for it.
 * @throws RunError where the model cannot be computed, or does not answer as it did
 */
export async function serveModel(model: Model, options: ServedModelOptions): Promise<ServedModel> {
  const { name, batchSize, limits, gate, metrics } = options;
  const { decodedSize, fit } = model.description.input;
  const predictor = await createPredictor(model, { batchSize });
  const imageBytes = decodedSize ** 2 * 3;
  await predictor.predict(new Uint8Array(imageBytes));
  if (batchSize > 1) await predictor.predict(new Uint8Array(batchSize * imageBytes));
  const batcher = createBatcher({
    batchSize,
    predict: (pixels) => predictor.predict(pixels),
    onBatch: (images, seconds) => metrics.batch(name, images, seconds),
  });
  let inWork = 0;
  metrics.watch(name, () => ({ inWork, waiting: batcher.waiting }));

  async function answerOne({ name: image, bytes }: SentImage, signal: AbortSignal, top: number) {
    const begun = performance.now();
    const pixels = await decodeIn(gate, bytes, decodedSize, fit);
    metrics.decoded(name, (performance.now() - begun) / 1000);
    const source = { name: image, path: '' };
    const isDamaged = typeof pixels === 'string';
    const prediction = isDamaged ? null : await batcher.predict(pixels, signal);
    const batch = {
      sources: [source],
      faults: [isDamaged ? pixels : null],
      pixels: isDamaged ? new Uint8Array() : pixels,
    };
    metrics.image(name, isDamaged);
    return answersOf(batch, prediction, model.description, { top, features: false })[0]!;
  }

  return {
    name,
    model,

    get inWork() {
      return inWork;
    },

    async answer(images, signal, top) {
      if (signal.aborted) throw tooLate();
      if (inWork + images.length > limits.queue) {
        throw new Refused(
          429,
          'tooBusy',
          `${inWork} images are in work or wait, and ${limits.queue} may be at most`,
          'Try again later, or send fewer images at a time.',
        );
      }
      inWork += images.length;
      const ended = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(tooLate()), { once: true });
      });
      // All of them, so that what is still being decoded for a request that was given up counts until it is done.
      const all = Promise.allSettled(
        images.map(async (image) => {
          await assertPixels(image, limits.pixels);
          return answerOne(image, signal, top);
        }),
      ).finally(() => {
        inWork -= images.length;
      });
      const answers = await Promise.race([all, ended]);
      return answers.map((answer) => {
        if (answer.status === 'rejected') throw answer.reason;
        return answer.value;
      });
    },
  };
}

/** By the header alone: a small file may hold an image that takes all memory. */
async function assertPixels({ name, bytes }: SentImage, most: number): Promise<void> {
  if (bytes.length === 0) return;
  const size = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    // What is no image is told so by its decoder.
    .catch(() => undefined);
  if (size === undefined || size.width * size.height <= most) return;
  throw new Refused(
    413,
    'tooLarge',
    `${name} has ${size.width} × ${size.height} pixels, more than ${most.toLocaleString('en-US')}`,
    'Make it smaller before you send it.',
  );
}
