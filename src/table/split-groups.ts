/**
 * Whole groups for one part, as `groupBy` asks for. In: group and stratum of each row, the number of rows wanted. Out: a mark by row.
 * Greedy over the shuffled groups, then random moves that better it, then single groups while the number of rows
 * is not met; the best of several shuffles.
 */
import { type Key, permutation, type Stream, stream } from '../random.ts';

export interface GroupInput {
  /** Number of each row's group, from 0. */
  readonly groupOf: Int32Array;
  /** Number of each row's combination of classes, from 0. */
  readonly stratum: Int32Array;
  /** Rows for the part. */
  readonly wanted: number;
  /** Of the random numbers. */
  readonly key: Key;
}

export interface Group {
  readonly rows: readonly number[];
  /** [stratum, rows] pairs. */
  readonly strata: readonly (readonly [number, number])[];
}

/** Shuffles tried; the one with the lowest cost is taken. */
const attempts = 12;
/** Random moves after each. */
const moves = 6000;

/**
 * A group with more than `wanted` rows is never chosen. Of the others, those are that bring the shares nearest:
 * cost = distance² of the total + the distance² of each stratum / max(1, its own wanted rows).
 * @returns 1 for a row of the part, by row
 */
export function chooseGroups({ groupOf, stratum, wanted, key }: GroupInput): Uint8Array {
  const groups = gatherGroups(groupOf, stratum).filter(({ rows }) => rows.length <= wanted);
  let best: Choice | null = null;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const choice = chooseOnce(groups, stratum, wanted, stream(key, attempt));
    if (best === null || choice.cost < best.cost) best = choice;
  }
  const isChosen = new Uint8Array(groupOf.length);
  for (const { rows } of best!.chosen) for (const row of rows) isChosen[row] = 1;
  return isChosen;
}

interface Choice {
  readonly chosen: readonly Group[];
  readonly cost: number;
}

function chooseOnce(groups: readonly Group[], stratum: Int32Array, wanted: number, numbers: Stream): Choice {
  const balance = trackBalance(stratum, wanted);
  const chosen: Group[] = [];
  const left: Group[] = [];
  for (const g of permutation(groups.length, numbers)) {
    const group = groups[g]!;
    // A gentle weight of the total first, or every group that fits would enter, whatever its classes.
    const enters = balance.total() + group.rows.length <= wanted && balance.costOf([group], [], wanted) < 0;
    if (enters) balance.move([group], []);
    (enters ? chosen : left).push(group);
  }
  /** Moves since the last one that bettered it. */
  let inVain = 0;
  for (let i = 0; i < moves && chosen.length > 0 && left.length > 0; i++) {
    // With few groups, long before the last move none can better it.
    if (inVain === chosen.length * left.length && isSettled(chosen, left, balance)) break;
    inVain++;
    const [out, into] = [numbers.integer(chosen.length), numbers.integer(left.length)];
    const [leaves, enters] = [chosen[out]!, left[into]!];
    if (balance.costOf([enters], [leaves], 1) < 0) {
      balance.move([enters], [leaves]);
      chosen[out] = enters;
      left[into] = leaves;
      inVain = 0;
    } else if (balance.costOf([enters], [], 1) < 0) {
      balance.move([enters], []);
      chosen.push(enters);
      left.splice(into, 1);
      inVain = 0;
    } else if (balance.costOf([], [leaves], 1) < 0) {
      balance.move([], [leaves]);
      chosen.splice(out, 1);
      left.push(leaves);
      inVain = 0;
    }
  }
  fill(chosen, left, balance, wanted);
  return { chosen, cost: balance.cost() };
}

/** Whether no group that enters, leaves or takes the place of another brings the shares nearer. */
function isSettled(chosen: readonly Group[], left: readonly Group[], balance: Balance): boolean {
  const isBetter = (enter: readonly Group[], leave: readonly Group[]) => balance.costOf(enter, leave, 1) < 0;
  return !(
    chosen.some((leaves) => isBetter([], [leaves])) ||
    left.some((enters) => isBetter([enters], []) || chosen.some((leaves) => isBetter([enters], [leaves])))
  );
}

/** Adds the group that brings the total nearest, of equals the one with the lowest cost, while one does. */
function fill(chosen: Group[], left: Group[], balance: Balance, wanted: number): void {
  for (;;) {
    const lacking = wanted - balance.total();
    let best = -1;
    let bestDistance = Math.abs(lacking);
    let bestCost = Infinity;
    left.forEach((group, i) => {
      const distance = Math.abs(lacking - group.rows.length);
      if (distance > bestDistance || distance >= Math.abs(lacking)) return;
      const cost = balance.costOf([group], [], 1);
      if (distance === bestDistance && cost >= bestCost) return;
      best = i;
      bestDistance = distance;
      bestCost = cost;
    });
    if (best < 0) return;
    const [group] = left.splice(best, 1);
    balance.move([group!], []);
    chosen.push(group!);
  }
}

interface Balance {
  /** Rows that are in the part now. */
  total(): number;
  cost(): number;
  /** What a move would add to the cost; negative where it brings the shares nearer. The total's distance² is divided by `totalScale`. */
  costOf(enter: readonly Group[], leave: readonly Group[], totalScale: number): number;
  move(enter: readonly Group[], leave: readonly Group[]): void;
}

/**
 * How far a part is from its shares.
 * @param wanted rows for the part; for one of several equal parts it need not be whole
 */
export function trackBalance(stratum: Int32Array, wanted: number): Balance {
  const sizes: number[] = [];
  for (const s of stratum) sizes[s] = (sizes[s] ?? 0) + 1;
  const targets = sizes.map((size) => (size * wanted) / stratum.length);
  const counts = new Int32Array(sizes.length);
  let total = 0;
  const changesOf = (enter: readonly Group[], leave: readonly Group[]): Map<number, number> => {
    const changes = new Map<number, number>();
    for (const { strata } of enter) for (const [s, n] of strata) changes.set(s, (changes.get(s) ?? 0) + n);
    for (const { strata } of leave) for (const [s, n] of strata) changes.set(s, (changes.get(s) ?? 0) - n);
    return changes;
  };
  const growth = (distance: number, change: number, scale: number): number => {
    const after = distance + change;
    return (after * after - distance * distance) / Math.max(1, scale);
  };
  return {
    total: () => total,
    cost: () =>
      targets.reduce(
        (sum, target, s) => sum + growth(0, counts[s]! - target, target),
        growth(0, total - wanted, 1),
      ),
    costOf(enter, leave, totalScale) {
      let rows = 0;
      let cost = 0;
      for (const [s, change] of changesOf(enter, leave)) {
        rows += change;
        cost += growth(counts[s]! - targets[s]!, change, targets[s]!);
      }
      return cost + growth(total - wanted, rows, totalScale);
    },
    move(enter, leave) {
      for (const [s, change] of changesOf(enter, leave)) {
        counts[s]! += change;
        total += change;
      }
    },
  };
}

/** Rows of each group, and how many of them each stratum has. */
export function gatherGroups(groupOf: Int32Array, stratum: Int32Array): Group[] {
  const rows: number[][] = [];
  groupOf.forEach((group, row) => {
    rows[group] ??= [];
    rows[group].push(row);
  });
  return rows.map((members) => {
    const strata = new Map<number, number>();
    for (const row of members) strata.set(stratum[row]!, (strata.get(stratum[row]!) ?? 0) + 1);
    return { rows: members, strata: [...strata] };
  });
}
