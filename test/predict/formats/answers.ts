/** Answers of two heads, as tests of the formats write them. */
import type { HeadDescription } from '../../../src/bundle/model.ts';
import type { ImageAnswer } from '../../../src/predict/answers.ts';
import type { FormatOptions } from '../../../src/predict/formats/format.ts';

const head = (name: string, classes: string[]): HeadDescription => ({
  name,
  column: name,
  kind: 'classes',
  classes,
  majority: null,
  ordinal: false,
  loss: 'crossEntropy',
  output: 'softmax',
});

export const heads = [head('colour', ['red', 'green', 'blue']), head('hat', ['no', 'yes, it has'])];

export const options: FormatOptions = { heads, top: 1, features: 0 };

const f = Math.fround;

export const answers: readonly ImageAnswer[] = [
  {
    image: 'a "b", c.jpg',
    heads: {
      colour: {
        class: 'green',
        probability: f(0.7),
        probabilities: [f(0.1), f(0.7), f(0.2)],
        top: [
          { class: 'green', probability: f(0.7) },
          { class: 'blue', probability: f(0.2) },
          { class: 'red', probability: f(0.1) },
        ],
      },
      hat: {
        class: null,
        probability: f(0.5),
        probabilities: [f(0.5), f(0.5)],
        top: [
          { class: 'no', probability: f(0.5) },
          { class: 'yes, it has', probability: f(0.5) },
        ],
      },
    },
    features: Float32Array.of(1.5, -0.1),
    error: null,
  },
  { image: 'bad.png', heads: null, features: null, error: 'the file ends before the image does' },
];
