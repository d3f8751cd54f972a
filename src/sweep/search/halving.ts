/**
 * Asynchronous successive halving (ASHA; Li et al. 2018, arXiv:1810.05934, algorithm 2). Trials stop at rungs, and the
 * best of those that came to a rung go on to the next one as soon as there are enough of them: no rung waits to be full.
 *
 *   standings of all trials ─▶ the next promotion, from the highest rung that has one ─▶ else a new trial
 *
 * Pure: the same standings give the same promotion.
 */
import { isBetter, type Metric } from './metric.ts';
import type { Promotion, Standing } from './strategy.ts';

/**
 * Epochs at which trials stop: `minEpochs · reduction^k` below the epochs of the longest trial.
 * @param epochs of all stages of each trial
 * @returns rising
 */
export function halvingRungs(
  { minEpochs, reduction }: { readonly minEpochs: number; readonly reduction: number },
  epochs: Iterable<number>,
): number[] {
  let longest = 0;
  for (const own of epochs) longest = Math.max(longest, own);
  const rungs: number[] = [];
  for (let at = minEpochs; at < longest; at *= reduction) rungs.push(at);
  return rungs;
}

/**
 * The trial that goes on: of the best ⌊reached / reduction⌋ at a rung the best that has not gone on from there, the
 * highest rung first.
 * @param standings in the order of the plan, which decides between equal figures
 * @returns undefined where none may go on by now
 */
export function nextPromotion(
  standings: readonly Standing[],
  { rungs, reduction, metric }: { rungs: number; reduction: number; metric: Metric },
): Promotion | undefined {
  for (let rung = rungs - 1; rung >= 0; rung--) {
    const figure = (trial: number): number => standings[trial]!.figures[rung]!;
    const reached = [...standings.keys()].filter((trial) => standings[trial]!.figures.length > rung);
    const order = reached.sort((a, b) => {
      if (isBetter(metric, figure(a), figure(b))) return -1;
      return isBetter(metric, figure(b), figure(a)) ? 1 : a - b;
    });
    const best = order.slice(0, Math.floor(reached.length / reduction));
    const trial = best.find((one) => standings[one]!.promotions <= rung);
    if (trial !== undefined) return { trial, rung };
  }
  return undefined;
}

/**
 * Epochs of a whole sweep. Fewest: each rung sends on exactly ⌊reached / reduction⌋ trials, and these are the cheapest.
 * Most: each trial is better than all before it, so that each goes on but the first `reduction - 1` of a rung.
 * @param epochs of all stages of each trial
 */
export function epochsRange(
  epochs: readonly number[],
  rungs: readonly number[],
  reduction: number,
): readonly [number, number] {
  let [fewest, most] = [0, 0];
  let [few, many] = [epochs.length, epochs.length];
  for (let rung = 0; rung <= rungs.length; rung++) {
    const from = rungs[rung - 1] ?? 0;
    const to = rungs[rung] ?? Number.POSITIVE_INFINITY;
    const costs = epochs.map((own) => Math.max(0, Math.min(own, to) - from)).sort((a, b) => a - b);
    const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
    fewest += sum(costs.slice(0, few));
    most += sum(costs.slice(costs.length - many));
    few = Math.floor(few / reduction);
    many = Math.max(0, many - reduction + 1);
  }
  return [fewest, most];
}
