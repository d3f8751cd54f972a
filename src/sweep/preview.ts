/** What a planned sweep shows before it costs anything: trials with their price, and what is done already. */
import { epochsRange, rungsOf } from './asha.ts';
import { type FrozenTrial, frozenTrial } from './freeze.ts';
import { knownResults } from './known.ts';
import type { SweepPlan } from './plan.ts';

export interface PreviewedTrial extends FrozenTrial {
  readonly status: 'done' | 'planned';
}

export interface Preview {
  readonly name: string;
  readonly hash: string;
  readonly axes: readonly string[];
  readonly trials: readonly PreviewedTrial[];
  readonly duplicates: number;
  /** Where trials stop and only the best go on; null for strategies that stop none. */
  readonly rungs: {
    /** Epochs of a trial. */
    readonly epochs: readonly number[];
    readonly reduction: number;
    /** Fewest and most epochs that all trials together can come to, where none ends or fails before. */
    readonly range: readonly [number, number];
  } | null;
  /** Of what is not done. */
  readonly total: {
    readonly trials: number;
    readonly epochs: number;
    /** One trial after the other; null where it is not known of all. */
    readonly seconds: number | null;
    readonly peakMemoryBytes: number;
  };
}

/** @param force whether what is done counts as not done */
export function previewSweep(plan: SweepPlan, runs: string, force = false): Preview {
  const hashes = new Set(plan.trials.map(({ hash }) => hash));
  const known = force ? new Map() : knownResults(runs, hashes);
  const trials = plan.trials.map((trial): PreviewedTrial => {
    return { ...frozenTrial(plan, trial), status: known.has(trial.hash) ? 'done' : 'planned' };
  });
  const left = trials.filter(({ status }) => status === 'planned');
  const { strategy } = plan.sweep;
  const epochs = plan.trials.map((trial) => trial.epochs);
  const rungs = rungsOf(strategy, epochs);
  return {
    name: plan.sweep.name,
    hash: plan.hash,
    axes: plan.axes.map(({ name }) => name),
    trials,
    duplicates: plan.duplicates,
    rungs:
      strategy.name !== 'asha'
        ? null
        : {
            epochs: rungs,
            reduction: strategy.reduction,
            range: epochsRange(epochs, rungs, strategy.reduction),
          },
    total: {
      trials: left.length,
      epochs: left.reduce((sum, { epochs }) => sum + epochs, 0),
      seconds: left.reduce<number | null>((sum, { estimatedSeconds: seconds }) => {
        return sum === null || seconds === null ? null : sum + seconds;
      }, 0),
      peakMemoryBytes: left.reduce((most, { peakMemoryBytes }) => Math.max(most, peakMemoryBytes), 0),
    },
  };
}
