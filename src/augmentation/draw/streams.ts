/** Random numbers of one image's changes: a stream for each augmentation, keyed by (seed, stage, epoch, row). */
import { type Key, keyFor, type Stream, stream } from '../../random.ts';

/** Where in a run an image is drawn. */
export interface DrawPosition {
  readonly stage: number;
  readonly epoch: number;
  readonly row: number;
}

/**
 * The stream of one augmentation, by its name in the language; it begins anew with every call. Each augmentation has its
 * own, so that one setting does not change what the others draw.
 */
export type Streams = (name: string) => Stream;

/** The name of the one stream that the changes of Keras's generator and the eraser share. */
const SHARED = 'shiftZoomFlip';

/** @returns the streams of an image by its position */
export function streamsFor(seed: number): (position: DrawPosition) => Streams {
  const keys = new Map<string, Key>();
  return ({ stage, epoch, row }) =>
    (name) => {
      const purpose = name === SHARED ? 'augmentation' : `augmentation/${name}`;
      const key = keys.get(name) ?? keyFor(seed, purpose);
      keys.set(name, key);
      return stream(key, stage, epoch, row);
    };
}

/**
 * How many numbers of the shared stream come before those of each. The four shared it before augmentations had streams of
 * their own, and go on so, so that a seed draws what it has always drawn. New augmentations do not join.
 */
const numbersBefore = { horizontalFlip: 0, shift: 1, zoom: 3, randomErasing: 5 } as const;

/** The shared stream from the first number of this augmentation on. */
export function sharedStream(streams: Streams, name: keyof typeof numbersBefore): Stream {
  const numbers = streams(SHARED);
  for (let i = 0; i < numbersBefore[name]; i++) numbers.uniform();
  return numbers;
}

/** Uniform in [low, high). */
export function between(numbers: Stream, low: number, high: number): number {
  return low + (high - low) * numbers.uniform();
}
