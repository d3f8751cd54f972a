/**
 * Which trials wait because another is training stages that they begin with, and which of what was trained is still needed.
 * The leases of trials say who trains what, so there is none for a prefix: where its trainer dies, fails or stops, the next
 * trial that needs the prefix trains it. Nobody has to wait; two who train the same come to the same.
 */

import { publishedPrefixes, removePrefixes } from '../ledger/prefixes.ts';
import type { SharedPrefix } from '../plan/stage-tree.ts';
import type { TrialProgress } from './progress.ts';

type Held = Pick<TrialProgress, 'trial' | 'status' | 'until' | 'reached'>;

export interface Holding {
  look(): {
    /** The first trials that need not wait, one of each group that would train the same. */
    firstFree<T extends Held>(waiting: readonly T[], count: number): T[];
  };
  /** A trial that needs no prefix any more; what no other one needs is removed. */
  release(one: Held): void;
}

/** @param trials all of the sweep, kept up to date */
export function createHolding(sweepFolder: string, trials: readonly Held[]): Holding {
  const needing = new Map<string, Set<Held>>();
  for (const one of trials)
    for (const { key } of prefixesOf(one)) needing.set(key, (needing.get(key) ?? new Set()).add(one));
  const isShared = needing.size > 0;

  return {
    look() {
      if (!isShared) return { firstFree: (waiting, count) => waiting.slice(0, count) };
      const published = publishedPrefixes(sweepFolder);
      const inTraining = new Set<string>();
      const begin = (one: Held): void => {
        for (const { key } of stagesToTrain(one)) if (!published.has(key)) inTraining.add(key);
      };
      for (const one of trials) if (one.status === 'submitted' || one.status === 'elsewhere') begin(one);
      return {
        firstFree(waiting, count) {
          const free: (typeof waiting)[number][] = [];
          for (const one of waiting) {
            if (free.length >= count) break;
            if (stagesToTrain(one).some(({ key }) => inTraining.has(key))) continue;
            free.push(one);
            begin(one);
          }
          return free;
        },
      };
    },
    release(one) {
      const unneeded = new Set<string>();
      for (const { key } of prefixesOf(one)) {
        const others = needing.get(key)!;
        if (others.delete(one) && others.size === 0) unneeded.add(key);
      }
      if (unneeded.size > 0) removePrefixes(sweepFolder, unneeded);
    },
  };
}

const prefixesOf = ({ trial }: Held): readonly SharedPrefix[] => trial.prefixes ?? [];

/** Prefixes whose end it has before it and comes to before it stops. */
function stagesToTrain(one: Held): SharedPrefix[] {
  const { until, reached } = one;
  return prefixesOf(one).filter(({ epochs }) => epochs > reached && (until === null || epochs <= until));
}
