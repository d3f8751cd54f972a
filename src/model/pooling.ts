/** Feature maps in, one vector of features out: one or more ways to pool, concatenated in the order given. */
import type { Builder } from './builder.ts';
import type { PoolingName } from './settings.ts';

export const poolings: Readonly<Record<PoolingName, (builder: Builder, maps: string) => string>> = {
  gap: (builder, maps) => builder.globalAveragePool('gap', maps),
  gmp: (builder, maps) => builder.globalMaxPool('gmp', maps),
};

/** @returns name of the layer that holds the features */
export function appendPooling(builder: Builder, maps: string, names: readonly PoolingName[]): string {
  const [first, ...rest] = names.map((name) => poolings[name](builder, maps));
  if (first === undefined) throw new Error('a network needs at least one kind of pooling');
  return rest.length === 0 ? first : builder.concatenate('pooled', [first, ...rest]);
}
