/**
 * What a strategy is: all that differs between grid, random, sobol, asha and tpe. A strategy is a plain object in a file of its
 * own name, and strategies.ts is the table of them. No other file asks which strategy it has.
 *
 *   points ─▶ the plan ─▶ choosing: more trials, from results ─▶ stopping: trials that stop early, and which go on
 *
 * All of it is pure: the same file and the same results give the same trials, on every machine and after every interruption.
 */
import type { ResolvedSweep } from '../../schema/sweep.ts';
import type { Exclusions, Point, PointAxis } from '../space/points.ts';
import type { Space } from '../space/space.ts';
import type { Metric } from './metric.ts';

/** `strategy` of a sweep file, with its defaults. */
export type StrategySettings = ResolvedSweep['strategy'];
/** As schemas/sweep.schema.json lists them. */
export type StrategyName = StrategySettings['name'];
export type SettingsOf<N extends StrategyName> = Extract<StrategySettings, { name: N }>;

export interface Strategy<S extends StrategySettings = StrategySettings> {
  /**
   * The points of the plan, in the order in which they are tried; where trials are chosen from results, those that come first.
   * Reports what of the sweep file does not go with the strategy; then the points mean nothing.
   */
  points(space: Space, settings: S): Point[];
  /** Trials that are chosen while the sweep runs; null where the plan has all of them. */
  readonly choosing: Choosing<S> | null;
  /** Trials that stop before their end; null where none does. */
  readonly stopping: Stopping<S> | null;
}

/**
 * Trials that are chosen from the results of others. The ledger keeps for it what it chooses from (`space.json`, as the sweep
 * file may change) and what it chose (`suggestions/`). A queue must be told by `--parallel` how many trials it may have at a time.
 */
export interface Choosing<S extends StrategySettings = StrategySettings> {
  /** How many combinations the sweep comes to at most, those of the plan among them, each counted once for all of its seeds. */
  mostCombinations(space: Space): number;
  /** Some of the points that may be chosen, so that the rules of an experiment are tried on them before anything runs. */
  possiblePoints(space: Space, settings: S): Point[];
  /**
   * The combination that is tried next. One that was tried, is excluded or is taken is not chosen again.
   * @param tried in the order in which they were begun
   * @returns undefined where no combination is left
   */
  next(tried: readonly Tried[], options: ChoiceOptions<S>): Choice | undefined;
}

export interface ChoiceOptions<S extends StrategySettings = StrategySettings> {
  /** Without the axis of seeds. */
  readonly axes: readonly PointAxis[];
  readonly exclusions: Exclusions;
  readonly strategy: S;
  readonly metric: Metric;
  /** Whether the combination can't be a trial for what the axes do not tell: its plan is that of another trial. @default no */
  readonly isTaken?: (point: Point) => boolean;
}

/** A combination that was begun. */
export interface Tried {
  readonly point: Point;
  /** The sweep's metric; null where it is still to come, NaN where none will come. */
  readonly figure: number | null;
}

export interface Choice {
  readonly point: Point;
  /** Whether results had a part in it; else it was drawn as by `random`. */
  readonly isEstimated: boolean;
}

/**
 * Trials that stop at rungs, of which the best go on. The ledger keeps for it what each trial reached (`rung-<epochs>.json`) and
 * which went on (`promoted-<epochs>.json`). How long the sweep still takes is not known before, so that it is not shown.
 */
export interface Stopping<S extends StrategySettings = StrategySettings> {
  /**
   * Epochs at which trials stop, rising, below those of the longest trial.
   * @param epochs of all stages of each trial
   */
  rungs(settings: S, epochs: Iterable<number>): number[];
  /** Of so many trials that come to a rung, one goes on: what the preview says. */
  reduction(settings: S): number;
  /** Reports where rungs and trials do not go together. @param epochs of all stages of each trial */
  check(space: Space, settings: S, epochs: readonly number[]): void;
  /**
   * The trial that goes on.
   * @param standings in the order of the plan
   * @returns undefined where none may go on by now
   */
  next(standings: readonly Standing[], options: PromotionOptions<S>): Promotion | undefined;
  /**
   * Epochs that all trials together take, at least and at most, where none ends or fails before.
   * @param epochs of all stages of each trial
   */
  epochsRange(settings: S, epochs: readonly number[]): readonly [number, number];
}

export interface PromotionOptions<S extends StrategySettings = StrategySettings> {
  /** How many there are. */
  readonly rungs: number;
  readonly strategy: S;
  readonly metric: Metric;
}

/** How far a trial has come. Rungs are counted from 0, the lowest. */
export interface Standing {
  /** The sweep's metric at the rungs that it has reached, from the lowest. */
  readonly figures: readonly number[];
  /** From so many rungs it was promoted; it is trained up to the rung of this number, or beyond the last to its end. */
  readonly promotions: number;
}

/** A trial, by its place in the plan, and the rung that it goes on from. */
export interface Promotion {
  readonly trial: number;
  readonly rung: number;
}
