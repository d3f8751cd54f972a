/** `sobol`: points of Sobol's sequence, which fill the space more evenly than random ones. */
import type { Axis } from '../space/axis.ts';
import { type Point, pointAt } from '../space/points.ts';
import { drawnPoints } from './combinations.ts';
import { MOST_DIMENSIONS, sobolSequence } from './sobol-sequence.ts';
import type { SettingsOf, Strategy } from './strategy.ts';

export const sobol: Strategy<SettingsOf<'sobol'>> = {
  points(space, { seed }) {
    if (Object.keys(space.sweep.axes).length > MOST_DIMENSIONS) {
      const message = `the strategy sobol takes at most ${MOST_DIMENSIONS} axes`;
      space.report('outOfRange', ['axes'], message, 'Take { name: random }.');
      return [];
    }
    return drawnPoints(space, (axes) => sobolPoints(axes, seed));
  },
  choosing: null,
  stopping: null,
};

/** @param axes without the one of seeds */
function* sobolPoints(axes: readonly Axis[], seed: number): Generator<Point> {
  for (const shares of sobolSequence(axes.length, seed)) yield pointAt(axes, shares);
}
