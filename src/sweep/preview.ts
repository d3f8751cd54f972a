/** What a planned sweep shows before it costs anything: trials with their price, and what is done already. */

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
  return {
    name: plan.sweep.name,
    hash: plan.hash,
    axes: plan.axes.map(({ name }) => name),
    trials,
    duplicates: plan.duplicates,
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
