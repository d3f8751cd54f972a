/**
 * The learning-rate range test: training steps at a rate that rises exponentially, until the loss diverges. Smith,
 * arXiv:1506.01186, section 3.3; the smoothed loss and the stop as in fastai's `lr_find`.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { batchesOf, trainingOrder } from '../data/batches.ts';
import type { Data } from '../data/dataset.ts';
import type { Plan } from '../plan/plan.ts';
import { batchesToApply } from './accumulation.ts';
import type { Engine } from './engine.ts';
import { Interrupted } from './events.ts';

export interface RangePoint {
  readonly learningRate: number;
  /** Of the batches of this update. */
  readonly loss: number;
  /** Moving average of the losses so far, corrected for its start at 0. */
  readonly smoothed: number;
}

export interface RangeOptions {
  /** Rates of the first and of the last update. */
  readonly from: number;
  readonly to: number;
  readonly updates: number;
}

/** Share of the moving average that each loss keeps. */
const SMOOTHING = 0.98;
/** The test ends where the smoothed loss is so many times the lowest. */
const DIVERGED = 4;
/** Updates before which no divergence is looked for: the average of a few losses is mostly noise. */
const FIRST_UPDATES = 10;

/** @returns the rate of an update, counted from 0: a factor from one to the next */
export function rangeRate({ from, to, updates }: RangeOptions, update: number): number {
  return updates === 1 ? from : from * (to / from) ** (update / (updates - 1));
}

/**
 * Smoothed losses so far with one more.
 * @returns the new point, and whether the loss has diverged
 */
export function nextPoint(
  points: readonly RangePoint[],
  learningRate: number,
  loss: number,
): { point: RangePoint; diverged: boolean } {
  const before = points.at(-1);
  const count = points.length + 1;
  // The average without its correction, from the one with it.
  const raw = (before?.smoothed ?? 0) * (1 - SMOOTHING ** (count - 1)) * SMOOTHING + (1 - SMOOTHING) * loss;
  const smoothed = raw / (1 - SMOOTHING ** count);
  const lowest = Math.min(...points.map((point) => point.smoothed));
  return {
    point: { learningRate, loss, smoothed },
    diverged: !Number.isFinite(loss) || (count > FIRST_UPDATES && smoothed > DIVERGED * lowest),
  };
}

export interface RangeResult {
  readonly points: readonly RangePoint[];
  /** Whether the test ended before its last rate. */
  readonly diverged: boolean;
}

/**
 * @param plan of one stage, whose optimizer is used without its policy
 * @param onUpdate told of each update: the points so far
 * @throws Interrupted
 */
export async function rangeTest(
  { plan, data, engine }: { readonly plan: Plan; readonly data: Data; readonly engine: Engine },
  options: RangeOptions,
  signal: AbortSignal,
  onUpdate: (points: readonly RangePoint[]) => void,
): Promise<RangeResult> {
  const { seed, stages } = plan.settings;
  const stage = stages[0]!;
  const every = stage.optimizer.accumulateGradients;
  engine.beginStage(stage, 0);
  const points: RangePoint[] = [];
  let losses: number[] = [];
  let updates = 0;
  for (let epoch = 0, steps = 0; ; epoch++) {
    const order = trainingOrder(data.split.training, seed, 0, epoch);
    const batches = batchesOf(order, stage);
    for (const [step, rows] of batches.entries()) {
      const learningRate = rangeRate(options, points.length);
      const accumulated = batchesToApply(step, batches.length, every);
      const optimizerStep = updates + 1;
      losses.push(
        engine.train({ rows, stage: 0, epoch, step: steps, learningRate, optimizerStep, accumulated }),
      );
      steps += 1;
      if (engine.lossScaling()?.isUpdated ?? accumulated > 0) updates += 1;
      if (accumulated > 0 || !Number.isFinite(losses.at(-1))) {
        const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
        losses = [];
        const { point, diverged } = nextPoint(points, learningRate, loss);
        // A loss that is not finite has no place in a curve.
        if (Number.isFinite(loss)) points.push(point);
        onUpdate(points);
        if (diverged) return { points, diverged };
        if (points.length === options.updates) return { points, diverged: false };
      }
      await nextTurn();
      if (signal.aborted) throw new Interrupted();
    }
  }
}

export interface RangeSuggestion {
  /** Rate around which the smoothed loss falls fastest over the logarithm of the rate. */
  readonly steepest: number;
  /** A tenth of the rate with the lowest smoothed loss. */
  readonly minimumOverTen: number;
}

/** The first averages are of few losses, and mostly noise; at most a quarter of the points is left out for that. */
const FIRST_AVERAGES = 10;
/** Half of the width over which the fall is measured: half a decade of rates to either side. */
const HALF_WINDOW = 0.5;

/** @returns null where the loss falls nowhere, or there are too few points to tell */
export function suggestRates(points: readonly RangePoint[]): RangeSuggestion | null {
  const kept = points.slice(Math.min(FIRST_AVERAGES, Math.floor(points.length / 4)));
  const slopes = kept.flatMap(({ learningRate }) => {
    const slope = slopeAround(kept, Math.log10(learningRate));
    return slope === null ? [] : [{ learningRate, slope }];
  });
  if (slopes.length === 0) return null;
  const steepest = slopes.reduce((best, next) => (next.slope < best.slope ? next : best));
  if (!(steepest.slope < 0)) return null;
  const lowest = kept.reduce((best, next) => (next.smoothed < best.smoothed ? next : best));
  return { steepest: steepest.learningRate, minimumOverTen: lowest.learningRate / 10 };
}

/**
 * Slope of the least-squares line through the points around a rate, in loss a decade.
 * @returns null where the points do not reach to both ends of the window
 */
function slopeAround(points: readonly RangePoint[], at: number): number | null {
  const all = points.map(({ learningRate, smoothed }) => ({ x: Math.log10(learningRate), y: smoothed }));
  const near = all.filter(({ x }) => Math.abs(x - at) <= HALF_WINDOW);
  const isInside = all[0]!.x <= at - HALF_WINDOW && all.at(-1)!.x >= at + HALF_WINDOW;
  if (near.length < 3 || !isInside) return null;
  const meanX = near.reduce((sum, { x }) => sum + x, 0) / near.length;
  const meanY = near.reduce((sum, { y }) => sum + y, 0) / near.length;
  const together = near.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0);
  return together / near.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
}
