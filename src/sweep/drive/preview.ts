/** What a planned sweep shows before it costs anything: trials with their price, and what is done already. */

import { type FrozenTrial, frozenTrial } from '../ledger/freeze.ts';
import { knownResults } from '../ledger/known.ts';
import type { PlannedTrial, SweepPlan } from '../plan/plan.ts';
import type { Price } from '../plan/price.ts';
import type { Saved } from '../plan/stage-tree.ts';
import { rungsOf, strategyOf } from '../search/strategies.ts';

export interface PreviewedTrial extends FrozenTrial {
  readonly status: 'done' | 'planned';
}

/** Each made when it is read: as objects 100,000 of them would take more memory than the plan. */
export interface PreviewedTrials extends Iterable<PreviewedTrial> {
  readonly length: number;
  toJSON(): readonly PreviewedTrial[];
}

export interface Preview {
  readonly name: string;
  readonly hash: string;
  readonly axes: readonly string[];
  readonly trials: PreviewedTrials;
  readonly duplicates: number;
  /** Where trials stop and only the best go on; null for strategies that stop none. */
  readonly rungs: {
    /** Epochs of a trial. */
    readonly epochs: readonly number[];
    readonly reduction: number;
    /** Fewest and most epochs that all trials together can come to, where none ends or fails before. */
    readonly range: readonly [number, number];
  } | null;
  /** Trials that will be chosen from the results of others, at most; 0 where all are known. */
  readonly toCome: number;
  /**
   * Of what is not done, stages that trials begin with in common counted once; a trial that is yet to be chosen counts
   * like the dearest of those that are known.
   */
  readonly total: {
    readonly trials: number;
    readonly epochs: number;
    /** One trial after the other; null where it is not known of all. */
    readonly seconds: number | null;
    readonly peakMemoryBytes: number;
  };
  /** By how much that is less than if each trial trained all of its stages. */
  readonly shared: Saved;
}

/** @param force whether what is done counts as not done */
export function previewSweep(plan: SweepPlan, runs: string, force = false): Preview {
  const known = force ? new Map() : knownResults(runs, plan.trials);
  const isLeft = ({ hash }: PlannedTrial): boolean => !known.has(hash);
  const left = plan.trials.filter(isLeft);
  const { strategy } = plan.sweep;
  const { stopping } = strategyOf(strategy);
  const { toCome } = plan;
  const epochs = plan.trials.map((trial) => trial.epochs);
  const rungs = rungsOf(strategy, epochs);
  const priced: readonly Price[] = [...left, ...new Array<Price>(toCome).fill(dearest(plan.trials))];
  // A trial that stops at a rung within a stage leaves nothing to those that begin with the same.
  const lowest = rungs[0];
  const shared = plan.stageTree.savedBy(
    [...plan.trials.keys()].filter((i) => isLeft(plan.trials[i]!)),
    lowest,
  );
  const seconds = priced.reduce<number | null>((sum, { seconds: own }) => {
    return sum === null || own === null ? null : sum + own;
  }, 0);
  return {
    name: plan.sweep.name,
    hash: plan.hash,
    axes: plan.axes.map(({ name }) => name),
    trials: listTrials(plan, isLeft),
    duplicates: plan.duplicates,
    rungs:
      stopping === null
        ? null
        : {
            epochs: rungs,
            reduction: stopping.reduction(strategy),
            range: withoutShared(stopping.epochsRange(strategy, epochs)),
          },
    toCome,
    total: {
      trials: priced.length,
      epochs: priced.reduce((sum, { epochs: own }) => sum + own, 0) - shared.epochs,
      seconds: seconds === null || shared.seconds === null ? null : seconds - shared.seconds,
      peakMemoryBytes: priced.reduce((peak, { peakMemoryBytes }) => Math.max(peak, peakMemoryBytes), 0),
    },
    shared,
  };

  /** Epochs of all trials, shared stages counted once. */
  function withoutShared([fewest, most]: readonly [number, number]): [number, number] {
    const saved = plan.stageTree.savedBy(plan.trials.keys(), lowest).epochs;
    return [fewest - saved, most - saved];
  }
}

function listTrials(plan: SweepPlan, isLeft: (trial: PlannedTrial) => boolean): PreviewedTrials {
  function* made(): Generator<PreviewedTrial> {
    for (const [i, trial] of plan.trials.entries()) {
      const frozen = frozenTrial(plan, trial, plan.stageTree.prefixesOf(i));
      yield { ...frozen, status: isLeft(trial) ? 'planned' : 'done' };
    }
  }
  return { length: plan.trials.length, [Symbol.iterator]: made, toJSON: () => [...made()] };
}

/** The most epochs, time and memory that any of them takes. */
function dearest(trials: readonly Price[]): Price {
  return trials.reduce<Price>(
    (most, { epochs, seconds, peakMemoryBytes }) => ({
      epochs: Math.max(most.epochs, epochs),
      seconds: seconds === null || most.seconds === null ? null : Math.max(most.seconds, seconds),
      peakMemoryBytes: Math.max(most.peakMemoryBytes, peakMemoryBytes),
    }),
    { epochs: 0, seconds: 0, peakMemoryBytes: 0 },
  );
}
