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
   * @param signal the answer is no longer wanted
   * @returns the answer for this image alone, `rows` is 1
   * @throws Refused where the signal comes before its batch
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
  readonly resolve: (prediction: Prediction) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher({ batchSize, predict, onBatch }: BatcherOptions): Batcher {
  const queue = new Set<Waiting>();
  let isComputing = false;

  async function compute(): Promise<void> {
    if (isComputing) return;
    isComputing = true;
    while (queue.size > 0) {
      const batch = [...queue].slice(0, batchSize);
      for (const one of batch) queue.delete(one);
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
      return queue.size;
    },

    predict(pixels, signal) {
      return new Promise((resolve, reject) => {
        const one: Waiting = { pixels, resolve, reject };
        const leave = (): void => {
          if (queue.delete(one)) reject(tooLate());
        };
        if (signal.aborted) return reject(tooLate());
        signal.addEventListener('abort', leave, { once: true });
        queue.add(one);
        // After what comes in the same turn of the event loop, the images of one request above all.
        setImmediate(() => void compute());
      });
    },
  };
}

function tooLate(): Refused {
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
