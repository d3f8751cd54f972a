/** Answers as JSON, one object a line: `image`, `heads`, `features` where they are asked for, `error`. */
import { type ImageAnswer, shortNumber } from '../answers.ts';
import type { FormatOptions, TextFormat } from './format.ts';

export function jsonFormat({ heads, top, features }: FormatOptions): TextFormat {
  const objectOf = (answer: ImageAnswer): unknown => ({
    image: answer.image,
    heads: answer.heads && Object.fromEntries(heads.map((head) => [head.name, ofHead(answer, head)])),
    ...(features > 0 && { features: answer.features && Array.from(answer.features, shortNumber) }),
    error: answer.error,
  });
  const ofHead = (answer: ImageAnswer, { name, classes }: FormatOptions['heads'][number]): unknown => {
    const head = answer.heads![name]!;
    return {
      class: head.class,
      probability: shortNumber(head.probability),
      probabilities: Object.fromEntries(classes.map((one, i) => [one, shortNumber(head.probabilities[i]!)])),
      ...(top > 1 && {
        top: head.top.map((one) => ({ class: one.class, probability: shortNumber(one.probability) })),
      }),
    };
  };
  return {
    head: '',
    lines: (answers) => answers.map((answer) => `${JSON.stringify(objectOf(answer))}\n`).join(''),
  };
}
