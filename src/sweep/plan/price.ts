/**
 * What a trial costs in time and memory, from the figures of its plan and from what finished runs on this machine took.
 * Where none has finished here, time is not known, and null says so.
 */
import { hostname } from 'node:os';
import type { Network } from '../../model/network.ts';
import type { ModelSettings, TowerLayerSettings } from '../../model/settings.ts';
import { epochFlops, stageFigures } from '../../plan/figures.ts';
import { type NetworkMemory, networks } from '../../plan/networks.ts';
import type { DataFigures, Settings, StagePlan } from '../../plan/plan.ts';
import { createNumbering } from '../../plan/remembered.ts';
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

/** So many networks are held at most: each is some hundreds of layers. */
const MOST_NETWORKS = 64;
/** So many prices are held at most. */
const MOST_PRICES = 50_000;

export function createPricer(speed: Speed): Pricer {
  const memory: NetworkMemory = new Map();
  const prices = new Map<string, StagePrice>();
  /** The latest price of each stage, and what it depended on besides the stage. */
  const latest = new WeakMap<StagePlan, { common: number; price: StagePrice }>();
  /** Texts of what all stages depend on, by number. */
  const commons = new Map<string, number>();
  const texts = new WeakMap<object, string>();
  const numberOf = createNumbering();
  let described = 0;

  function networkOf(settings: Settings, stage: StagePlan): Network {
    if (++described % MOST_NETWORKS === 0) memory.clear();
    return networks(settings, memory)(stage);
  }

  /** What the price of every stage depends on: data, network, precision. */
  function commonOf({ model, dataset, execution, stages }: Settings, data: DataFigures): number {
    const modelText = texts.get(model) ?? JSON.stringify(withoutRates(model));
    texts.set(model, modelText);
    const losses = stages[0]!.loss.heads;
    let text = `${modelText} ${numberOf(data)} ${numberOf(dataset.heads)} ${dataset.cacheSize} ${execution.precision}`;
    for (const head in losses) text += ` ${losses[head]!.type}`;
    const number = commons.get(text) ?? commons.size;
    commons.set(text, number);
    return number;
  }

  /** Depends on the stage's size and on what it trains, not on its other numbers. */
  function stagePrice(settings: Settings, stage: StagePlan, data: DataFigures, common: number): StagePrice {
    const own = latest.get(stage);
    if (own?.common === common) return own.price;
    const price = priceOf(settings, stage, data, common);
    latest.set(stage, { common, price });
    return price;
  }

  function priceOf(settings: Settings, stage: StagePlan, data: DataFigures, common: number): StagePrice {
    const { imageSize, batchSize, stepsPerEpoch, lastBatch, trainable, stochasticDepth, optimizer } = stage;
    const { averageWeights, accumulateGradients } = optimizer;
    const isCentered = 'centered' in optimizer && optimizer.centered;
    const slots = `${optimizer.name} ${isCentered} ${averageWeights !== null} ${accumulateGradients > 1}`;
    const key = `${common} ${imageSize} ${batchSize} ${stepsPerEpoch} ${lastBatch} ${trainable} ${drops(stochasticDepth)} ${slots}`;
    const before = prices.get(key);
    if (before !== undefined) return before;
    const figures = stageFigures(settings, stage, networkOf(settings, stage), data);
    const flops = epochFlops(figures, data);
    const rate = speed.rate(figures.flopsPerStep);
    const epochSeconds = flops === null || rate === null ? null : flops / rate;
    const price = { epochSeconds, peakMemoryBytes: figures.peakMemoryBytes };
    if (prices.size >= MOST_PRICES) prices.clear();
    prices.set(key, price);
    return price;
  }

  return {
    of(settings, data) {
      const common = commonOf(settings, data);
      let seconds: number | null = speed.startSeconds;
      let [epochs, peakMemoryBytes] = [0, 0];
      for (const stage of settings.stages) {
        const price = stagePrice(settings, stage, data, common);
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
      const { epochSeconds } = stagePrice(settings, stage, data, commonOf(settings, data));
      return epochSeconds === null ? null : stage.epochs * epochSeconds;
    },
  };
}

/** A rate costs the same whatever it is: of 100,000 drawn ones there is one network. Where it is 0 its layers are left out. */
function drops(rate: number | null): boolean | null {
  return rate === null ? null : rate > 0;
}

function withoutRates({ backbone, tower, towers, ...rest }: ModelSettings): unknown {
  const plain = (layers: readonly TowerLayerSettings[]): unknown[] =>
    layers.map((layer) => (layer.type === 'dropout' ? layer.type : layer));
  const rate = 'stochasticDepth' in backbone ? { stochasticDepth: drops(backbone.stochasticDepth) } : {};
  return {
    ...rest,
    backbone: { ...backbone, ...rate },
    tower: plain(tower),
    towers: Object.entries(towers).map(([head, layers]) => [head, plain(layers)]),
  };
}

interface StagePrice {
  /** Null where no run on this machine tells. */
  readonly epochSeconds: number | null;
  readonly peakMemoryBytes: number;
}
