/** What is compared, read from disk: the trials of a sweep, or runs of any kind, each with its values, scores and curve. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { changesSince } from '../plan/hash/numerics.ts';
import { findRun, readPlan, readResult } from '../run/folders.ts';
import { readRecord } from '../run/record.ts';
import type { FrozenAxis, FrozenTrial } from '../sweep/ledger/freeze.ts';
import { readSweep, readTrialState, readTrials, trialFolder } from '../sweep/ledger/ledger.ts';
import { findSweep } from '../sweep/ledger/open.ts';
import { type Metric, metricOf } from '../sweep/search/metric.ts';
import { FOLD_PATH } from '../sweep/space/repeated.ts';
import { readHistory } from '../train/history.ts';
import type { Metrics } from '../train/score/metrics.ts';
import { differingValues } from './differences.ts';
import type { Repetition } from './repetition.ts';

export type Coordinate = string | number;

/** One epoch of a run on its validation rows. */
export interface CurvePoint {
  readonly epoch: number;
  readonly loss: number;
  readonly balancedAccuracy: number | null;
}

export interface ComparedTrial {
  /** What differs, in words, or the run's name. */
  readonly label: string;
  /** By the name of the axis; one that takes no part is left out. */
  readonly point: Readonly<Record<string, Coordinate>>;
  /** What it repeats others by: its seed, and behind a slash its fold where folds differ. */
  readonly seed: Coordinate | null;
  readonly status: string;
  /** Why it has no result; null where it has one or nothing is known. */
  readonly reason: string | null;
  readonly metrics: Metrics | null;
  /** What it is compared by; null where it has no result or no row has the label. */
  readonly metric: number | null;
  readonly curve: readonly CurvePoint[];
  /** That its epochs were computed under, ascending; none where it has no epoch. */
  readonly numerics: readonly number[];
}

export type ComparedAxis = Pick<FrozenAxis, 'name' | 'labels' | 'distribution'>;

export interface Compared {
  /** Names of the sweeps or runs. */
  readonly names: readonly string[];
  readonly metric: Metric;
  /** Neither the seed nor the fold is one of them. */
  readonly axes: readonly ComparedAxis[];
  readonly trials: readonly ComparedTrial[];
  /** What is averaged over; nothing where left out. */
  readonly repetition?: Repetition;
  /** Of the sweep, where there is one alone. */
  readonly folder: string | null;
}

/** Runs that belong to no sweep are compared by this. */
const RUNS_METRIC: Metric = { name: 'balancedAccuracy', head: null, direction: 'maximize' };

/**
 * @param names of sweeps or runs, or the beginnings of them
 * @throws ExperimentError where one is not there
 */
export function readCompared(runs: string, names: readonly string[]): Compared {
  const sweeps = names.map((name) => findSweep(runs, name));
  const [first] = sweeps;
  if (names.length === 1 && first !== undefined) return ofSweep(first);
  const sweep = sweeps.find((folder) => folder !== undefined);
  const metric = sweep === undefined ? RUNS_METRIC : readSweep(sweep).metric;
  const read = names.flatMap((name, i) => {
    const folder = sweeps[i];
    return folder === undefined
      ? [ofRun(findRun(runs, name), metric)]
      : readTrials(folder).map((trial) => ofTrial(folder, trial, metric, { seed: null, fold: null }));
  });
  const { axes, points, seeds, repetition } = differingValues(read.map(({ experiment }) => experiment));
  return {
    names: names.map((name, i) => basename(sweeps[i] ?? findRun(runs, name))),
    metric,
    axes: axes.map(({ name, labels }) => ({ name, labels, distribution: null })),
    trials: read.map(({ trial }, i) => ({ ...trial, point: points[i]!, seed: seeds[i]! })),
    repetition,
    folder: null,
  };
}

interface ReadTrial {
  readonly trial: ComparedTrial;
  /** The resolved experiment; undefined before it was written. */
  readonly experiment: unknown;
}

