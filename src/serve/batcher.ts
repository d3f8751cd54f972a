/**
 * Images of many requests to batches. While one batch is computed, images gather for the next: nobody waits for a batch to
 * fill, and under load batches are full.
 */
import type { Prediction } from '../bundle/prediction.ts';
import { Refused } from './limits.ts';

export interface Batcher {
  /** Images that wait for the batch that comes next. */
  readonly waiting: number;
  /**
   * @param pixels of one decoded image
   * @param signal the answer is no longer wanted: the image is left out of the batch that comes next
   * @returns the answer for this image alone, `rows` is 1
   * @throws Refused where it was left out
   */
  predict(pixels: Uint8Array, signal: AbortSignal): Promise<Prediction>;
}

export interface BatcherOptions {
  /** Images of a batch at most. */
  readonly batchSize: number;
  /** @param pixels of some images, one after the other */
  readonly predict: (pixels: Uint8Array) => Promise<Prediction>;
  /** Told of each batch that was computed. */
  readonly onBatch: (images: number, seconds: number) => void;
}

interface Waiting {
  readonly pixels: Uint8Array;
  readonly signal: AbortSignal;
  readonly resolve: (prediction: Prediction) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher({ batchSize, predict, onBatch }: BatcherOptions): Batcher {
  const queue: Waiting[] = [];
  let isComputing = false;

  async function compute(): Promise<void> {
    if (isComputing) return;
    isComputing = true;
    while (queue.length > 0) {
      const batch: Waiting[] = [];
      while (batch.length < batchSize && queue.length > 0) {
        const one = queue.shift()!;
        if (one.signal.aborted) one.reject(tooLate());
        else batch.push(one);
      }
      if (batch.length === 0) break;
      const begun = performance.now();
      try {
        const prediction = await predict(joined(batch.map(({ pixels }) => pixels)));
        onBatch(batch.length, (performance.now() - begun) / 1000);
        batch.forEach(({ resolve }, row) => {
          resolve(rowOf(prediction, row));
        });
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isComputing = false;
  }

  return {
    get waiting() {
      return queue.length;
    },

    predict(pixels, signal) {
      return new Promise((resolve, reject) => {
        queue.push({ pixels, signal, resolve, reject });
        // After what comes in the same turn of the event loop, the images of one request above all.
        setImmediate(() => void compute());
      });
    },
  };
}

/** Of a request that was given up. */
export function tooLate(): Refused {
  return new Refused(503, 'tooLate', 'the request was not answered in time', 'Try again later.');
}

function joined(images: readonly Uint8Array[]): Uint8Array {
  if (images.length === 1) return images[0]!;
  const bytes = images[0]!.length;
  const whole = new Uint8Array(images.length * bytes);
  images.forEach((image, i) => {
    whole.set(image, i * bytes);
  });
  return whole;
}

function rowOf({ rows, heads, features }: Prediction, row: number): Prediction {
  const of = (values: Float32Array): Float32Array => {
    const width = values.length / rows;
    return values.subarray(row * width, (row + 1) * width);
  };
  return {
    rows: 1,
    heads: Object.fromEntries(
      Object.entries(heads).map(([name, { probabilities, outputs }]) => [
        name,
        { probabilities: of(probabilities), outputs: of(outputs) },
      ]),
    ),
    features: of(features),
  };
}
