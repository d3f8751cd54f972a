/** Pooled features in, one head's own features out: the layers of the experiment's tower, in order. */
import type { Builder } from './builder.ts';
import type { TowerLayerSettings } from './settings.ts';

// Keras's defaults of BatchNormalization.
const NORM = { epsilon: 1e-3, momentum: 0.99 };

type TowerLayers = {
  readonly [T in TowerLayerSettings['type']]: (
    builder: Builder,
    input: string,
    prefix: string,
    settings: Extract<TowerLayerSettings, { type: T }>,
  ) => string;
};

const towerLayers: TowerLayers = {
  batchNorm: (builder, input, prefix) => builder.batchNorm(`${prefix}_batchNorm`, input, NORM),
  dropout: (builder, input, prefix, { rate }) => builder.dropout(`${prefix}_dropout`, input, rate),
  dense(builder, input, prefix, { units, activation, initializer }) {
    const x = builder.dense(`${prefix}_dense`, input, units, initializer);
    return activation === 'linear' ? x : builder[activation](`${prefix}_${activation}`, x);
  },
  activation: (builder, input, prefix, { activation }) =>
    builder[activation](`${prefix}_${activation}`, input),
};

/** @returns name of the last layer, which is `features` itself where the tower is empty */
export function appendTower(
  builder: Builder,
  features: string,
  head: string,
  tower: readonly TowerLayerSettings[],
): string {
  return tower.reduce((input, settings, i) => {
    // The table's entry and the settings have the same type, which TypeScript does not follow through an index.
    const append = towerLayers[settings.type] as (
      ...args: [Builder, string, string, TowerLayerSettings]
    ) => string;
    return append(builder, input, `${head}_tower_${i}`, settings);
  }, features);
}
