/** Trials that differ in the seed or the fold alone become one row; rows in the order of the metric, best first. */
import { formatDrawn, UNKNOWN } from '../report/text/format.ts';
import { isBetter } from '../sweep/search/metric.ts';
import { own } from '../words.ts';
import { noRepetition, overlapOf, type Repetition, repeatedWord } from './repetition.ts';
import { type Difference, pairedDifference, type Summary, summarise, welchDifference } from './statistics.ts';
import type { Compared, ComparedAxis, ComparedTrial } from './trials.ts';

export interface Row {
  readonly label: string;
  readonly point: ComparedTrial['point'];
  /** Those with a result. */
  readonly done: readonly ComparedTrial[];
  /** Those without. */
  readonly missing: readonly ComparedTrial[];
  /** Over the seeds and folds; null where no trial has a result. */
  readonly metric: Summary | null;
}

export function rowsOf({ axes, trials, metric, repetition = noRepetition }: Compared): Row[] {
  const groups = new Map<string, ComparedTrial[]>();
  for (const trial of trials) {
    // Runs that differ in nothing are listed one by one, but the folds of one experiment belong together.
    const key =
      axes.length === 0 && repetition.folds === null
        ? trial.label
        : JSON.stringify(axes.map(({ name }) => own(trial.point, name) ?? null));
    const group = groups.get(key);
    if (group) group.push(trial);
    else groups.set(key, [trial]);
  }
  const rows = [...groups.values()].map((group): Row => {
    const { label, point } = group[0]!;
    const done = group.filter((trial) => trial.metric !== null);
    const words = axes.flatMap((axis) =>
      own(point, axis.name) === undefined ? [] : [`${axis.name}=${wordOf(axis, point)}`],
    );
    return {
      label:
        words.length > 0 ? words.join(' ') : group.length > 1 ? `all ${repeatedWord(repetition)}` : label,
      point,
      done,
      missing: group.filter((trial) => trial.metric === null),
      metric: done.length === 0 ? null : summarise(done.map((trial) => trial.metric!)),
    };
  });
  const mean = (row: Row): number => row.metric?.mean ?? Number.NaN;
  return rows.sort(
    (a, b) => Number(isBetter(metric, mean(b), mean(a))) - Number(isBetter(metric, mean(a), mean(b))),
  );
}

/** A row's value on an axis; drawn numbers are rounded. */
export function wordOf({ name, distribution }: ComparedAxis, point: Row['point']): string {
  const value = own(point, name);
  if (value === undefined) return UNKNOWN;
  return distribution === null ? String(value) : formatDrawn(Number(value));
}

/** Mean over the seeds and folds of one figure of the results; null where none has it. */
export function meanOver(
  row: Row,
  figure: (trial: ComparedTrial) => number | null | undefined,
): Summary | null {
  const values = row.done.map(figure).filter((value) => value !== null && value !== undefined);
  return values.length === 0 ? null : summarise(values);
}

export interface Verdict {
  readonly best: string;
  readonly second: string;
  /** Null where the seeds are too few to tell. */
  readonly test: Difference | null;
  /** In a sentence or two. */
  readonly text: string;
}

/** Seeds from which a test of means has any power worth the name. */
const ENOUGH_SEEDS = 5;

/**
 * Whether the best two rows differ: in pairs where they have the same seeds and folds, by Welch's test otherwise; of folds
 * with the correction for what they share.
 */
export function verdictOf(rows: readonly Row[], repetition: Repetition = noRepetition): Verdict | undefined {
  const [best, second] = rows;
  if (!best?.metric || !second?.metric) return undefined;
  const values = (row: Row): number[] => row.done.map(({ metric }) => metric!);
  const bySeed = new Map(second.done.map((trial) => [trial.seed, trial.metric!]));
  const seeds = new Set(best.done.map(({ seed }) => seed));
  const paired =
    seeds.size === best.done.length &&
    bySeed.size === second.done.length &&
    seeds.size === bySeed.size &&
    best.done.every(({ seed }) => seed !== null && bySeed.has(seed));
  const test =
    (paired
      ? pairedDifference(
          values(best),
          best.done.map(({ seed }) => bySeed.get(seed)!),
          overlapOf(repetition),
        )
      : welchDifference(values(best), values(second), overlapOf(repetition))) ?? null;
  const text = sentence(test, best.metric, second.metric, repetition);
  return { best: best.label, second: second.label, test, text };
}

function sentence(test: Difference | null, best: Summary, second: Summary, repetition: Repetition): string {
  const word = repeatedWord(repetition);
  const fewest = Math.min(best.n, second.n);
  if (test === null) {
    const difference = Math.abs(best.mean - second.mean).toFixed(4);
    return fewest < 2
      ? `They are ${difference} apart. With one ${word === 'folds' ? 'fold' : 'seed'} nothing can be said about chance: repeat them with several.`
      : `They are ${difference} apart and do not vary as a test needs it; no interval can be given.`;
  }
  const { p, degreesOfFreedom } = test;
  // By how much the best is better: of a loss, by how much it is lower.
  const [difference, low, high] =
    test.difference < 0 ? [-test.difference, -test.high, -test.low] : [test.difference, test.low, test.high];
  const corrected = repetition.folds === null ? '' : ', corrected for the training rows that folds share';
  const how =
    test.test === 'paired'
      ? `paired over ${best.n} ${word}${corrected}`
      : `Welch's test, ${best.n} and ${second.n} trials${corrected}`;
  const found = `They are ${difference.toFixed(4)} apart, 95 % interval ${low.toFixed(4)} to ${high.toFixed(4)} (${how}, p = ${p.toPrecision(2)}, ${Number(degreesOfFreedom.toFixed(1))} degrees of freedom).`;
  const says =
    p < 0.05
      ? `That is more than ${word} alone explain; but the best was picked after the fact, so it looks better than it is.`
      : `${word[0]!.toUpperCase()}${word.slice(1)} alone may explain that.`;
  const few = fewest < ENOUGH_SEEDS ? ` So few ${word} show large differences only.` : '';
  return `${found} ${says}${few}`;
}
