/** `grid`: every combination, in the order of the file, the last axis changing fastest. */
import { everyPoint } from './combinations.ts';
import type { SettingsOf, Strategy } from './strategy.ts';

export const grid: Strategy<SettingsOf<'grid'>> = {
  points(space) {
    const drawn = space.axes.filter(({ distribution }) => distribution !== null);
    for (const { name } of drawn)
      space.report(
        'conflict',
        ['axes', name, 'distribution'],
        'the strategy grid takes lists and ranges, this axis is a distribution',
        'Give `count` or `step` in its place, or take another strategy: { name: random }.',
      );
    return drawn.length > 0 ? [] : everyPoint(space);
  },
  choosing: null,
  stopping: null,
};
