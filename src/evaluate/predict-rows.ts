/** What a model computes for the images of some rows. Images are decoded while others are computed. */
import type { HeadPrediction } from '../bundle/prediction.ts';
import type { Predictor } from '../bundle/predictor.ts';
import type { BadImage } from '../data/cache.ts';
import { decodeAhead } from '../predict/decode-ahead.ts';

/** Images that are decoded and computed together. */
const BATCH = 32;

export interface PredictedRows {
  /** Places in `paths` whose images could be read, ascending. */
  readonly good: Int32Array;
  /** By head, row by row of `good`. */
  readonly heads: Readonly<Record<string, HeadPrediction>>;
  /** The others: `row` is the place in `paths`. */
  readonly bad: readonly BadImage[];
}

/** @param paths absolute; empty where a row names no image @throws RunError where TensorFlow refuses */
export async function predictRows(
  predictor: Predictor,
  paths: readonly string[],
  onProgress: (done: number, total: number) => void = () => {},
): Promise<PredictedRows> {
  const { input, heads } = predictor.model.description;
  const good: number[] = [];
  const bad: BadImage[] = [];
  const parts = heads.map(() => ({ probabilities: [] as Float32Array[], outputs: [] as Float32Array[] }));
  const batches = decodeAhead(
    paths.map((path) => ({ name: path, path })),
    {
      size: input.decodedSize,
      fit: input.fit,
      batchSize: BATCH,
      isStream: false,
      signal: new AbortController().signal,
    },
  );
  let done = 0;
  for await (const { faults, pixels } of batches) {
    faults.forEach((reason, i) => {
      const row = done + i;
      if (reason === null) good.push(row);
      else bad.push({ row, path: paths[row]!, reason });
    });
    if (pixels.length > 0) {
      const prediction = await predictor.predict(pixels);
      heads.forEach(({ name }, h) => {
        parts[h]!.probabilities.push(prediction.heads[name]!.probabilities);
        parts[h]!.outputs.push(prediction.heads[name]!.outputs);
      });
    }
    done += faults.length;
    onProgress(done, paths.length);
  }
  return {
    good: Int32Array.from(good),
    heads: Object.fromEntries(
      heads.map(({ name }, h) => [
        name,
        { probabilities: joined(parts[h]!.probabilities), outputs: joined(parts[h]!.outputs) },
      ]),
    ),
    bad,
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
