/**
 * Paths to batches of decoded images, in the order of the paths. Images are decoded ahead of whoever takes the batches, in
 * threads, and never more than a few batches of them: memory does not grow with their number.
 */
import { availableParallelism } from 'node:os';
import type { Fit } from '../data/decode.ts';
import { decodeIn } from './decode-in.ts';
import { createGate, type Gate } from './gate.ts';
import type { Source } from './sources.ts';

export interface DecodedBatch {
  readonly sources: readonly Source[];
  /** What is wrong with each, a sentence without a full stop; null for an image. */
  readonly faults: readonly (string | null)[];
  /** Of those without a fault, one after the other. */
  readonly pixels: Uint8Array;
}

export interface DecodeAheadOptions {
  /** Side of the decoded images, pixels. */
  readonly size: number;
  readonly fit: Fit;
  /** Images of a batch, damaged ones among them. */
  readonly batchSize: number;
  /** Whether a batch is what is there, once something is: for paths that come as somebody writes them. */
  readonly isStream: boolean;
  /** Ends it after the batch that is being taken. */
  readonly signal: AbortSignal;
}

/** Batches that are decoded, or being decoded, while one is computed. */
const BATCHES_AHEAD = 2;
/** Keeps libuv's threads busy while files are read. */
const IN_WORK = 8;

interface Ahead {
  readonly source: Source;
  readonly image: Promise<Uint8Array | string>;
  isDone: boolean;
}

/** Begins to decode at once, whenever the first batch is asked for. */
export function decodeAhead(
  sources: AsyncIterable<Source> | Iterable<Source>,
  options: DecodeAheadOptions,
): AsyncIterable<DecodedBatch> {
  const { size, batchSize, isStream, signal } = options;
  const gate = createGate(Math.max(IN_WORK, availableParallelism()));
  const queue: Ahead[] = [];
  let isOver = false;
  let failure: unknown;
  let wake: () => void = () => undefined;
  /** Until something changes: an image is queued or done, one was taken, or there are no more. */
  let change = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const changed = (): void => {
    wake();
    change = new Promise<void>((resolve) => {
      wake = resolve;
    });
  };
  signal.addEventListener('abort', changed, { once: true });

  const begin = (source: Source): Ahead => {
    const ahead: Ahead = { source, image: decodeSource(source, options, gate), isDone: false };
    const done = (): void => {
      ahead.isDone = true;
      changed();
    };
    ahead.image.then(done, done);
    return ahead;
  };
  const fill = async (): Promise<void> => {
    for await (const source of sources) {
      while (queue.length >= (1 + BATCHES_AHEAD) * batchSize && !signal.aborted) await change;
      if (signal.aborted) return;
      queue.push(begin(source));
      changed();
    }
  };
  fill()
    .catch((error: unknown) => {
      // Reading was broken off, as it was asked to be.
      if (!signal.aborted) failure = error;
    })
    .finally(() => {
      isOver = true;
      changed();
    });

  /** Can a batch be taken? */
  const isReady = (): boolean => {
    const batch = queue.slice(0, batchSize);
    if (isStream) return batch[0]?.isDone === true;
    return (isOver || batch.length === batchSize) && batch.every(({ isDone }) => isDone);
  };

  return {
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (!isReady() && !(isOver && queue.length === 0) && !signal.aborted) await change;
        if (failure !== undefined) throw failure;
        if (signal.aborted || queue.length === 0) return;
        const waiting = queue.slice(0, batchSize).findIndex(({ isDone }) => !isDone);
        const taken = queue.splice(0, waiting === -1 ? batchSize : waiting);
        changed();
        yield batchOf(
          taken.map(({ source }) => source),
          await Promise.all(taken.map(({ image }) => image)),
          size,
        );
      }
    },
  };
}

async function decodeSource(
  { path }: Source,
  { size, fit }: DecodeAheadOptions,
  gate: Gate,
): Promise<Uint8Array | string> {
  return path === '' ? 'no image is named' : decodeIn(gate, path, size, fit);
}

/** @param images decoded, or what is wrong with each @param size side of them, pixels */
export function batchOf(
  sources: readonly Source[],
  images: readonly (Uint8Array | string)[],
  size: number,
): DecodedBatch {
  const good = images.filter((image) => typeof image !== 'string');
  const bytes = size * size * 3;
  const pixels = new Uint8Array(good.length * bytes);
  good.forEach((image, i) => {
    pixels.set(image, i * bytes);
  });
  return {
    sources,
    faults: images.map((image) => (typeof image === 'string' ? image : null)),
    pixels,
  };
}
