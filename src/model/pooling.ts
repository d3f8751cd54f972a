/** Feature maps in, one vector of features out: one or more ways to pool, concatenated in the order given. */
import type { Builder } from './builder.ts';
import type { PoolingName } from './settings.ts';

/** Exponent of the generalised mean before training: section 5.1 of arXiv:1711.02512. */
const FIRST_EXPONENT = 3;

const poolings: Readonly<Record<PoolingName, (builder: Builder, maps: string) => string>> = {
  gap: (builder, maps) => builder.globalAveragePool('gap', maps),
  gmp: (builder, maps) => builder.globalMaxPool('gmp', maps),
  gem(builder, maps) {
    // What is learned here is of the task, not of the images: a stage that freezes the backbone trains it with the towers.
    builder.startPart('tower');
    const pooled = builder.globalGeneralizedMean('gem', maps, FIRST_EXPONENT);
    builder.startPart('backbone');
    return pooled;
  },
};

/** @returns name of the layer that holds the features */
export function appendPooling(builder: Builder, maps: string, names: readonly PoolingName[]): string {
  const [first, ...rest] = names.map((name) => poolings[name](builder, maps));
  if (first === undefined) throw new Error('a network needs at least one kind of pooling');
  return rest.length === 0 ? first : builder.concatenate('pooled', [first, ...rest]);
}
