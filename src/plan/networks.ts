/** The network of each stage: one experiment has one set of weights, and its stages differ in size and regularisation. */
import { describeNetwork } from '../model/describe.ts';
import type { Network } from '../model/network.ts';
import type { ModelSettings, TowerLayerSettings } from '../model/settings.ts';
import { outputsOf } from './loss.ts';
import type { Settings, StagePlan } from './plan.ts';

export type NetworkStage = Pick<StagePlan, 'imageSize' | 'dropout' | 'stochasticDepth'>;

/** The network in a stage; its weights are the same in all. @throws ImageTooSmallError */
export type NetworkFor = (stage: NetworkStage) => Network;

/** Networks by everything that they depend on, for settings that share some. */
export type NetworkMemory = Map<string, Map<string, Network>>;

/** Describes each network once. Heads whose classes were not found are reported elsewhere, and left out. */
export function networks(
  { model, dataset, stages }: Settings,
  memory: NetworkMemory = new Map(),
): NetworkFor {
  // The rules see to it that a head has as many outputs in every stage.
  const losses = stages[0]!.loss.heads;
  const heads = dataset.heads
    .filter(({ classes }) => classes.length > 0)
    .map((head) => ({ ...head, outputs: outputsOf(losses[head.name]!, head.classes.length) }));
  const owner = JSON.stringify([model, heads.map(({ name, outputs }) => [name, outputs])]);
  const known = memory.get(owner) ?? new Map<string, Network>();
  memory.set(owner, known);
  return ({ imageSize, dropout, stochasticDepth }) => {
    const key = JSON.stringify([imageSize, dropout, stochasticDepth]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const network = describeNetwork(withRates(model, dropout, stochasticDepth), heads, imageSize);
    known.set(key, network);
    return network;
  };
}

function withRates(
  { backbone, tower, towers, ...model }: ModelSettings,
  dropout: number | null,
  stochasticDepth: number | null,
): ModelSettings {
  const dropped = (layers: readonly TowerLayerSettings[]): TowerLayerSettings[] =>
    layers.map((layer) =>
      layer.type === 'dropout' && dropout !== null ? { ...layer, rate: dropout } : layer,
    );
  return {
    ...model,
    backbone:
      'stochasticDepth' in backbone && stochasticDepth !== null ? { ...backbone, stochasticDepth } : backbone,
    tower: dropped(tower),
    towers: Object.fromEntries(Object.entries(towers).map(([head, layers]) => [head, dropped(layers)])),
  };
}
