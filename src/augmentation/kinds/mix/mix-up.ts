/** All of an image mixed with its partner (Zhang et al., arXiv:1710.09412). */
import type { MixAugmentation, WrittenAugmentation } from '../../augmentation.ts';
import { beta, type MixPlan, ofMix } from './mix.ts';

export const mixUp: MixAugmentation<WrittenAugmentation['mixUp'], MixPlan | null> = {
  ...ofMix,
  word: 'mixUp',
  check(mix, { all, path, report }) {
    if (mix === null || all.cutMix?.probability !== 1) return;
    report.key(
      'conflict',
      path,
      'mixUp has no effect where every image gets cutMix',
      'Give cutMix a probability below 1, or remove one of them.',
    );
  },
  draw({ alpha, probability }, numbers) {
    if (numbers.uniform() >= probability) return null;
    const share = beta(alpha, numbers);
    return { share, blend: [share, 0, 0, 0, 0] };
  },
};
