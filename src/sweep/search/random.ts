/** `random`: independent draws. */
import { randomPoints } from '../space/points.ts';
import { drawnPoints } from './combinations.ts';
import type { SettingsOf, Strategy } from './strategy.ts';

export const random: Strategy<SettingsOf<'random'>> = {
  points: (space, { seed }) => drawnPoints(space, (axes) => randomPoints(axes, seed)),
  choosing: null,
  stopping: null,
};
