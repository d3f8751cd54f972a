/**
 * The space of a sweep as a file, `space.json`, for strategies that choose trials while the sweep runs. In: a plan. Out:
 * axes and exclusions without the sweep file, and the combinations that were planned.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SweepPlan } from '../plan/plan.ts';
import { strategyOf } from '../search/strategies.ts';
import type { Requirement } from '../space/axis.ts';
import type { Exclusions, Point, PointAxis } from '../space/points.ts';

export interface FrozenSpace {
  /** In the order of the file; the seeds, if there are any, are the last. */
  readonly axes: readonly PointAxis[];
  readonly exclusions: Exclusions;
  /** Whether the last axis is the one of seeds. */
  readonly hasSeeds: boolean;
  /** What the plan begins with. */
  readonly combinations: readonly Combination[];
}

/** A point, and its trials: one, or one for each seed. */
export interface Combination {
  /** Without a coordinate for the seeds. */
  readonly point: Point;
  readonly trials: readonly string[];
}

interface WrittenRequirement {
  readonly axis: number;
  readonly choices: readonly number[];
}

/** `space.json`. */
interface WrittenSpace {
  readonly axes: readonly (Omit<PointAxis, 'when'> & { readonly when: readonly WrittenRequirement[] })[];
  readonly exclusions: readonly (readonly WrittenRequirement[])[];
  readonly hasSeeds: boolean;
  readonly combinations: readonly { readonly point: WrittenPoint; readonly trials: readonly string[] }[];
}

/** Null for an axis that takes no part: JSON has no NaN. */
export type WrittenPoint = readonly (number | null)[];

const SPACE = 'space.json';

export function writtenPoint(point: Point): WrittenPoint {
  return Array.from(point, (value) => (Number.isNaN(value) ? null : value));
}

export function readPoint(written: WrittenPoint): Point {
  return written.map((value) => value ?? Number.NaN);
}

/**
 * @param frozenValue a value as trials get it: paths of files as absolute ones
 * @returns the name of the file and what it holds; undefined where the plan has all trials
 */
export function frozenSpace(
  plan: SweepPlan,
  frozenValue: (path: string, value: unknown) => unknown,
): { name: string; value: object } | undefined {
  if (strategyOf(plan.sweep.strategy).choosing === null) return undefined;
  const { axes, space, sweep } = plan;
  const hasSeeds = sweep.seeds !== undefined;
  const combinations = new Map<string, { point: WrittenPoint; trials: string[] }>();
  for (const { hash, point } of plan.trials) {
    const own = writtenPoint(hasSeeds ? point.slice(0, -1) : point);
    const found = combinations.get(own.join()) ?? { point: own, trials: [] };
    combinations.set(own.join(), { ...found, trials: [...found.trials, hash] });
  }
  const written: WrittenSpace = {
    axes: axes.map(({ name, paths, choices, distribution, isRange, when }) => ({
      name,
      paths,
      choices: choices.map(({ label, settings }) => ({
        label,
        settings: settings.map(({ path, plain }) => ({ path, plain: frozenValue(path, plain) })),
      })),
      distribution,
      isRange,
      when: when.map(writtenRequirement),
    })),
    exclusions: space.exclusions.map((all) => all.map(writtenRequirement)),
    hasSeeds,
    combinations: [...combinations.values()],
  };
  return { name: SPACE, value: written };
}

/** @returns undefined for a sweep whose plan has all trials */
export function readFrozenSpace(sweepFolder: string): FrozenSpace | undefined {
  const file = join(sweepFolder, SPACE);
  if (!existsSync(file)) return undefined;
  const written = JSON.parse(readFileSync(file, 'utf8')) as WrittenSpace;
  return {
    axes: written.axes.map((axis) => ({ ...axis, when: axis.when.map(requirement) })),
    exclusions: written.exclusions.map((all) => all.map(requirement)),
    hasSeeds: written.hasSeeds,
    combinations: written.combinations.map(({ point, trials }) => ({ point: readPoint(point), trials })),
  };
}

const writtenRequirement = ({ axis, choices }: Requirement): WrittenRequirement => ({
  axis,
  choices: [...choices],
});
const requirement = ({ axis, choices }: WrittenRequirement): Requirement => ({
  axis,
  choices: new Set(choices),
});