function ofSweep(folder: string): Compared {
  const { id, metric, axes } = readSweep(folder);
  const axisOf = (path: string): FrozenAxis | undefined =>
    axes.find(({ paths, labels }) => labels !== null && paths.join() === path);
  const [seedAxis, foldAxis] = [axisOf('seed'), axisOf(FOLD_PATH)];
  const repeated: RepeatedAxes = { seed: seedAxis?.name ?? null, fold: foldAxis?.name ?? null };
  const read = readTrials(folder).map((trial) => ofTrial(folder, trial, metric, repeated));
  const begun = read.find(({ experiment }) => experiment !== undefined)?.experiment;
  return {
    names: [id],
    metric,
    axes: axes
      .filter(
        (axis) => axis !== seedAxis && axis !== foldAxis && (axis.labels === null || axis.labels.length > 1),
      )
      .map(({ name, labels, distribution }) => ({ name, labels, distribution })),
    trials: read.map(({ trial }) => trial),
    repetition: {
      seeds: (seedAxis?.labels?.length ?? 1) > 1,
      folds: (foldAxis?.labels?.length ?? 1) > 1 ? foldsOf(begun, foldAxis!.labels!.length) : null,
    },
    folder,
  };
}

/** Names of the axes that repeat. */
interface RepeatedAxes {
  readonly seed: string | null;
  readonly fold: string | null;
}

/** As the experiment says; before one has begun, the folds that the sweep names. */
function foldsOf(experiment: unknown, named: number): number {
  const { dataset } = (experiment ?? {}) as { dataset?: { split?: { folds?: number | null } } };
  return dataset?.split?.folds ?? named;
}

function ofTrial(sweep: string, frozen: FrozenTrial, metric: Metric, repeated: RepeatedAxes): ReadTrial {
  const { status, result, attempts, exit } = readTrialState(sweep, frozen.hash);
  // A result may come from a run elsewhere: what it says of its folder counts.
  const runs = join(sweep, '..');
  const own = attempts.at(-1)?.folder ?? trialFolder(sweep, frozen.hash);
  const folder = result === undefined ? own : join(runs, result.directory);
  const { [repeated.seed ?? '']: seed, [repeated.fold ?? '']: fold, ...point } = frozen.point;
  return {
    trial: {
      label: frozen.label,
      point,
      seed: fold === undefined ? (seed ?? null) : `${seed ?? ''}/${fold}`,
      status,
      reason: result === undefined ? (exit?.reason ?? null) : null,
      ...scoresOf(result?.metrics, metric),
      ...readEpochs(folder),
    },
    experiment: readExperiment(folder),
  };
}

function ofRun(folder: string, metric: Metric): ReadTrial {
  const { runId, status, error } = readRecord(folder);
  return {
    trial: {
      label: runId,
      point: {},
      seed: null,
      status: status === 'finished' ? 'done' : status,
      reason: error,
      ...scoresOf(readResult(folder)?.metrics, metric),
      ...readEpochs(folder),
    },
    experiment: readExperiment(folder),
  };
}

function scoresOf(metrics: Metrics | undefined, metric: Metric): Pick<ComparedTrial, 'metrics' | 'metric'> {
  const value = metrics === undefined ? Number.NaN : metricOf(metric, metrics);
  return { metrics: metrics ?? null, metric: Number.isNaN(value) ? null : value };
}

function readExperiment(folder: string): unknown {
  if (!existsSync(join(folder, 'plan.json'))) return undefined;
  const experiment: object = readPlan(folder).experiment;
  // Version 0.1.0 had no word for it, and knew nothing else.
  return { lastBatch: 'short', ...experiment };
}

function readEpochs(folder: string): Pick<ComparedTrial, 'curve' | 'numerics'> {
  const history = readHistory(folder);
  const curve = history.map(({ runEpoch, validation }) => ({
    epoch: runEpoch,
    loss: validation.loss,
    balancedAccuracy: validation.mean?.balancedAccuracy ?? null,
  }));
  const numerics = new Set(history.map(({ numerics = 1 }) => numerics));
  return { curve, numerics: [...numerics].sort((a, b) => a - b) };
}

/** @returns what is said where the numbers were not all computed in the same way; undefined where they were */
export function numericsNote(trials: readonly ComparedTrial[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { numerics } of trials) {
    const words = numerics.join(' and ');
    if (words !== '') counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  if (counts.size < 2 && !trials.some(({ numerics }) => numerics.length > 1)) return undefined;
  const shares = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([words, count]) => `${count} under numerics ${words}`);
  const oldest = Math.min(...trials.flatMap(({ numerics }) => numerics));
  return `Not all numbers were computed in the same way: ${shares.join(', ')}. What has changed: ${changesSince(oldest)}`;
}
