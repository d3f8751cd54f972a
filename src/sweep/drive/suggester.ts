/**
 * Chooses trials while a sweep runs. In: the sweep's folder and the figures of its trials. Out: the next trials, written
 * down before they start.
 *
 *   space.json, suggestions/ ─▶ what was tried ─ strategy ─▶ a point ─ compile base.yaml ─▶ hash, price ─▶ suggestions/
 *
 * Content decides what is new: a point that comes to a trial that is there already is drawn again.
 */
import { join } from 'node:path';
import { ExperimentError } from '../../errors.ts';
import { readDocument } from '../../file/read.ts';
import { type CompileMemory, compileDocument } from '../../plan/compile.ts';
import { createDataMemory } from '../../plan/data.ts';
import { hashesOf } from '../../plan/hash/hash.ts';
import { variantsOf } from '../../schema/variants.ts';
import { type FrozenTrial, frozenTrial, overridesOf } from '../ledger/freeze.ts';
import { type Combination, readFrozenSpace, readPoint, writtenPoint } from '../ledger/frozen-space.ts';
import { recentResults } from '../ledger/known.ts';
import { readSweep } from '../ledger/ledger.ts';
import { readSuggestions, type Suggestion, writeSuggestion } from '../ledger/suggestions.ts';
import { createPricer, speedOf } from '../plan/price.ts';
import { strategyOf } from '../search/strategies.ts';
import type { Tried } from '../search/strategy.ts';
import { labelAt, type Point, repetitionsOf, valuesAt } from '../space/points.ts';

export interface Suggester {
  /** Trials that others have chosen since the last look. */
  refresh(): readonly FrozenTrial[];
  /**
   * Chooses a combination.
   * @param figureOf the metric of a trial by its hash; null where it is still to come, NaN where none will come
   * @returns its trials, or those that another driver was faster to choose; undefined where there are no more
   */
  next(figureOf: (hash: string) => number | null): readonly FrozenTrial[] | undefined;
}

export interface SuggesterOptions {
  /** The folder of the runs. */
  readonly runs: string;
  /** Told of combinations that are no experiment. */
  readonly notify: (message: string) => void;
}

/** @returns undefined for a sweep whose plan has all trials */
export function createSuggester(sweepFolder: string, options: SuggesterOptions): Suggester | undefined {
  const sweep = readSweep(sweepFolder);
  const space = readFrozenSpace(sweepFolder);
  const { strategy, metric } = sweep;
  const { choosing } = strategyOf(strategy);
  if (space === undefined || choosing === null) return undefined;
  const nextChoice = choosing.next;
  const { axes, exclusions, hasSeeds } = space;
  const repetitions = hasSeeds ? axes.at(-1)!.choices.length : 1;
  const memory: CompileMemory = { data: createDataMemory(), networks: new Map() };
  const price = createPricer(speedOf(recentResults(options.runs)));
  const combinations: Combination[] = [...space.combinations];
  const known = new Set(combinations.flatMap(({ trials }) => trials));
  let isExhausted = false;
  refresh();
  return { refresh, next };

  function refresh(): readonly FrozenTrial[] {
    const found = readSuggestions(sweepFolder, combinations.length);
    found.forEach(add);
    return found.flatMap(({ trials }) => trials);
  }

  function add({ point, trials }: Suggestion): void {
    const hashes = trials.map(({ hash }) => hash);
    combinations.push({ point: readPoint(point), trials: hashes });
    for (const hash of hashes) known.add(hash);
  }

  function next(figureOf: (hash: string) => number | null): readonly FrozenTrial[] | undefined {
    if (isExhausted || known.size + repetitions > sweep.trials) return undefined;
    const tried = combinations.map(
      (one): Tried => ({ point: one.point, figure: figureOfAll(one, figureOf) }),
    );
    const made = new Map<Point, readonly FrozenTrial[]>();
    const isTaken = (point: Point): boolean => {
      const trials = trialsAt(point);
      made.set(point, trials);
      return trials.length === 0 || trials.some(({ hash }) => known.has(hash));
    };
    const ownAxes = hasSeeds ? axes.slice(0, -1) : axes;
    const choice = nextChoice(tried, { axes: ownAxes, exclusions, strategy, metric, isTaken });
    if (choice === undefined) {
      isExhausted = true;
      return undefined;
    }
    const numbersOf = (is: (figure: number | null) => boolean): number[] =>
      tried.flatMap(({ figure }, number) => (is(figure) ? [number] : []));
    const suggestion: Suggestion = {
      number: combinations.length,
      point: writtenPoint(choice.point),
      isEstimated: choice.isEstimated,
      pending: numbersOf((figure) => figure === null),
      failed: numbersOf((figure) => Number.isNaN(figure)),
      trials: made.get(choice.point)!,
    };
    if (!writeSuggestion(sweepFolder, suggestion)) return refresh();
    add(suggestion);
    return suggestion.trials;
  }

  /** @returns none for a point that is excluded with every seed, or is no experiment */
  function trialsAt(point: Point): readonly FrozenTrial[] {
    const points = repetitionsOf(point, axes, exclusions);
    try {
      return points.map((repeated) => {
        const { document, problems } = readDocument(join(sweepFolder, 'base.yaml'), {
          overrides: overridesOf({ values: valuesAt(axes, repeated) }),
          environment: {},
          variantAt: variantsOf('experiment'),
        });
        const { plan } = compileDocument(document, problems, { memory, needTable: true });
        return frozenTrial(
          { axes },
          {
            // All trials of a sweep are known by hashes of the same numerics.
            ...hashesOf(plan.settings, sweep.numerics ?? 1),
            point: repeated,
            ...price.of(plan.settings, plan.dataset),
          },
        );
      });
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      const [problem] = error.problems;
      options.notify(`left out ${labelAt(axes, points[0]!)}: ${problem!.path}: ${problem!.message}`);
      return [];
    }
  }
}

/** Mean over the seeds that came to a figure, as soon as none is still to come. */
function figureOfAll({ trials }: Combination, figureOf: (hash: string) => number | null): number | null {
  const figures = trials.map(figureOf);
  if (figures.includes(null)) return null;
  const results = figures.filter((figure): figure is number => !Number.isNaN(figure));
  return results.reduce((sum, figure) => sum + figure, 0) / results.length;
}
