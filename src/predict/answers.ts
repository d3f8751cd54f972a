/** What is said of one image, as values: whatever is written is written from these. */
import { type Answer, decide } from '../bundle/decide.ts';
import type { ModelDescription } from '../bundle/model.ts';
import type { Prediction } from '../bundle/prediction.ts';
import type { DecodedBatch } from './decode-ahead.ts';

export interface HeadAnswer {
  /** Null for "don't know". */
  readonly class: string | null;
  readonly probability: number;
  /** Of all classes, in the order of the head. */
  readonly probabilities: readonly number[];
  /** The most probable classes, the first so many. */
  readonly top: readonly { readonly class: string; readonly probability: number }[];
}

export interface ImageAnswer {
  readonly image: string;
  /** By head; null for a damaged image. */
  readonly heads: Readonly<Record<string, HeadAnswer>> | null;
  /** Pooled features, where they are asked for. */
  readonly features: Float32Array | null;
  /** What is wrong with the image, a sentence without a full stop. */
  readonly error: string | null;
}

export interface AnswerOptions {
  /** Classes in `top`. */
  readonly top: number;
  readonly features: boolean;
}

/** @param prediction of the batch's good images; null where there are none */
export function answersOf(
  { sources, faults }: DecodedBatch,
  prediction: Prediction | null,
  { heads, decisions }: Pick<ModelDescription, 'heads' | 'decisions'>,
  { top, features }: AnswerOptions,
): ImageAnswer[] {
  let row = 0;
  return sources.map(({ name }, i): ImageAnswer => {
    const error = faults[i]!;
    if (error !== null || prediction === null) return { image: name, heads: null, features: null, error };
    const at = row++;
    const width = prediction.features.length / prediction.rows;
    const ofHeads = heads.map((head): [string, HeadAnswer] => {
      const count = head.classes.length;
      const probabilities = prediction.heads[head.name]!.probabilities.subarray(at * count, (at + 1) * count);
      const answer = decide(probabilities, head, decisions[head.name]!);
      return [head.name, answerOf(answer, probabilities, head.classes, top)];
    });
    return {
      image: name,
      heads: Object.fromEntries(ofHeads),
      features: features ? prediction.features.slice(at * width, (at + 1) * width) : null,
      error: null,
    };
  });
}

function answerOf(
  answer: Answer,
  probabilities: Float32Array,
  classes: readonly string[],
  top: number,
): HeadAnswer {
  const order = classes.map((_, i) => i).sort((a, b) => probabilities[b]! - probabilities[a]!);
  return {
    class: answer.class === null ? null : classes[answer.class]!,
    probability: answer.probability,
    probabilities: Array.from(probabilities),
    top: order.slice(0, top).map((i) => ({ class: classes[i]!, probability: probabilities[i]! })),
  };
}

/** A float32 with as many digits as tell it from its neighbours, and no more. */
export function shortNumber(value: number): number {
  return Number(value.toPrecision(9));
}
