/**
 * A sweep file to the list of its trials.
 *
 *   file ─ space ─▶ axes ─ strategy ─▶ points ─ compile some ─▶ all rules hold ─ contents ─▶ hashes ─▶ trials
 *
 * Pure but for reading the files. Points of the same content are one trial.
 */
import { ExperimentError, type Problem } from '../../errors.ts';
import { namesHint } from '../../file/names.ts';
import { sortProblems } from '../../file/problems.ts';
import type { Hashes } from '../../plan/hash/hash.ts';
import { createPartTexts } from '../../plan/hash/part-texts.ts';
import type { ResolvedSweep } from '../../schema/sweep.ts';
import { strategyOf, trialsToCome } from '../search/strategies.ts';
import type { Axis } from '../space/axis.ts';
import { labelAt, type Point } from '../space/points.ts';
import { readSpace, type Space, type SpaceOptions } from '../space/space.ts';
import { createContents, type DatasetFacts } from './contents.ts';
import { coveringPoints } from './cover.ts';
import { createPricer, type Price, type Speed } from './price.ts';
import { createStageTree, type StageTree } from './stage-tree.ts';
import { hashSweep } from './sweep-hash.ts';

/** Known by the hash of its plan, as `run plan` gives it. */
export interface PlannedTrial extends Price, Hashes {
  readonly point: Point;
}

/** Known by the hash of what the sweep is: the trials' hashes, and all of its file but name and description. */
export interface SweepPlan extends Hashes {
  readonly space: Space;
  readonly sweep: ResolvedSweep;
  readonly axes: readonly Axis[];
  readonly trials: readonly PlannedTrial[];
  /** Which of them begin with the same stages, by their place in the list. */
  readonly stageTree: StageTree;
  /** Trials that will be chosen from the results of others, at most. */
  readonly toCome: number;
  /** Points that came to a trial that was there already. */
  readonly duplicates: number;
}

export interface PlanOptions extends SpaceOptions {
  readonly speed: Speed;
}

/**
 * @param file the sweep file
 * @throws ExperimentError with every problem of the file, the base and the values
 */
export function planSweep(file: string, options: PlanOptions): SweepPlan {
  const space = readSpace(file, options);
  const { sweep, axes } = space;
  const strategy = strategyOf(sweep.strategy);
  const points = strategy.points(space, sweep.strategy);
  space.throwProblems();
  const possible = strategy.choosing?.possiblePoints(space, sweep.strategy) ?? [];
  checkPoints(space, coveringPoints([...points, ...possible], axes));
  checkMetric(space, points[0]!);

  const base = space.base.value as Readonly<Record<string, unknown>>;
  const lasting = new Set<object>();
  const texts = createPartTexts(lasting);
  const factsOf = (point: Point): DatasetFacts => {
    const { settings, dataset } = space.compile(point).plan;
    const { heads, tableDigest } = settings.dataset;
    const table =
      tableDigest === null
        ? null
        : { digest: tableDigest, repeatsImages: dataset.repeatedImages !== undefined };
    return { heads, table, weights: settings.weights, data: dataset };
  };
  const contentOf = createContents(base, axes, space.pathOf, factsOf, lasting, texts);
  const price = createPricer(options.speed);
  const stageTree = createStageTree(texts, price.ofStage);
  const hashes = new Set<string>();
  const planned: PlannedTrial[] = [];
  for (const point of points) {
    const { hash, earlierHashes, settings, facts } = contentOf(point);
    if (hashes.has(hash)) continue;
    hashes.add(hash);
    stageTree.add(settings, facts.data);
    const { epochs, seconds, peakMemoryBytes } = price.of(settings, facts.data);
    planned.push({ hash, earlierHashes, point, epochs, seconds, peakMemoryBytes });
  }
  strategy.stopping?.check(
    space,
    sweep.strategy,
    planned.map(({ epochs }) => epochs),
  );
  space.throwProblems();
  return {
    space,
    sweep,
    axes,
    ...hashSweep(sweep, planned),
    trials: planned,
    stageTree,
    toCome: trialsToCome(space, planned.length),
    duplicates: points.length - planned.length,
  };
}

/** Reports what is wrong with any of these points, each mistake once. */
function checkPoints(space: Space, points: readonly Point[]): void {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const point of points) {
    try {
      space.check(point);
    } catch (error) {
      if (!(error instanceof ExperimentError)) throw error;
      for (const problem of error.problems) {
        const identity = JSON.stringify([problem.code, problem.message, problem.place]);
        if (seen.has(identity)) continue;
        seen.add(identity);
        problems.push(withTrial(problem, space, point));
      }
    }
  }
  if (problems.length > 0) throw new ExperimentError(sortProblems(problems));
}

function checkMetric({ sweep, compile, report, throwProblems }: Space, point: Point): void {
  const { head } = sweep.metric;
  if (head === null) return;
  const heads = compile(point).plan.model.heads.map(({ name }) => name);
  if (!heads.includes(head))
    report('unknownHead', ['metric', 'head'], `there is no head "${head}"`, namesHint(head, heads));
  throwProblems();
}

/** Where a mistake is not in the sweep file, the values that it comes with are. */
function withTrial(problem: Problem, { document, axes }: Space, point: Point): Problem {
  const own = document.placeOf([]).file;
  if (problem.place?.file === own) return problem;
  const trial = `In the trial ${labelAt(axes, point)}.`;
  return { ...problem, hint: problem.hint === undefined ? trial : `${problem.hint} ${trial}` };
}
