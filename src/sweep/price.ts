/**
 * What a trial costs in time and memory, from the figures of its plan and from what finished runs on this machine took.
 * Where none has finished here, time is not known, and null says so.
 */
import { hostname } from 'node:os';
import type { Network } from '../model/network.ts';
import { epochFlops, stageFigures } from '../plan/figures.ts';
import { type NetworkFor, type NetworkMemory, networks } from '../plan/networks.ts';
import type { DataFigures, Settings, StageFigures, StagePlan } from '../plan/plan.ts';
import type { RunResult, StageCost } from '../runs.ts';

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

export function createPricer(speed: Speed): (settings: Settings, data: DataFigures) => Price {
  const memory: NetworkMemory = new Map();
  const known = new WeakMap<object, NetworkFor>();
  const figures = new WeakMap<object, Map<string, StageFigures>>();

  function networkOf(settings: Settings, stage: StagePlan): Network {
    const networkFor = known.get(settings.model) ?? networks(settings, memory);
    known.set(settings.model, networkFor);
    return networkFor(stage);
  }

  /** Figures depend on the stage's size and on what it trains, not on its numbers. */
  function figuresOf(settings: Settings, stage: StagePlan, data: DataFigures): StageFigures {
    const network = networkOf(settings, stage);
    const ofNetwork = figures.get(network) ?? new Map<string, StageFigures>();
    figures.set(network, ofNetwork);
    const { imageSize, batchSize, stepsPerEpoch, trainable, optimizer } = stage;
    const { cacheSize } = settings.dataset;
    const key = [imageSize, batchSize, stepsPerEpoch, trainable, optimizer.name, cacheSize].join();
    const found = ofNetwork.get(key) ?? stageFigures(settings, stage, network, data);
    ofNetwork.set(key, found);
    return found;
  }

  return (settings, data) => {
    let seconds: number | null = speed.startSeconds;
    let [epochs, peakMemoryBytes] = [0, 0];
    for (const stage of settings.stages) {
      const stageFigure = figuresOf(settings, stage, data);
      const flops = epochFlops(stageFigure, data);
      const rate = speed.rate(stageFigure.flopsPerStep);
      epochs += stage.epochs;
      peakMemoryBytes = Math.max(peakMemoryBytes, stageFigure.peakMemoryBytes);
      seconds =
        seconds === null || flops === null || rate === null ? null : seconds + (stage.epochs * flops) / rate;
    }
    return { epochs, seconds, peakMemoryBytes };
  };
}
