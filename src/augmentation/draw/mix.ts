/**
 * Draws of MixUp (Zhang et al., arXiv:1710.09412) and CutMix (Yun et al., arXiv:1905.04899): which image of the batch is
 * mixed in, and how much of it. The share and the rectangle of an image depend on its row; the partner on the batch.
 */

import { keyFor, permutation, type Stream, stream } from '../../random.ts';
import type { AugmentationPlan } from '../plan.ts';
import type { Streams } from './streams.ts';

export interface Mix {
  /** Share of the image's own labels. */
  readonly share: number;
  /** Share of the image's own pixels outside the rectangle, and the rectangle that is all the partner's, in pixels. */
  readonly blend: readonly [outside: number, top: number, left: number, height: number, width: number];
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
export function drawMix({ mixUp, cutMix }: AugmentationPlan, streams: Streams, side: number): Mix {
  if (cutMix !== null) {
    const numbers = streams('cutMix');
    if (numbers.uniform() < cutMix.probability) {
      const taken = 1 - beta(cutMix.alpha, numbers);
      return cut(Math.trunc(side * Math.sqrt(taken)), side, numbers);
    }
  }
  if (mixUp !== null) {
    const numbers = streams('mixUp');
    if (numbers.uniform() < mixUp.probability) {
      const share = beta(mixUp.alpha, numbers);
      return { share, blend: [share, 0, 0, 0, 0] };
    }
  }
  return { share: 1, blend: [1, 0, 0, 0, 0] };
}

/** The paper's square around a uniform middle, cut off at the image's edges; labels by what is left of it. */
function cut(length: number, side: number, numbers: Stream): Mix {
  const [top, bottom] = spanAround(numbers.integer(side), length, side);
  const [left, right] = spanAround(numbers.integer(side), length, side);
  const [height, width] = [bottom - top, right - left];
  return { share: 1 - (height * width) / (side * side), blend: [1, top, left, height, width] };
}

function spanAround(middle: number, length: number, side: number): [number, number] {
  const half = Math.trunc(length / 2);
  return [Math.max(0, middle - half), Math.min(side, middle + half)];
}

/** Beta(alpha, alpha), as X / (X + Y) with X and Y from Gamma(alpha). */
export function beta(alpha: number, numbers: Stream): number {
  const [x, y] = [logGamma(alpha, numbers), logGamma(alpha, numbers)];
  // In logarithms, since both are 0 in floating point where alpha is small.
  return 1 / (1 + Math.exp(y - x));
}

/** Logarithm of a number from Gamma(alpha, 1). Marsaglia and Tsang, ACM TOMS 26(3), 2000; below 1 by their section 6. */
function logGamma(alpha: number, numbers: Stream): number {
  if (alpha < 1) return logGamma(alpha + 1, numbers) + Math.log(1 - numbers.uniform()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = numbers.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const logU = Math.log(1 - numbers.uniform());
    if (logU < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
