/**
 * Whole groups dealt into folds. In: group and stratum of each row, the number of folds. Out: the fold of each row.
 * The largest group first, each to the fold that it brings nearest to its shares; then random moves and exchanges that
 * better it; the best of several shuffles. Cost as in split-groups.ts, summed over the folds.
 */
import { type Key, permutation, type Stream, stream } from '../random.ts';
import { type Group, gatherGroups, trackBalance } from './split-groups.ts';

export interface FoldGroupsInput {
  /** Number of each row's group, from 0. */
  readonly groupOf: Int32Array;
  /** Number of each row's combination of classes, from 0. */
  readonly stratum: Int32Array;
  /** At most the number of groups. */
  readonly folds: number;
  /** Of the random numbers. */
  readonly key: Key;
}

/** Shuffles tried; the one with the lowest cost is taken. Of many groups one is as good as another, and costs time. */
const attemptsOf = (groups: number): number => Math.min(12, Math.max(1, Math.floor(60_000 / groups)));
/** Random moves after each. */
const moves = 6000;

/** @returns the fold of each row, from 0; rows of one group have the same */
export function dealGroups({ groupOf, stratum, folds, key }: FoldGroupsInput): Int32Array {
  const groups = gatherGroups(groupOf, stratum);
  let best: Dealt | null = null;
  for (let attempt = 0; attempt < attemptsOf(groups.length); attempt++) {
    const dealt = dealOnce(groups, stratum, folds, stream(key, attempt));
    if (best === null || dealt.cost < best.cost) best = dealt;
  }
  const { foldOfGroup } = best!;
  return groupOf.map((group) => foldOfGroup[group]!);
}

interface Dealt {
  readonly foldOfGroup: Int32Array;
  readonly cost: number;
}

function dealOnce(groups: readonly Group[], stratum: Int32Array, folds: number, numbers: Stream): Dealt {
  const balances = Array.from({ length: folds }, () => trackBalance(stratum, stratum.length / folds));
  const costOf = (fold: number, enter: readonly Group[], leave: readonly Group[]): number =>
    balances[fold]!.costOf(enter, leave, 1);
  const foldOfGroup = new Int32Array(groups.length);
  const shuffled = permutation(groups.length, numbers);
  const bySize = [...shuffled].sort((a, b) => groups[b]!.rows.length - groups[a]!.rows.length);
  for (const g of bySize) {
    let fold = 0;
    let lowest = Infinity;
    for (let f = 0; f < folds; f++) {
      const cost = costOf(f, [groups[g]!], []);
      if (cost >= lowest) continue;
      lowest = cost;
      fold = f;
    }
    balances[fold]!.move([groups[g]!], []);
    foldOfGroup[g] = fold;
  }
  for (let i = 0; i < moves; i++) {
    const [a, b] = [numbers.integer(groups.length), numbers.integer(groups.length)];
    const [from, to] = [foldOfGroup[a]!, foldOfGroup[b]!];
    if (from === to) continue;
    const [own, other] = [groups[a]!, groups[b]!];
    const moved = costOf(from, [], [own]) + costOf(to, [own], []);
    const exchanged = costOf(from, [other], [own]) + costOf(to, [own], [other]);
    if (moved >= 0 && exchanged >= 0) continue;
    const isExchange = exchanged < moved;
    balances[from]!.move(isExchange ? [other] : [], [own]);
    balances[to]!.move([own], isExchange ? [other] : []);
    foldOfGroup[a] = to;
    if (isExchange) foldOfGroup[b] = from;
  }
  return { foldOfGroup, cost: balances.reduce((sum, balance) => sum + balance.cost(), 0) };
}
