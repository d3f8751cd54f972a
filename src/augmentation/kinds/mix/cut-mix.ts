/** A rectangle of an image pasted from its partner (Yun et al., arXiv:1905.04899). */
import type { Stream } from '../../../random.ts';
import type { MixAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { beta, type Mix, type MixPlan, ofMix } from './mix.ts';

export const cutMix: MixAugmentation<WrittenAugmentation['cutMix'], MixPlan | null> = {
  ...ofMix,
  word: 'cutMix',
  /**
   * It takes one share of area for the labels of all heads; what a head is about may lie wholly inside the square or
   * outside, which the plan cannot know. With one head it is what its paper does.
   */
  warningOf(heads) {
    if (heads.length < 2) return null;
    return {
      code: 'areaForEveryHead',
      message: `cutMix mixes the labels of all ${heads.length} heads (${heads.join(', ')}) by the area of the square that is pasted in`,
      hint: 'A head that looks at a small part of the picture, as shoes or a face, gets the label of what the square hides, or of what it does not show. mixUp mixes every part alike.',
    };
  },
  draw({ alpha, probability }, numbers, side) {
    if (numbers.uniform() >= probability) return null;
    const taken = 1 - beta(alpha, numbers);
    return cut(Math.trunc(side * Math.sqrt(taken)), side, numbers);
  },
};

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
