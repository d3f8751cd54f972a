/**
 * What a trial costs in time and memory, from the figures of its plan and from what finished runs on this machine took.
 * Where none has finished here, time is not known, and null says so.
 */
import { hostname } from 'node:os';
import type { Network } from '../../model/network.ts';
import { epochFlops, stageFigures } from '../../plan/figures.ts';
import { type NetworkFor, type NetworkMemory, networks } from '../../plan/networks.ts';
import type { DataFigures, Settings, StagePlan } from '../../plan/plan.ts';
import type { RunResult, StageCost } from '../../run/folders.ts';

export interface Price {
  /** At most; early stopping may end a stage before. */
  readonly epochs: number;
  /** Null where no run on this machine tells. */
  readonly seconds: number | null;
  readonly peakMemoryBytes: number;
}

/** So many finished stages, the nearest by the size of their steps, tell the speed of one. */
const NEIGHBOURS = 5;

export interface Speed {
  /** Operations a second of stages whose steps are about this large; null where no run tells. */
  rate(flopsPerStep: number): number | null;
  /** Seconds before the first step. */
  readonly startSeconds: number;
}

/** @param results of finished runs, of whatever machine */
export function speedOf(results: readonly RunResult[], host = hostname()): Speed {
  const own = results.filter((result) => result.host === host);
  const costs = own.flatMap((result) => result.costs).filter(({ seconds }) => seconds > 0);
  const starts = own.flatMap(({ timeToFirstStepSeconds: start }) => (start === null ? [] : [start]));
  const median = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[values.length >> 1]!;
  const known = new Map<number, number | null>();
  return {
    rate(flopsPerStep) {
      const before = known.get(flopsPerStep);
      if (before !== undefined) return before;
      const distance = (cost: StageCost): number => Math.abs(Math.log(cost.flopsPerStep / flopsPerStep));
      const nearest = [...costs].sort((a, b) => distance(a) - distance(b)).slice(0, NEIGHBOURS);
      const rate = nearest.length === 0 ? null : median(nearest.map(({ flops, seconds }) => flops / seconds));
      known.set(flopsPerStep, rate);
      return rate;
    },
    startSeconds: starts.length === 0 ? 0 : median(starts),
  };
}

export interface Pricer {
  of(settings: Settings, data: DataFigures): Price;
  /** Seconds of one stage; null where no run on this machine tells. */
  ofStage(settings: Settings, stage: StagePlan, data: DataFigures): number | null;
}

export function createPricer(speed: Speed): Pricer {
  const memory: NetworkMemory = new Map();
  const known = new WeakMap<object, NetworkFor>();
  const prices = new WeakMap<object, WeakMap<object, Map<string, StagePrice>>>();

  function networkOf(settings: Settings, stage: StagePlan): Network {
    const networkFor = known.get(settings.model) ?? networks(settings, memory);
    known.set(settings.model, networkFor);
    return networkFor(stage);
  }

  /** Depends on the stage's size and on what it trains, not on its other numbers. */
  function stagePrice(
    settings: Settings,
    stage: StagePlan,
    data: DataFigures,
    known: Map<string, StagePrice>,
  ): StagePrice {
    const { imageSize, batchSize, stepsPerEpoch, lastBatch, trainable, dropout, stochasticDepth, optimizer } =
      stage;
    const { precision } = settings.execution;
    const key = `${imageSize} ${batchSize} ${stepsPerEpoch} ${lastBatch} ${trainable} ${dropout} ${stochasticDepth} ${optimizer.name} ${settings.dataset.cacheSize} ${precision}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const figures = stageFigures(settings, stage, networkOf(settings, stage), data);
    const flops = epochFlops(figures, data);
    const rate = speed.rate(figures.flopsPerStep);
    const epochSeconds = flops === null || rate === null ? null : flops / rate;
    const price = { epochSeconds, peakMemoryBytes: figures.peakMemoryBytes };
    known.set(key, price);
    return price;
  }

  function pricesOf(model: object, data: object): Map<string, StagePrice> {
    const ofModel = prices.get(model) ?? new WeakMap<object, Map<string, StagePrice>>();
    const ofData = ofModel.get(data) ?? new Map<string, StagePrice>();
    prices.set(model, ofModel.set(data, ofData));
    return ofData;
  }

  return {
    of(settings, data) {
      const known = pricesOf(settings.model, data);
      let seconds: number | null = speed.startSeconds;
      let [epochs, peakMemoryBytes] = [0, 0];
      for (const stage of settings.stages) {
        const price = stagePrice(settings, stage, data, known);
        epochs += stage.epochs;
        peakMemoryBytes = Math.max(peakMemoryBytes, price.peakMemoryBytes);
        seconds =
          seconds === null || price.epochSeconds === null
            ? null
            : seconds + stage.epochs * price.epochSeconds;
      }
      return { epochs, seconds, peakMemoryBytes };
    },
    ofStage(settings, stage, data) {
      const { epochSeconds } = stagePrice(settings, stage, data, pricesOf(settings.model, data));
      return epochSeconds === null ? null : stage.epochs * epochSeconds;
    },
  };
}

interface StagePrice {
  /** Null where no run on this machine tells. */
  readonly epochSeconds: number | null;
  readonly peakMemoryBytes: number;
}
