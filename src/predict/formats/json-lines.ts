/** Answers as JSON, one object a line: `image`, `heads`, `features` where they are asked for, `error`. */
import { type ImageAnswer, shortNumber } from '../answers.ts';
import type { FormatOptions, TextFormat } from './format.ts';

export function jsonFormat(options: FormatOptions): TextFormat {
  return {
    head: '',
    lines: (answers) =>
      answers.map((answer) => `${JSON.stringify(answerObject(answer, options))}\n`).join(''),
  };
}

/** An answer as the object that a line holds. */
export function answerObject(answer: ImageAnswer, { heads, top, features }: FormatOptions): AnswerObject {
  return {
    image: answer.image,
    heads: answer.heads && Object.fromEntries(heads.map((head) => [head.name, ofHead(answer, head, top)])),
    ...(features > 0 && { features: answer.features && Array.from(answer.features, shortNumber) }),
    error: answer.error,
  };
}

export interface AnswerObject {
  readonly image: string;
  /** By head; null for a damaged image. */
  readonly heads: Readonly<Record<string, HeadObject>> | null;
  readonly features?: readonly number[] | null;
  readonly error: string | null;
}

export interface HeadObject {
  /** Null for "don't know". */
  readonly class: string | null;
  readonly probability: number;
  /** By class. */
  readonly probabilities: Readonly<Record<string, number>>;
  readonly top?: readonly { readonly class: string; readonly probability: number }[];
}

function ofHead(
  answer: ImageAnswer,
  { name, classes }: FormatOptions['heads'][number],
  top: number,
): HeadObject {
  const head = answer.heads![name]!;
  return {
    class: head.class,
    probability: shortNumber(head.probability),
    probabilities: Object.fromEntries(classes.map((one, i) => [one, shortNumber(head.probabilities[i]!)])),
    ...(top > 1 && {
      top: head.top.map((one) => ({ class: one.class, probability: shortNumber(one.probability) })),
    }),
  };
}
