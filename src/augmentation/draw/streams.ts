/** Random numbers of one image's changes: a stream for each kind of change, keyed by (seed, stage, epoch, row). */
import { type Key, keyFor, type Stream, stream } from '../../random.ts';

/** Where in a run an image is drawn. */
export interface DrawPosition {
  readonly stage: number;
  readonly epoch: number;
  readonly row: number;
}

/**
 * The stream of one kind of change, by the kind's name in the language. Each kind has its own, so that one setting does
 * not change what the others draw.
 */
export type Streams = (kind: AugmentationKind) => Stream;

/** `shiftZoomFlip` are the changes of Keras's generator and the eraser, which share one. */
export type AugmentationKind =
  | 'shiftZoomFlip'
  | 'verticalFlip'
  | 'shift'
  | 'zoom'
  | 'rotate'
  | 'shear'
  | 'randomResizedCrop'
  | 'trivialAugment'
  | 'randAugment'
  | 'brightness'
  | 'contrast'
  | 'saturation'
  | 'hue'
  | 'grayscale'
  | 'gaussianBlur'
  | 'gaussianNoise'
  | 'coarseDropout'
  | 'mixUp'
  | 'cutMix';

/** @returns the streams of an image by its position */
export function streamsFor(seed: number): (position: DrawPosition) => Streams {
  const keys = new Map<AugmentationKind, Key>();
  return ({ stage, epoch, row }) =>
    (kind) => {
      const purpose = kind === 'shiftZoomFlip' ? 'augmentation' : `augmentation/${kind}`;
      const key = keys.get(kind) ?? keyFor(seed, purpose);
      keys.set(kind, key);
      return stream(key, stage, epoch, row);
    };
}

/** Uniform in [low, high). */
export function between(numbers: Stream, low: number, high: number): number {
  return low + (high - low) * numbers.uniform();
}
