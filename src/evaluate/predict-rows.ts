/** What a model computes for the images of some rows. Images are decoded while others are computed. */
import { availableParallelism } from 'node:os';
import type { HeadPrediction } from '../bundle/prediction.ts';
import type { Predictor } from '../bundle/predictor.ts';
import type { BadImage } from '../data/cache.ts';
import { decodeImage } from '../data/decode.ts';
import { eachOf } from '../data/each-of.ts';

/** Images that are decoded and held at a time; a batch of the predictor is a part of them. */
const CHUNK = 64;

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
  const decode = async (first: number): Promise<(Uint8Array | string)[]> => {
    const images: (Uint8Array | string)[] = [];
    await eachOf(paths.slice(first, first + CHUNK), Math.max(4, availableParallelism()), async (path, i) => {
      images[i] =
        path === '' ? 'the table names no image' : await decodeImage(path, input.decodedSize, input.fit);
    });
    return images;
  };
  let next = decode(0);
  for (let first = 0; first < paths.length; first += CHUNK) {
    const images = await next;
    next = first + CHUNK < paths.length ? decode(first + CHUNK) : Promise.resolve([]);
    const pixels: Uint8Array[] = [];
    images.forEach((image, i) => {
      const row = first + i;
      if (typeof image === 'string') bad.push({ row, path: paths[row]!, reason: image });
      else {
        good.push(row);
        pixels.push(image);
      }
    });
    if (pixels.length > 0) {
      const prediction = await predictor.predict(new Uint8Array(Buffer.concat(pixels)));
      heads.forEach(({ name }, h) => {
        parts[h]!.probabilities.push(prediction.heads[name]!.probabilities);
        parts[h]!.outputs.push(prediction.heads[name]!.outputs);
      });
    }
    onProgress(Math.min(first + CHUNK, paths.length), paths.length);
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
