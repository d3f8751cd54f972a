/**
 * Draws of MixUp and CutMix: which image of the batch is mixed in, and how much of it. The share and the rectangle of an
 * image depend on its row; the partner on the batch.
 */

import { keyFor, permutation, stream } from '../../random.ts';
import type { MixAugmentation, WrittenAugmentation } from '../augmentation.ts';
import type { Mix } from '../kinds/mix/mix.ts';
import type { AugmentationPlan } from '../plan.ts';
import { augmentations, type NameOf, namesOf } from '../table.ts';
import type { Streams } from './streams.ts';

type MixName = NameOf<'mix'>;

const mixes: {
  readonly [Name in MixName]: MixAugmentation<WrittenAugmentation[Name], AugmentationPlan[Name]>;
} = augmentations;
/** An image gets the last one of the table that is drawn for it. */
const lastFirst = namesOf('mix').toReversed();

/** Whether a step is fed partners. */
export function isMixed(plan: AugmentationPlan): boolean {
  return lastFirst.some((name) => plan[name] !== null);
}

/**
 * Index of each image's partner: a permutation, drawn by the first row of the batch, which has its batch to itself in an
 * epoch. An image may be its own partner, as in the papers' code.
 */
export function drawPartners(
  seed: number,
  { stage, epoch, rows }: { readonly stage: number; readonly epoch: number; readonly rows: Int32Array },
): Int32Array {
  return permutation(rows.length, stream(keyFor(seed, 'augmentation/partners'), stage, epoch, rows[0]!));
}

/** @param side of the image in pixels */
export function drawMix(plan: AugmentationPlan, streams: Streams, side: number): Mix {
  const draw = <Name extends MixName>(name: Name): Mix | null => {
    const own: AugmentationPlan[Name] = plan[name];
    return own === null ? null : mixes[name].draw(own, streams(name), side);
  };
  for (const name of lastFirst) {
    const mix = draw(name);
    if (mix !== null) return mix;
  }
  return { share: 1, blend: [1, 0, 0, 0, 0] };
}
