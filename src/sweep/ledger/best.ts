/** The winner of a sweep, as an experiment that can be run. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readDocument } from '../../file/read.ts';
import { formatLoss } from '../../report/text/format.ts';
import { variantsOf } from '../../schema/variants.ts';
import { printable } from '../../words.ts';
import { isBetter, type Metric, metricName } from '../search/metric.ts';
import { isRepetition } from '../space/repeated.ts';
import { escaped, overridesOf } from './freeze.ts';
import { begunTrials, readSweep, readTrialResult, readTrials, type TrialResult } from './ledger.ts';

/** Results in the order of the plan. */
export function resultsOf(sweepFolder: string): TrialResult[] {
  const begun = begunTrials(sweepFolder);
  return readTrials(sweepFolder).flatMap(({ hash }) => {
    const result = begun.has(hash.slice(0, 16)) ? readTrialResult(sweepFolder, hash) : undefined;
    return result === undefined ? [] : [result];
  });
}

/** Trials that differ in nothing but what repeats them: the seed, the fold. */
export interface Combination {
  /** Values of the other axes, as `model.pooling=["gap"]`; empty where there are none. */
  readonly label: string;
  readonly trials: number;
  /** Of the sweep's metric, over its trials that are done. */
  readonly mean: number;
  /** Null of one trial. */
  readonly standardDeviation: number | null;
}

export interface Best {
  readonly result: TrialResult;
  /** Whose best trial it is; null where the single best of all was asked for. */
  readonly combination: Combination | null;
}

/**
 * The best by the sweep's metric: of the combination with the best mean the best trial. The best of all trials is more often the
 * luckiest than the best: with five seeds each, it was picked from five times as many.
 * @param isSingle whether it is to be the best of all trials nevertheless
 * @returns undefined where no trial is done
 */
export function bestResult(sweepFolder: string, isSingle = false): Best | undefined {
  return bestOfResults(readSweep(sweepFolder).metric, resultsOf(sweepFolder), isSingle);
}

/** The same of results that are at hand. */
export function bestOfResults(
  metric: Metric,
  results: readonly TrialResult[],
  isSingle = false,
): Best | undefined {
  const bestOf = <T>(items: readonly T[], figureOf: (item: T) => number): T =>
    items.reduce((best, one) => (isBetter(metric, figureOf(one), figureOf(best)) ? one : best));
  const figure = (result: TrialResult): number => result.metric;
  if (results.length === 0) return undefined;
  if (isSingle) return { result: bestOf(results, figure), combination: null };
  const groups = new Map<string, TrialResult[]>();
  for (const result of results) {
    const label = combinationOf(result);
    groups.set(label, [...(groups.get(label) ?? []), result]);
  }
  const [label, trials] = bestOf([...groups], ([, group]) => meanOf(group.map(figure)));
  const mean = meanOf(trials.map(figure));
  const variance = trials.reduce((sum, each) => sum + (each.metric - mean) ** 2, 0) / (trials.length - 1);
  const standardDeviation = trials.length === 1 ? null : Math.sqrt(variance);
  return {
    result: bestOf(trials, figure),
    combination: { label, trials: trials.length, mean, standardDeviation },
  };
}

function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function combinationOf({ values }: TrialResult): string {
  return Object.entries(values)
    .filter(([path]) => !isRepetition(path))
    .map(([path, value]) => `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

/** In words, for a heading; the metric's name comes before it. */
function sayBest({ result, combination }: Best): string {
  if (combination === null || combination.trials === 1) return `${formatLoss(result.metric)} in one trial`;
  const { mean, standardDeviation, trials } = combination;
  return `${formatLoss(mean)} ± ${formatLoss(standardDeviation)}, the mean of ${trials} trials`;
}

/** @returns undefined where no trial is done */
export function bestExperiment(
  sweepFolder: string,
  isSingle: boolean,
): (Best & { readonly text: string }) | undefined {
  const sweep = readSweep(sweepFolder);
  const best = bestResult(sweepFolder, isSingle);
  if (best === undefined) return undefined;
  const { result, combination } = best;
  const { document } = readDocument(join(sweepFolder, 'base.yaml'), {
    overrides: overridesOf(result),
    environment: {},
    variantAt: variantsOf('experiment'),
  });
  const what = combination === null ? 'trial' : 'combination';
  const its = combination === null || combination.trials === 1 ? 'Trial' : 'Its best trial is';
  const head = `# The best ${what} of ${sweep.id}: ${metricName(sweep.metric)} ${sayBest(best)}.
# ${printable(combination === null ? result.label : combination.label)}
# ${its} ${result.trial}, run ${result.runId}: ${formatLoss(result.metric)}.
`;
  return { ...best, text: (head + stringify(escaped(document.value))).trimEnd() };
}
