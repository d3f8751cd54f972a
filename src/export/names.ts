/** What an exported file calls its input and outputs: one space of names, in which heads are called what a table calls its columns. */
import type { HeadDescription } from '../bundle/model.ts';

export interface HeadNames {
  readonly head: string;
  /** Output with the probabilities of its classes, float32 [N, K]. */
  readonly probabilities: string;
  /** Output with the number of the class that is answered, int64 [N]; -1 for "don't know". */
  readonly class: string;
}

export interface Names {
  /** Input with the images, uint8 [N, S, S, 3]. */
  readonly images: string;
  readonly heads: readonly HeadNames[];
}

/** Probabilities have the head's name, and its class that with `_class`. What is taken already gets underscores at its end. */
export function namesOf(heads: readonly Pick<HeadDescription, 'name'>[]): Names {
  const taken = new Set(heads.map(({ name }) => name));
  const free = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name)) name += '_';
    taken.add(name);
    return name;
  };
  return {
    images: free('images'),
    heads: heads.map(({ name }) => ({ head: name, probabilities: name, class: free(`${name}_class`) })),
  };
}
