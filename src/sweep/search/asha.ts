/** `asha`: drawn combinations that stop at rungs, of which the best go on from their checkpoints. The rule is in halving.ts. */
import { keyFor, permutation, stream } from '../../random.ts';
import { type Point, randomPoints } from '../space/points.ts';
import type { Space } from '../space/space.ts';
import { drawnPoints, everyPoint } from './combinations.ts';
import { epochsRange, halvingRungs, nextPromotion } from './halving.ts';
import type { SettingsOf, Strategy } from './strategy.ts';

type Asha = SettingsOf<'asha'>;

export const asha: Strategy<Asha> = {
  points(space, { seed }) {
    const isList = space.axes.every(({ distribution }) => distribution === null);
    // Where trials come in the order of the file, a rung compares neighbours.
    if (space.sweep.budget.trials === null && isList) return shuffled(everyPoint(space), seed);
    return drawnPoints(space, (axes) => randomPoints(axes, seed));
  },
  choosing: null,
  stopping: {
    rungs: halvingRungs,
    reduction: ({ reduction }) => reduction,
    check: checkRungs,
    next: (standings, { rungs, strategy: { reduction }, metric }) =>
      nextPromotion(standings, { rungs, reduction, metric }),
    epochsRange: (settings, epochs) =>
      epochsRange(epochs, halvingRungs(settings, epochs), settings.reduction),
  },
};

function shuffled(points: readonly Point[], seed: number): Point[] {
  return Array.from(permutation(points.length, stream(keyFor(seed, 'sweep'))), (i) => points[i]!);
}

/** Rungs lie within the epochs of a trial, and there are enough trials that one comes to its end. */
function checkRungs({ sweep, report }: Space, settings: Asha, epochs: readonly number[]): void {
  const { minEpochs, reduction } = settings;
  const rungs = halvingRungs(settings, epochs);
  const needed = reduction ** rungs.length;
  if (rungs.length === 0) {
    const longest = epochs.reduce((most, own) => Math.max(most, own), 0);
    report(
      'outOfRange',
      ['strategy', 'minEpochs'],
      `expected less than the ${longest} epochs of a trial, got ${minEpochs}`,
      'No trial would stop early: lower it, or give the stages more epochs.',
    );
  } else if (epochs.length < needed) {
    report(
      'conflict',
      sweep.budget.trials === null ? ['strategy'] : ['budget', 'trials'],
      `expected at least ${needed} trials, got ${epochs.length}: each of the rungs at the epochs ${rungs.join(', ')} sends on 1 of ${reduction}, so that none would come to its end`,
      'Plan more trials, or raise strategy.minEpochs.',
    );
  }
}
