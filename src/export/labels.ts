/** `labels.json`: what goes into an exported file and what its outputs mean, for whoever reads it in whatever language. */
import type { Decision, ModelDescription } from '../bundle/model.ts';
import { namesOf } from './names.ts';

export interface Labels {
  readonly format: 'manyheads-labels';
  readonly version: 1;
  readonly name: string;
  readonly run: string;
  readonly input: {
    readonly name: string;
    readonly dtype: 'uint8';
    /** `N` for any number of images. */
    readonly shape: readonly ['N', number, number, 3];
    readonly layout: 'NHWC';
    readonly colours: 'rgb';
    /** How a picture becomes a square: src/bundle/README.md. */
    readonly fit: ModelDescription['input']['fit'];
  };
  readonly heads: readonly {
    readonly name: string;
    /** Names of the outputs. */
    readonly probabilities: string;
    readonly class: string;
    /** In the order of the probabilities. */
    readonly classes: readonly string[];
    /** Whether they stand in an order, from low to high. */
    readonly ordinal: boolean;
    /** Inside the file already. */
    readonly decision: Decision;
  }[];
}

export function labelsOf({ name, run, input, heads, decisions }: ModelDescription): Labels {
  const names = namesOf(heads);
  const { decodedSize: side } = input;
  return {
    format: 'manyheads-labels',
    version: 1,
    name,
    run: run.id,
    input: {
      name: names.images,
      dtype: 'uint8',
      shape: ['N', side, side, 3],
      layout: 'NHWC',
      colours: input.colours,
      fit: input.fit,
    },
    heads: heads.map((head, h) => ({
      name: head.name,
      probabilities: names.heads[h]!.probabilities,
      class: names.heads[h]!.class,
      classes: head.classes,
      ordinal: head.ordinal,
      decision: decisions[head.name]!,
    })),
  };
}
